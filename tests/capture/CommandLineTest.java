package lib.capture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.List;
import org.junit.jupiter.api.Test;

class CommandLineTest {
    private static String kept(String... words) {
        return String.join(" ", CommandLine.withoutSecrets(List.of(words)));
    }

    @Test
    void ofAControlPlaneWhatHelpsAReaderStays() {
        String[] harmless = {"/usr/local/bin/kube-apiserver", "--authorization-mode=Node,RBAC", "--secure-port=6443", "--v=2", "-v", "2",
            "--feature-gates=A=true,B=false", "--max-requests-inflight=400", "--tls-private-key-file=/etc/kubernetes/pki/apiserver.key",
            "--etcd-servers=https://127.0.0.1:2379,https://127.0.0.2:2379", "--token-auth-file=/etc/tokens", "--etcd-cafile=/pki/ca.crt",
            "--kubelet-client-key=/pki/client.key", "--enable-admission-plugins", "NodeRestriction", "--some-switch=true"};
        assertEquals(String.join(" ", harmless), kept(harmless));
    }

    @Test
    void valuesOfAllOtherOptionsAreLeftOut() {
        assertEquals("x --encryption-key=*** --signing-key *** --passcode=*** --auth=*** --dsn=*** --env=*** --token *** --password *** --pin ***",
                kept("x", "--encryption-key=s3cret", "--signing-key", "s3cret", "--passcode=s3cret", "--auth=user:s3cret", "--dsn=s3cret",
                        "--env=DB_PASSWORD=s3cret", "--token", "s3cret", "--password", "s3cret", "--pin", "1234"));
    }

    @Test
    void wordsOnTheirOwnAreLeftOut() {
        assertEquals("java -Xmx512m -D*** -jar /app.jar *** *** -H *** --conn=*** -p*** -u ***",
                kept("java", "-Xmx512m", "-Dpassword=s3cret", "-jar", "/app.jar", "mysql://u:s3cret@h/db", "{\"password\":\"s3cret\"}",
                        "-H", "Authorization: Bearer s3cret", "--conn=host=h password=s3cret", "-ps3cret", "-u", "s3cret"));
        assertEquals("sleep 60 ***", kept("sleep", "60", "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJqYW5lIn0.c2ln"));
    }

    @Test
    void addressesOfHarmlessOptionsAreKeptWithoutTheirUsers() {
        assertEquals("x --etcd-servers=https://***@h:1,https://***@i:2?***",
                kept("x", "--etcd-servers=https://u:s3/c@r@h:1,https://v:w@i:2?token=s3cret"));
    }

    @Test
    void whatLooksLikeNoOptionOrProgramIsNone() {
        for (String word : List.of("--s3cret{x", "-s3cret", "--=s3cret", "-s3cret=1", "---s3cret", "--pw=/s3cret", "--client-key=s3cret", "s3cret")) {
            String kept = kept("worker", word);
            assertFalse(kept.contains("3cret"), kept);
        }
        assertEquals("***", kept("postgres: jane s3cret@host"), "a program may write what it likes there");
    }
}
