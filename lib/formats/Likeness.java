package lib.formats;

/** How much an input looks like a format: what looks only perhaps so may be something else that is known by name. */
enum Likeness {
    NO, PERHAPS, SURE;

    static Likeness sureIf(boolean alike) {
        return alike ? SURE : NO;
    }
}
