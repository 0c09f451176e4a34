package lib.profile;

/**
 * The files that were made of a recording.
 *
 * @param pictureSha256 SHA-256 of the flame graph in hex
 * @param foldedSha256 SHA-256 of the folded stacks as they are kept, compressed; null in what was drawn before it was noted
 */
public record Drawn(String pictureSha256, String foldedSha256) {}
