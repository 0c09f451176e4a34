package lib.profile;

import java.util.Map;

/**
 * Where it was recorded.
 *
 * @param node name of the node
 * @param kernel release of its kernel
 * @param kubernetes version of the cluster's API server, or null
 * @param settings kernel settings that matter for the recording, by name, as they were while it ran
 */
public record Place(String node, String kernel, String kubernetes, Map<String, String> settings) {}
