package lib.elf;

import java.io.IOException;

/** The file is not a binary that can be used here, or a part of it is damaged. The message says what, in a few words. */
public final class BadBinaryException extends IOException {
    private static final long serialVersionUID = 1L;

    public BadBinaryException(String message) {
        super(message);
    }
}
