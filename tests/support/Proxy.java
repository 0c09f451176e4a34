package tests.support;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;

/** A way to a server on this machine that delays what passes, or breaks every connection after a while. */
public final class Proxy implements AutoCloseable {
    private final ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final int to;
    private final long delayMs;
    private final long cutAfterMs;

    /**
     * @param to the server's port
     * @param delayMs how long each piece of data waits, in each direction
     * @param cutAfterMs how long a connection lives; 0: for ever
     */
    public Proxy(int to, long delayMs, long cutAfterMs) throws IOException {
        this.to = to;
        this.delayMs = delayMs;
        this.cutAfterMs = cutAfterMs;
        background(() -> {
            while (true) connect(server.accept());
        });
    }

    public int port() {
        return server.getLocalPort();
    }

    private void connect(Socket client) throws IOException {
        Socket far;
        try {
            far = new Socket(InetAddress.getLoopbackAddress(), to);
        } catch (IOException e) {
            client.close(); // the server is away
            return;
        }
        background(() -> pass(client, far));
        background(() -> pass(far, client));
        if (cutAfterMs > 0) {
            background(() -> {
                Thread.sleep(cutAfterMs);
                client.close();
                far.close();
            });
        }
    }

    private void pass(Socket from, Socket to) throws IOException, InterruptedException {
        byte[] block = new byte[256 << 10];
        try (from; to; InputStream in = from.getInputStream(); OutputStream out = to.getOutputStream()) {
            for (int n; (n = in.read(block)) > 0; ) {
                Thread.sleep(delayMs);
                out.write(block, 0, n);
                out.flush();
            }
        }
    }

    private interface Work {
        void run() throws IOException, InterruptedException;
    }

    private static void background(Work work) {
        Thread thread = new Thread(() -> {
            try {
                work.run();
            } catch (IOException | InterruptedException e) {
                // a connection that ends
            }
        });
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
