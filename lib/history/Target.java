package lib.history;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.eclipse.jgit.lib.Config;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.transport.RefSpec;

/**
 * Where a branch is pushed to, as its configuration says it to git.
 *
 * @param nowhere why there is no such place; null where there is one
 * @param remote the remote's name, or its URL
 * @param from what to ask for the state of what was pushed to: the remote, or its URL for pushing where that differs
 * @param source the branch, as refs/heads/main
 * @param destination its name there
 * @param tracking where its state there is kept; null where it is not
 * @param known prefixes of references to commits that the remote has
 * @param options what the server's hooks are told
 */
record Target(String nowhere, String remote, String from, String source, String destination, String tracking,
        List<String> known, List<String> options) {
    /** @param branch as refs/heads/main; null where HEAD is detached */
    static Target of(Config config, String branch) {
        if (branch == null) return nowhere("HEAD is detached, on no branch (git switch -c NAME keeps the commit)");
        String name = branch.substring(Constants.R_HEADS.length());
        String upstream = config.getString("branch", name, "remote");
        if (".".equals(upstream)) upstream = null;
        String remote = config.getString("branch", name, "pushRemote");
        if (remote == null) remote = config.getString("remote", null, "pushDefault");
        if (remote == null) remote = upstream;
        if (remote == null) {
            Set<String> all = config.getSubsections("remote");
            if (all.isEmpty()) return nowhere("no remote");
            if (all.size() > 1 && !all.contains(Constants.DEFAULT_REMOTE_NAME)) {
                return nowhere("several remotes, and no upstream (git push -u REMOTE " + name + ")");
            }
            remote = all.size() == 1 ? all.iterator().next() : Constants.DEFAULT_REMOTE_NAME;
        }
        if (config.getBoolean("remote", remote, "mirror", false)) {
            return nowhere("remote " + remote + " is a mirror, where a push replaces everything (git push does that)");
        }
        String[] specs = config.getStringList("remote", remote, "push");
        String usual = String.valueOf(config.getString("push", null, "default")).toLowerCase(Locale.ROOT);
        String destination;
        if (specs.length > 0) {
            destination = destination(specs, branch);
            if (destination == null) return nowhere("remote." + remote + ".push names other branches than " + name);
        } else {
            if (usual.equals("nothing")) return nowhere("push.default is nothing (git push " + remote + " " + name + ")");
            String merge = config.getString("branch", name, "merge");
            boolean sameName = merge == null || !remote.equals(upstream) || List.of("current", "matching").contains(usual);
            destination = sameName ? branch : merge;
        }
        String[] pushUrls = config.getStringList("remote", remote, "pushUrl");
        boolean elsewhere = pushUrls.length == 1 && !Arrays.asList(config.getStringList("remote", remote, "url")).contains(pushUrls[0]);
        String tracking = null;
        List<String> known = new ArrayList<>();
        if (!elsewhere) {
            for (RefSpec spec : config.getRefSpecs("remote", remote, "fetch")) {
                if (spec.isNegative() || spec.getDestination() == null) continue;
                known.add(spec.getDestination().replaceFirst("\\*.*", ""));
                if (spec.matchSource(destination)) tracking = spec.expandFromSource(destination).getDestination();
            }
        }
        return new Target(null, remote, elsewhere ? pushUrls[0] : remote, branch, destination, tracking, known,
                List.of(config.getStringList("push", null, "pushOption")));
    }

    private static Target nowhere(String why) {
        return new Target(why, null, null, null, null, null, List.of(), List.of());
    }

    /** Where the first of these refspecs that matches puts the branch. A plus is not heeded: nothing is forced. */
    private static String destination(String[] specs, String branch) {
        for (String configured : specs) {
            String spec = configured.startsWith("+") ? configured.substring(1) : configured;
            if (spec.equals(":")) return branch;
            String[] sides = spec.split(":", 2);
            String from = sides[0].equals("HEAD") || sides[0].equals(Repository.shortenRefName(branch)) ? branch : sides[0];
            String to = sides.length == 1 ? from : sides[1];
            int star = from.indexOf('*');
            if (star >= 0) {
                String start = from.substring(0, star);
                String end = from.substring(star + 1);
                if (branch.length() >= from.length() - 1 && branch.startsWith(start) && branch.endsWith(end)) {
                    return to.replace("*", branch.substring(start.length(), branch.length() - end.length()));
                }
            } else if (from.equals(branch)) {
                return to.startsWith(Constants.R_REFS) ? to : Constants.R_HEADS + to;
            }
        }
        return null;
    }

    /** The branch at the remote as git names it. */
    String shown() {
        return remote + "/" + Repository.shortenRefName(destination);
    }
}
