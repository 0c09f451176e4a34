import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.util.Base64;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import lib.cli.Exit;
import lib.cli.Failure;
import lib.cli.Interrupts;

/** The cluster's API server over HTTP, as cluster-admin; the JDK's client, since all it takes is a certificate. */
final class Api {
    static final String MERGE_PATCH = "application/merge-patch+json";
    static final String STRATEGIC_PATCH = "application/strategic-merge-patch+json";

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final char[] NO_PASSWORD = {};

    private final HttpClient client;
    private final String server;
    private final String token;
    private final Path pki;

    /** The server of this cluster; its keys and address are read from the state folder. */
    Api(Home home) {
        server = Machine.read(home.kubeconfig().toString()).lines().filter(line -> line.strip().startsWith("server: "))
                .findFirst().orElseThrow().replaceFirst(".*server: ", "");
        client = connecting(context(home.pki(), true));
        token = null;
        pki = home.pki();
    }

    private Api(Api admin, String token) {
        server = admin.server;
        pki = admin.pki;
        client = connecting(context(pki, false));
        this.token = token;
    }

    /** The same server for whom this token is. */
    Api as(String serviceAccountToken) {
        return new Api(this, serviceAccountToken);
    }

    private static HttpClient connecting(SSLContext context) {
        return HttpClient.newBuilder().sslContext(context).connectTimeout(Duration.ofSeconds(5)).build();
    }

    String server() {
        return server;
    }

    HttpClient client() {
        return client;
    }

    HttpRequest.Builder request(String path) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(server + path)).timeout(Duration.ofSeconds(15));
        return token == null ? request : request.header("Authorization", "Bearer " + token);
    }

    /** The object, or null if there is none or the server does not answer (yet). */
    JsonNode find(String path) {
        try {
            HttpResponse<String> response = client.send(request(path).build(), BodyHandlers.ofString());
            return response.statusCode() == 200 ? JSON.readTree(response.body()) : null;
        } catch (IOException e) {
            return null;
        } catch (InterruptedException e) {
            throw Interrupts.failure(e);
        }
    }

    /** Whether the server says that it is ready. */
    boolean ready() {
        try {
            return client.send(request("/readyz").build(), BodyHandlers.discarding()).statusCode() == 200;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            throw Interrupts.failure(e);
        }
    }

    void patch(String path, String type, String body) {
        try {
            HttpResponse<String> response = client.send(request(path).header("Content-Type", type)
                    .method("PATCH", BodyPublishers.ofString(body)).build(), BodyHandlers.ofString());
            if (response.statusCode() != 200) {
                throw new Failure(Exit.FAILED, "PATCH " + path + ": " + response.body(), null);
            }
        } catch (IOException e) {
            throw new Failure(Exit.UNREACHABLE, "PATCH " + path + ": " + e.getMessage(), null, e);
        } catch (InterruptedException e) {
            throw Interrupts.failure(e);
        }
    }

    /** @param admin whether it says who we are: a certificate counts before a token does */
    private static SSLContext context(Path pki, boolean admin) {
        try {
            CertificateFactory x509 = CertificateFactory.getInstance("X.509");
            KeyStore trusted = KeyStore.getInstance("PKCS12");
            trusted.load(null, NO_PASSWORD);
            trusted.setCertificateEntry("ca", certificate(x509, pki.resolve("ca.crt")));
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(trusted);

            byte[] key = Base64.getMimeDecoder().decode(Files.readString(pki.resolve("admin.key"))
                    .replaceAll("-----(BEGIN|END) PRIVATE KEY-----", ""));
            KeyStore own = KeyStore.getInstance("PKCS12");
            own.load(null, NO_PASSWORD);
            own.setKeyEntry("admin", KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(key)),
                    NO_PASSWORD, new Certificate[] {certificate(x509, pki.resolve("admin.crt"))});
            KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keys.init(own, NO_PASSWORD);

            SSLContext context = SSLContext.getInstance("TLS");
            context.init(admin ? keys.getKeyManagers() : null, trust.getTrustManagers(), null);
            return context;
        } catch (IOException | GeneralSecurityException e) {
            throw new Failure(Exit.UNREACHABLE, "cannot read the cluster's keys in " + pki + ": " + e.getMessage(),
                    "mini-k8s down, then up, makes new ones.", e);
        }
    }

    private static Certificate certificate(CertificateFactory x509, Path file) throws IOException,
            GeneralSecurityException {
        return x509.generateCertificate(new ByteArrayInputStream(Files.readAllBytes(file)));
    }
}
