package lib.cli;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;

/**
 * Ctrl-C and SIGTERM as an event, for work that wants to end in its own way. The JDK has no supported call for
 * this: a shutdown hook hears the first signal only. The handler class lies in jdk.unsupported and is reached by
 * reflection, so that a JDK without it merely keeps the default: the process ends.
 */
public final class Interrupts implements AutoCloseable {
    private static final String[] SIGNALS = {"INT", "TERM"};

    /** Whether the work was told to end, and the cleaning up has not begun. */
    private static volatile boolean pending;

    private final List<Object[]> replaced = new ArrayList<>();
    private final AtomicInteger count = new AtomicInteger();
    private final IntConsumer action;

    private Interrupts(IntConsumer action) {
        this.action = action;
    }

    /** From now until close: each signal calls the action, on a thread of its own, with 1, 2, … */
    public static Interrupts handle(IntConsumer action) {
        Interrupts interrupts = new Interrupts(action);
        for (String name : SIGNALS) interrupts.install(name);
        return interrupts;
    }

    /** From now until close: the first signal calls the action, a second one ends the process at once. */
    static Interrupts first(Runnable action) {
        return handle(count -> {
            if (count > 1) Runtime.getRuntime().halt(Exit.INTERRUPTED);
            action.run();
        });
    }

    /** From now until close: a first signal is counted only, for work that ends soon; a second one ends the process at once. */
    public static Interrupts defer() {
        return first(() -> { });
    }

    /** Tells a thread to end its work. It is kept in mind for {@link #check}: libraries lose an interrupt now and then. */
    static void end(Thread work) {
        pending = true;
        work.interrupt();
    }

    /**
     * Asked before something new is begun.
     *
     * @throws Failure if the work was told to end
     */
    public static void check() {
        if (pending) throw new Failure(Exit.INTERRUPTED, "interrupted", null);
    }

    /** What a method throws that was interrupted; the thread stays so. */
    public static Failure failure(Throwable cause) {
        Thread.currentThread().interrupt();
        return new Failure(Exit.INTERRUPTED, "interrupted", null, cause);
    }

    /** What ended the work does not end the cleaning up after it. */
    public static void cleaningUp() {
        pending = false;
        Thread.interrupted();
    }

    /** How many signals have come. */
    public int count() {
        return count.get();
    }

    private void install(String name) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            Object it = signal.getConstructor(String.class).newInstance(name);
            InvocationHandler onCall = (proxy, method, args) -> switch (method.getName()) {
                case "handle" -> {
                    action.accept(count.incrementAndGet());
                    yield null;
                }
                case "equals" -> proxy == args[0];
                case "hashCode" -> System.identityHashCode(proxy);
                default -> "Interrupts";
            };
            Object mine = Proxy.newProxyInstance(handler.getClassLoader(), new Class<?>[] {handler}, onCall);
            Object before = signal.getMethod("handle", signal, handler).invoke(null, it, mine);
            replaced.add(new Object[] {it, before});
        } catch (ReflectiveOperationException | RuntimeException e) {
            // no such signal here, or it is taken: the default stays
        }
    }

    @Override
    public void close() {
        for (Object[] pair : replaced) {
            try {
                Class<?> signal = Class.forName("sun.misc.Signal");
                signal.getMethod("handle", signal, Class.forName("sun.misc.SignalHandler")).invoke(null, pair);
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException(e);
            }
        }
        replaced.clear();
    }
}
