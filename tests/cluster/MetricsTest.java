package lib.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import lib.profile.RequestCount;
import org.junit.jupiter.api.Test;

class MetricsTest {
    private static final String BEFORE = """
            # HELP apiserver_request_total Counter of requests.
            # TYPE apiserver_request_total counter
            apiserver_request_total{code="200",component="apiserver",dry_run="",group="",resource="pods",scope="cluster",subresource="",verb="LIST",version="v1"} 10
            apiserver_request_total{code="200",resource="leases",scope="resource",subresource="",verb="PUT"} 7
            apiserver_request_duration_seconds_sum{resource="pods",scope="cluster",subresource="",verb="LIST"} 1.5
            apiserver_response_sizes_sum{resource="pods",scope="cluster",subresource="",verb="LIST"} 1000
            process_start_time_seconds 1.76409e+09
            """;

    private static Metrics read(String text) throws IOException {
        return Metrics.read(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
    }

    private static List<RequestCount> between(String before, String after) throws IOException {
        return RequestCounts.between(read(before), read(after));
    }

    @Test
    void whatGrewIsCountedByVerbResourceAndCode() throws IOException {
        String after = """
                apiserver_request_total{code="200",component="apiserver",dry_run="",group="",resource="pods",scope="cluster",subresource="",verb="LIST",version="v1"} 13
                apiserver_request_total{code="200",component="apiserver",group="",resource="pods",scope="cluster",subresource="",system_client="kubelet",verb="LIST",version="v1"} 3
                apiserver_request_total{code="403",resource="pods",scope="cluster",subresource="",verb="LIST"} 2
                apiserver_request_total{code="200",resource="leases",scope="resource",subresource="",verb="PUT"} 7
                apiserver_request_total{code="200",resource="",scope="",subresource="/livez",verb="GET"} 1 1764092000000
                apiserver_request_duration_seconds_sum{resource="pods",scope="cluster",subresource="",verb="LIST"} 5.5
                apiserver_request_duration_seconds_bucket{resource="pods",scope="cluster",subresource="",verb="LIST",le="+Inf"} 99
                apiserver_request_duration_seconds_count{resource="pods",scope="cluster",subresource="",verb="LIST"} 18
                apiserver_response_sizes_sum{resource="pods",scope="cluster",subresource="",verb="LIST"} 5e+06
                """;
        assertEquals(List.of(
                new RequestCount("LIST", "pods", "", "cluster", "200", 6, 3, 3_749_250),
                new RequestCount("LIST", "pods", "", "cluster", "403", 2, 1, 1_249_750),
                new RequestCount("GET", "", "/livez", "", "200", 1, 0, 0)), between(BEFORE, after));
        assertEquals(List.of(), between(BEFORE, BEFORE), "nothing that did not grow");
        assertEquals(1.76409e9, read(BEFORE).started());
        assertEquals(0, read(after).started());
    }

    @Test
    void labelsAreReadAsTheFormatSays() throws IOException {
        String odd = "apiserver_request_total{verb=\"GET\", subresource=\"/a\\\"b}\\\\c\\nd\" ,code=\"200\",} 2.5e+01\r\n"
                + "apiserver_request_total{verb=\"PUT\",resource=\"x\"} NaN\n"
                + "apiserver_request_total_more{verb=\"PUT\"} 1\n"
                + "apiserver_request_total{verb=\"PUT\",resource=\"" + "y".repeat(20_000) + "\"} 1\n"
                + "apiserver_request_total{verb=\"POST\",resource=\"" + "z".repeat(1_000) + "\"} 1";
        List<RequestCount> counts = between("", odd);
        assertEquals(new RequestCount("GET", "", "/a\"b}\\c d", "", "200", 25, 0, 0), counts.get(0));
        assertEquals(2, counts.size(), counts.toString());
        assertEquals("z".repeat(253), counts.get(1).resource(), "the last line has no line feed");
    }

    @Test
    void whatIsNoPrometheusTextIsRefused() {
        for (String text : List.of("apiserver_request_total{verb=\"GET\"", "apiserver_request_total{verb=\"GET\"} many\n",
                "apiserver_request_total{verb} 1\n", "process_start_time_seconds  \n")) {
            IOException refused = assertThrows(IOException.class, () -> read(text), text);
            assertTrue(refused.getMessage().contains("Prometheus"), refused.getMessage());
        }
    }

    @Test
    void seldomSortsAreOneForEachVerb() throws IOException {
        StringBuilder many = new StringBuilder();
        for (int i = 1; i <= 500; i++) {
            many.append("apiserver_request_total{verb=\"").append(i % 2 == 0 ? "GET" : "LIST").append("\",resource=\"r").append(i)
                    .append("\",code=\"200\"} ").append(i).append('\n');
            many.append("apiserver_request_duration_seconds_sum{verb=\"").append(i % 2 == 0 ? "GET" : "LIST").append("\",resource=\"r")
                    .append(i).append("\"} 0.1\n");
        }
        List<RequestCount> counts = between("", many.toString());
        assertEquals(402, counts.size());
        assertEquals(500 * 501 / 2, counts.stream().mapToLong(RequestCount::count).sum());
        assertEquals(50, counts.stream().mapToDouble(RequestCount::seconds).sum(), 1e-6);
        assertEquals(new RequestCount("GET", "others", "", "", "", 50 * 51, 5, 0), counts.get(400));
    }
}
