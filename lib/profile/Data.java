package lib.profile;

/**
 * What was recorded, as a file.
 *
 * @param bytes its size
 * @param sha256 its SHA-256 in hex
 */
public record Data(long bytes, String sha256) {}
