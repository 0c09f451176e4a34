package lib.profile;

import java.util.List;

/**
 * The program that was profiled.
 *
 * @param name as the user calls it, and as the stages name their files by it
 * @param pid process id on the node
 * @param executable path of the executable as the process sees it
 * @param commandLine words of the command line, values that may be secret left out
 * @param buildId GNU build id of the executable in hex, or null
 * @param goBuildId Go's build id, or null
 */
public record Program(String name, int pid, String executable, List<String> commandLine, String buildId, String goBuildId) {}
