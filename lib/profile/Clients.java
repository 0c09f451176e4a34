package lib.profile;

import java.util.List;

/**
 * Who asked the API server while it was recorded.
 *
 * @param source "audit log", or "priority and fairness"
 * @param counts the most frequent first; what is seldom may be one, of the user "others"
 */
public record Clients(String source, List<ClientCount> counts) {
    public static final String AUDIT_LOG = "audit log";
    public static final String FAIRNESS = "priority and fairness";
}
