package lib.cluster;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.http.AsyncBody;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.zip.GZIPInputStream;
import lib.cli.Interrupts;

/**
 * What the API server answers at a path that is no resource, such as /metrics, as it came over the wire.
 *
 * @param code HTTP's
 * @param gzip whether the bytes are compressed
 */
record Answer(int code, boolean gzip, byte[] bytes) {
    private static final int MOST_BYTES = 64 << 20;

    /**
     * Asks for a path, compressed where the server can: its metrics are a tenth then.
     *
     * @param timeout for all of it
     * @throws IOException if no whole answer comes in time, or more of it than {@value #MOST_BYTES} bytes
     * @throws lib.cli.Failure if it is interrupted
     */
    static Answer get(KubernetesClient client, String path, Duration timeout) throws IOException {
        HttpClient http = client.getHttpClient();
        HttpRequest request = http.newHttpRequestBuilder().uri(client.getMasterUrl().toString().replaceFirst("/$", "") + path)
                .header("Accept-Encoding", "gzip").timeout(timeout.toMillis(), TimeUnit.MILLISECONDS).build();
        long end = System.nanoTime() + timeout.toNanos();
        ByteArrayOutputStream kept = new ByteArrayOutputStream();
        WritableByteChannel to = Channels.newChannel(kept);
        AsyncBody body = null;
        try {
            HttpResponse<AsyncBody> response = http.consumeBytes(request, (parts, all) -> {
                for (ByteBuffer part : parts) {
                    if (kept.size() + part.remaining() > MOST_BYTES) throw new IOException("it is larger than " + (MOST_BYTES >> 20) + " MB");
                    to.write(part);
                }
                all.consume();
            }).get(timeout.toMillis(), TimeUnit.MILLISECONDS);
            body = response.body();
            body.consume();
            body.done().get(end - System.nanoTime(), TimeUnit.NANOSECONDS);
            return new Answer(response.code(), "gzip".equals(response.header("Content-Encoding")), kept.toByteArray());
        } catch (TimeoutException e) {
            throw new IOException("no answer within " + timeout.toSeconds() + " s", e);
        } catch (ExecutionException e) {
            throw new IOException(Cluster.rootMessage(e), e);
        } catch (InterruptedException e) {
            throw Interrupts.failure(e);
        } finally {
            if (body != null) body.cancel();
        }
    }

    /** What it says. */
    InputStream text() throws IOException {
        InputStream raw = new ByteArrayInputStream(bytes);
        return gzip ? new GZIPInputStream(raw, 64 << 10) : raw;
    }
}
