package lib.engines.perf;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import lib.cli.Exit;
import lib.cli.Failure;
import lib.node.Output;
import org.junit.jupiter.api.Test;

class KernelSettingsTest {
    private static KernelSettings settings(int paranoid, int restrict, boolean privileged) {
        return new KernelSettings(paranoid, restrict, privileged, privileged, privileged, List.of());
    }

    @Test
    void onlyWhatCannotWorkIsRefused() {
        for (int paranoid = -1; paranoid <= 4; paranoid++) {
            assertDoesNotThrow(settings(paranoid, 2, true)::require);
            if (paranoid < 3) assertDoesNotThrow(settings(paranoid, 2, false)::require);
            else assertEquals(Exit.KERNEL, assertThrows(Failure.class, settings(paranoid, 0, false)::require).exitCode());
        }
    }

    @Test
    void whoHasNoCapabilityRecordsUserFramesOnly() {
        assertTrue(settings(2, 0, false).userOnly());
        assertFalse(settings(2, 0, true).userOnly());
        assertFalse(settings(1, 0, false).userOnly());
    }

    @Test
    void kernelNames() {
        assertTrue(settings(2, 0, true).kernelNames());
        assertTrue(settings(2, 1, true).kernelNames());
        assertFalse(settings(2, 1, false).kernelNames());
        assertFalse(settings(-1, 2, true).kernelNames());
        assertTrue(settings(2, 2, true).explain().get(1).contains("not even for root"));
    }

    @Test
    void kernelNamesNeedSyslogUnlessBothSettingsAreLow() {
        for (int paranoid = -1; paranoid <= 4; paranoid++) {
            for (int restrict = 0; restrict <= 2; restrict++) {
                KernelSettings perfmonOnly = new KernelSettings(paranoid, restrict, true, true, false, List.of());
                assertEquals(restrict == 0 && paranoid <= 1, perfmonOnly.kernelNames(), perfmonOnly.toString());
                assertEquals(restrict <= 1, settings(paranoid, restrict, true).kernelNames());
            }
        }
    }

    @Test
    void onlyWhatStandsInTheWayIsFixedAndThenNothingDoes() {
        assertEquals(List.of(), settings(2, 0, true).fixed().changes());
        assertEquals(List.of(), settings(4, 1, true).fixed().changes());
        assertEquals(List.of("kptr_restrict=1"), settings(2, 2, true).fixed().changes());
        assertEquals(List.of("perf_event_paranoid=1", "kptr_restrict=0"), settings(3, 1, false).fixed().changes());
        assertEquals(List.of(), settings(-1, 0, false).fixed().changes());
        for (int paranoid = -1; paranoid <= 4; paranoid++) {
            for (int restrict = 0; restrict <= 2; restrict++) {
                for (int i = 0; i < 4; i++) {
                    KernelSettings fixed = new KernelSettings(paranoid, restrict, i > 1, true, i % 2 > 0, List.of()).fixed();
                    assertTrue(fixed.kernelNames() && !fixed.userOnly(), fixed.toString());
                    assertDoesNotThrow(fixed::require);
                    assertEquals(List.of(), fixed.fixed().changes());
                }
            }
        }
    }

    @Test
    void whatWouldBeSetIsSaid() {
        assertTrue(settings(2, 2, true).explain().get(1).contains("--fix-kernel-settings makes it 1 while it records"));
        assertFalse(settings(2, 1, true).explain().toString().contains("--fix"), "nothing stands in the way");
    }

    @Test
    void anEventIsNamedWithoutThePrecisionThatPerfAdds() {
        assertEquals("cpu-clock", Perf.plainEvent("cpu-clock:pppH"));
        assertEquals("cpu-clock:u", Perf.plainEvent("cpu-clock:uppp"));
        assertEquals("cycles", Perf.plainEvent("cycles:P\n"));
        assertEquals("sched:sched_switch", Perf.plainEvent("sched:sched_switch"));
        assertEquals("syscalls:sys_enter_openat", Perf.plainEvent("syscalls:sys_enter_openat"));
        assertEquals("cpu_core/cycles/", Perf.plainEvent("cpu_core/cycles/"));
    }

    @Test
    void theFirstLineThatSaysSomethingIsTheReason() {
        assertEquals("No permission.", Perf.reason(new Output(255, new byte[0], "Error:\nNo permission.\nConsider tweaking\n")));
        assertEquals("exit code 3", Perf.reason(new Output(3, new byte[0], "")));
    }
}
