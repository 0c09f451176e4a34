package lib.profile;

/**
 * Requests of one sort that a server answered while it was recorded, by its own counters.
 *
 * @param verb as kube-apiserver's metrics say it: LIST, GET, WATCH, POST, PUT, PATCH, APPLY, DELETE, DELETECOLLECTION, CONNECT
 * @param resource such as "pods"; empty for paths that are no resource
 * @param subresource such as "status"; for paths that are no resource the path, such as "/livez"
 * @param scope "cluster", "namespace" or "resource"; may be empty
 * @param code of the answer, such as "200"
 * @param count how many; a watch counts when it ends
 * @param seconds from their arrival to their answer, in all; counted for all codes together, so divided among them by their counts
 * @param bytes of their answers, divided like {@code seconds}; counted for GET and LIST only, else 0
 */
public record RequestCount(String verb, String resource, String subresource, String scope, String code, long count, double seconds,
        long bytes) {}
