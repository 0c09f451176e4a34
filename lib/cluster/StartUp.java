package lib.cluster;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.fabric8.kubernetes.api.model.Config;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.NamedExtension;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Status;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.Security;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManager;
import lib.cli.Stage;

/**
 * All that makes a cold JVM's way to a cluster's first answer shorter, and its end: what would otherwise be surprising
 * elsewhere is here, each with its reason. Nothing here changes what a stage does.
 */
public final class StartUp {
    /** Where Java looks for the authorities that it trusts, instead of in its own list; NONE for nowhere. */
    private static final String TRUST_STORE = "javax.net.ssl.trustStore";

    private static CompletableFuture<Void> kubeconfig;
    private static CompletableFuture<KubernetesSerialization> serialization;

    private StartUp() {}

    /**
     * Lets other threads learn what a kubeconfig and a cluster's answers are made of, and TLS: that is what a cold JVM takes
     * longest for. Does nothing when called again.
     */
    public static synchronized void begin() {
        if (kubeconfig != null) return;
        kubeconfig = CompletableFuture.runAsync(StartUp::keepExtensionsAsTheyAre);
        serialization = kubeconfig.thenApply(done -> new KubernetesSerialization(new ObjectMapper(), false));
        kubeconfig.thenRunAsync(() -> {
            Serialization.unmarshal("{}", Config.class);
            serialization.join().unmarshal("{}", GenericKubernetesResource.class);
            serialization.join().unmarshal("{}", Status.class);
        });
        CompletableFuture.runAsync(StartUp::greet);
        Stage.atEnd(StartUp::end);
    }

    /** Lets another thread learn what a pod is made of, too, for a stage that will need one. */
    public static void pods() {
        begin();
        serialization.thenAcceptAsync(own -> own.unmarshal("{}", Pod.class));
    }

    /** Waits until kubeconfig files may be read. */
    static void awaitKubeconfig() {
        begin();
        kubeconfig.join();
    }

    /** What reads and writes the resources of a cluster. */
    static KubernetesSerialization serialization() {
        begin();
        return serialization.join();
    }

    /**
     * Ends the threads in which clients of java.net.http wait for the network: a JVM waits up to 300 ms for threads in
     * native code before it ends (HotSpot's VM_Exit). They have no other handle than their name.
     */
    static void end() {
        for (Thread thread : Thread.getAllStackTraces().keySet()) {
            if (thread.getName().startsWith("HttpClient-") && thread.getName().endsWith("-SelectorManager")) thread.interrupt();
        }
    }

    /**
     * Builds a client that trusts what kubectl would: the cluster's own authority only, where the kubeconfig names one. The
     * client adds all that Java trusts, and takes the time to read it; only a property of the JVM keeps it from that.
     */
    static <T> T trustingOnly(boolean ownAuthority, Supplier<T> client) {
        // The client puts its key into a keystore in memory: the thousands of rounds of hashing of PKCS #12 protect nothing there.
        if (KeyStore.getDefaultType().equals("pkcs12")) Security.setProperty("keystore.type", "jks");
        String before = System.getProperty(TRUST_STORE);
        if (ownAuthority) System.setProperty(TRUST_STORE, "NONE");
        try {
            return client.get();
        } finally {
            if (ownAuthority && before == null) System.clearProperty(TRUST_STORE);
            else if (ownAuthority) System.setProperty(TRUST_STORE, before);
        }
    }

    /** An extension in a kubeconfig may be any Kubernetes object: only to know them all, the client loads 500 classes. */
    @SuppressWarnings("deprecation") // what reads kubeconfig files has no other door
    private static void keepExtensionsAsTheyAre() {
        Serialization.jsonMapper().addMixIn(NamedExtension.class, AsItIs.class);
    }

    private abstract static class AsItIs {
        @JsonDeserialize
        private Object extension;

        @JsonDeserialize
        abstract void setExtension(Object extension);
    }

    /** Makes the keys and the first message of a TLS connection that nobody gets. */
    private static void greet() {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(new KeyManager[0], new TrustManager[0], null);
            SSLEngine engine = context.createSSLEngine();
            engine.setUseClientMode(true);
            engine.beginHandshake();
            // Java's own 140 authorities, which a first check of a name reads; where a JDK has no such class, they come later.
            Class.forName("sun.security.util.AnchorCertificates");
        } catch (GeneralSecurityException | SSLException | ClassNotFoundException e) {
            // the connection itself says what is wrong
        }
    }
}
