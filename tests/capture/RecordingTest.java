package lib.capture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import lib.cli.Exit;
import lib.cli.Failure;
import lib.node.LocalNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecordingTest {
    @TempDir
    Path folder;

    private Recording of(String target) {
        return new Recording(new LocalNode(), folder.toString(), target);
    }

    @Test
    void filesAreNamedByTheTargetAndNothingElse() {
        assertEquals(folder + "/apiserver", of("kube-apiserver").base());
        assertEquals(folder + "/etcd", of("etcd").base());
        assertEquals(folder + "/_.._.._etc_passwd", of("../../etc/passwd").base());
    }

    @Test
    void noTargetOverwritesAnothersPicture() {
        assertEquals(folder + "/flame.svg", of("kube-apiserver").picture(), "as in the lab");
        assertEquals(folder + "/flame.folded.gz", of("kube-apiserver").folded());
        assertEquals(folder + "/_apiserver.flame.svg", of("apiserver").picture(), "another program");
        assertEquals(folder + "/etcd.flame.svg", of("etcd").picture());
        assertEquals(folder + "/etcd.flame.folded.gz", of("etcd").folded());
    }

    @Test
    void withoutMetadataThereIsNoRecordingAndDamagedOnesAreNotUnderstood() throws IOException {
        assertEquals(Exit.TARGET, assertThrows(Failure.class, () -> of("busy").profile()).exitCode());
        Files.writeString(folder.resolve("busy.profile.json"), "{\"start\":\"../../etc\"}");
        assertEquals(Exit.INPUT, assertThrows(Failure.class, () -> of("busy").profile()).exitCode());
        assertNull(of("busy").plan(), "none was begun");
        Files.writeString(folder.resolve("busy.plan.json"), "{");
        assertEquals(Exit.RECORDING, assertThrows(Failure.class, () -> of("busy").plan()).exitCode());
    }
}
