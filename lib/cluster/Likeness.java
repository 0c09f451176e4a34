package lib.cluster;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeMount;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/** Whether a pod is what its manifest describes, in all that we rely on; a cluster may add to the rest. */
final class Likeness {
    static final String PART_OF = "app.kubernetes.io/part-of";

    private Likeness() {}

    /** What is not as wanted, in a few words, or null. */
    static String difference(Pod wanted, Pod pod) {
        var mine = wanted.getSpec();
        var theirs = pod.getSpec();
        if (!Objects.equals(label(wanted), label(pod))) return "it lacks the label " + PART_OF;
        if (Boolean.TRUE.equals(mine.getHostPID()) && !Boolean.TRUE.equals(theirs.getHostPID())) {
            return "it does not see the node's processes (hostPID)";
        }
        int containers = theirs.getContainers().size() + theirs.getInitContainers().size();
        if (containers != mine.getContainers().size()) return "it has " + containers + " containers";
        Container container = mine.getContainers().get(0);
        Container other = theirs.getContainers().get(0);
        if (!container.getCommand().equals(other.getCommand()) || !container.getArgs().equals(other.getArgs())) return "it runs another command";
        if (privileged(container) != privileged(other) || !capabilities(other).containsAll(capabilities(container))) {
            return "it has other privileges";
        }
        if (!volumes(wanted).equals(volumes(pod))) return "its volumes are " + volumes(pod) + ", not " + volumes(wanted);
        return null;
    }

    private static String label(Pod pod) {
        var labels = pod.getMetadata().getLabels();
        return labels == null ? null : labels.get(PART_OF);
    }

    static boolean privileged(Container container) {
        return container.getSecurityContext() != null && Boolean.TRUE.equals(container.getSecurityContext().getPrivileged());
    }

    private static List<String> capabilities(Container container) {
        var context = container.getSecurityContext();
        return context == null || context.getCapabilities() == null ? List.of() : context.getCapabilities().getAdd();
    }

    /** Where in the container what lies, such as /tmp=the node's /var/lib/x. */
    private static Map<String, String> volumes(Pod pod) {
        Map<String, String> sources = new TreeMap<>();
        for (Volume volume : pod.getSpec().getVolumes()) {
            sources.put(volume.getName(), volume.getHostPath() == null ? "not the node's" : "the node's " + volume.getHostPath().getPath());
        }
        Map<String, String> volumes = new TreeMap<>();
        for (VolumeMount mount : pod.getSpec().getContainers().get(0).getVolumeMounts()) {
            String part = mount.getSubPath() == null && mount.getSubPathExpr() == null ? "" : ", a part of it";
            volumes.put(mount.getMountPath(), sources.get(mount.getName()) + part);
        }
        return volumes;
    }

    /** Where the pod's container has its work directory, or null. */
    static String workDir(Pod pod) {
        for (VolumeMount mount : pod.getSpec().getContainers().get(0).getVolumeMounts()) {
            if (LabPod.WORK.equals(mount.getName())) return mount.getMountPath();
        }
        return null;
    }
}
