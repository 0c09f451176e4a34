package lib.node;

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
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManager;

/**
 * What a cold JVM takes longest for before a cluster's first answer: learning what a kubeconfig and answers are made of, and
 * TLS. Other threads do it, from the moment on that this class is first used.
 */
final class Ahead {
    private static final CompletableFuture<Void> KUBECONFIG = CompletableFuture.runAsync(Ahead::keepExtensionsAsTheyAre);
    private static final CompletableFuture<KubernetesSerialization> SERIALIZATION =
            KUBECONFIG.thenApply(done -> new KubernetesSerialization(new ObjectMapper(), false));

    static {
        KUBECONFIG.thenRunAsync(() -> {
            Serialization.unmarshal("{}", Config.class);
            SERIALIZATION.join().unmarshal("{}", GenericKubernetesResource.class);
            SERIALIZATION.join().unmarshal("{}", Status.class);
        });
        CompletableFuture.runAsync(Ahead::greet);
    }

    private Ahead() {}

    /** Begins, where nothing has yet. */
    static void begin() {}

    /** Waits until kubeconfig files may be read. */
    static void awaitKubeconfig() {
        KUBECONFIG.join();
    }

    /** Learns what a pod is made of, too. */
    static void pods() {
        SERIALIZATION.thenAcceptAsync(own -> own.unmarshal("{}", Pod.class));
    }

    /** What reads and writes the resources of a cluster. */
    static KubernetesSerialization serialization() {
        return SERIALIZATION.join();
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
            Class.forName("sun.security.util.AnchorCertificates"); // Java's own 140 authorities, which a first check of a name reads
        } catch (GeneralSecurityException | SSLException | ClassNotFoundException e) {
            // the connection itself says what is wrong
        }
    }
}
