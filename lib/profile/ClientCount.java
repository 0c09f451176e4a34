package lib.profile;

/**
 * Requests of one client and sort while it was recorded.
 *
 * @param user the name by which it authenticated; null where only its flow is known
 * @param agent first word of the user agent, such as "kubectl/v1.32.4"; null where it is not known
 * @param flow its flow schema and priority level, such as "system-nodes (system)"; null where that was not asked
 * @param verb as in {@link RequestCount}; null where it is not known
 * @param resource such as "pods", or "pods/exec"; may be empty; null where it is not known
 * @param namespace may be empty; null where it is not known
 * @param count how many were answered; 0 where only those that ran were seen
 * @param seconds from their arrival to their answer, in all; where only those that ran were seen, the looks that saw one, a second each
 */
public record ClientCount(String user, String agent, String flow, String verb, String resource, String namespace, long count,
        double seconds) {}
