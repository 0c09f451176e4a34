package lib.cluster;

import io.fabric8.kubernetes.client.http.AsyncBody;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.fabric8.kubernetes.client.http.Interceptor;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.List;

/** How far the server's clock is from ours: read off the Date of its first answer, so that it costs no request. */
final class ServerClock implements Interceptor {
    private final Clock ours;
    private final Instant asked;
    private volatile Duration ahead;

    /** Made just before the first request is sent. */
    ServerClock(Clock ours) {
        this.ours = ours;
        this.asked = ours.instant();
    }

    @Override
    public void after(HttpRequest request, HttpResponse<?> response, AsyncBody.Consumer<List<ByteBuffer>> consumer) {
        List<String> dates = response.headers("Date");
        if (ahead != null || dates.isEmpty()) return;
        try {
            ahead = ahead(Instant.from(DateTimeFormatter.RFC_1123_DATE_TIME.parse(dates.get(0))), asked, ours.instant());
        } catch (DateTimeException e) {
            // a proxy's own idea of a date
        }
    }

    /** The server wrote its date, in whole seconds, at some time between our asking and its answer's coming. */
    static Duration ahead(Instant date, Instant asked, Instant answered) {
        if (date.isAfter(answered)) return Duration.between(answered, date);
        Instant latest = date.plusSeconds(1);
        return latest.isBefore(asked) ? Duration.between(asked, latest) : Duration.ZERO;
    }

    /** How much the server's clock is ahead of ours (negative: behind); null where it did not say. */
    Duration ahead() {
        return ahead;
    }
}
