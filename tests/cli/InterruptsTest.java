package lib.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class InterruptsTest {
    private final StringWriter err = new StringWriter();
    private final Console console = new Console(new PrintWriter(new StringWriter()), new PrintWriter(err, true), false, false);

    @AfterEach
    void forget() {
        Interrupts.cleaningUp();
    }

    @Test
    void afterCtrlCNoStepBeginsEvenIfTheInterruptWasLost() {
        Interrupts.end(Thread.currentThread());
        Thread.interrupted(); // as libraries do
        for (int i = 0; i < 2; i++) { // and though someone took the first failure for one of his own
            assertEquals(Exit.INTERRUPTED, assertThrows(Failure.class, () -> console.step("Pushing")).exitCode());
        }
        assertEquals("", err.toString());
    }

    @Test
    void cleaningUpGoesOn() {
        Interrupts.end(Thread.currentThread());
        Interrupts.cleaningUp();
        assertFalse(Thread.currentThread().isInterrupted());
        console.step("Deleting the pod");
        assertEquals("==> Deleting the pod\n", err.toString());
    }
}
