package lib.profile;

import java.util.Map;

/**
 * Where it was recorded.
 *
 * @param node name of the node
 * @param kernel release of its kernel
 * @param kubernetes version of the cluster's API server, or null
 * @param cluster what tells the cluster from others, the UID of its namespace kube-system; null where it is not known
 * @param settings kernel settings that matter for the recording, by name, as they were while it ran
 */
public record Place(String node, String kernel, String kubernetes, String cluster, Map<String, String> settings) {}
