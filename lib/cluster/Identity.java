package lib.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.client.Config;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;

/**
 * Who the kubeconfig says that we are: for servers that cannot be asked (before Kubernetes 1.28), and for saying why one
 * does not know us. Shows names only, never a token or a key.
 *
 * @param name such as "jane (group admins)"
 * @param ended when the client certificate became invalid, or null where it did not or there is none
 */
record Identity(String name, Instant ended) {
    private static final ObjectMapper JSON = new ObjectMapper();

    static Identity of(Config config) {
        String name = config.getImpersonateUsername();
        X509Certificate certificate = certificate(config);
        Instant until = certificate == null ? null : certificate.getNotAfter().toInstant();
        if (name == null || name.isBlank()) {
            String token = config.getOauthToken() != null ? config.getOauthToken() : config.getAutoOAuthToken();
            name = certificate != null ? subject(certificate) : token != null ? subject(token) : config.getUsername();
        }
        if (name == null || name.isBlank()) {
            var context = config.getCurrentContext();
            name = context == null || context.getContext() == null ? "unknown" : "the kubeconfig's user " + context.getContext().getUser();
        }
        return new Identity(name, until != null && until.isBefore(Instant.now()) ? until : null);
    }

    private static X509Certificate certificate(Config config) {
        try {
            byte[] pem = config.getClientCertData() != null ? Base64.getDecoder().decode(config.getClientCertData())
                    : config.getClientCertFile() != null ? Files.readAllBytes(Path.of(config.getClientCertFile())) : null;
            return pem == null ? null : (X509Certificate) CertificateFactory.getInstance("X.509")
                    .generateCertificate(new ByteArrayInputStream(pem));
        } catch (IOException | IllegalArgumentException | CertificateException e) {
            return null; // the client says what is wrong when it uses it
        }
    }

    /** A server takes the common name for the user and each organization for a group. */
    private static String subject(X509Certificate certificate) {
        String user = null;
        List<String> groups = new ArrayList<>();
        try {
            for (Rdn part : new LdapName(certificate.getSubjectX500Principal().getName()).getRdns()) {
                if (part.getType().equalsIgnoreCase("CN")) user = part.getValue().toString();
                if (part.getType().equalsIgnoreCase("O")) groups.add(part.getValue().toString());
            }
        } catch (InvalidNameException e) {
            return null;
        }
        return user == null ? null : show(user, groups);
    }

    /** The subject of a token that is a JWT, as a service account's and most others are. */
    private static String subject(String token) {
        String[] parts = token.split("\\.");
        if (parts.length != 3) return null;
        try {
            JsonNode claims = JSON.readTree(Base64.getUrlDecoder().decode(parts[1]));
            return claims.hasNonNull("sub") ? claims.get("sub").asText() : null;
        } catch (IOException | IllegalArgumentException e) {
            return null;
        }
    }

    static String show(String user, List<String> groups) {
        return groups.isEmpty() ? user : user + " (" + (groups.size() == 1 ? "group " : "groups ") + String.join(", ", groups) + ")";
    }
}
