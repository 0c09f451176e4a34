package lib.formats;

/** The numbers of the fields in google/pprof's profile.proto that are used here. */
final class Pprof {
    static final int SAMPLE_TYPE = 1, SAMPLE = 2, MAPPING = 3, LOCATION = 4, FUNCTION = 5, STRING_TABLE = 6,
        PERIOD_TYPE = 11, DEFAULT_SAMPLE_TYPE = 14, LAST_FIELD = 15;
    static final int VALUE_TYPE_TYPE = 1, VALUE_TYPE_UNIT = 2;
    static final int SAMPLE_LOCATION_ID = 1, SAMPLE_VALUE = 2;
    static final int MAPPING_ID = 1, MAPPING_START = 2, MAPPING_FILE_OFFSET = 4, MAPPING_FILENAME = 5,
        MAPPING_HAS_FUNCTIONS = 7;
    static final int LOCATION_ID = 1, LOCATION_MAPPING_ID = 2, LOCATION_ADDRESS = 3, LOCATION_LINE = 4;
    static final int LINE_FUNCTION_ID = 1, LINE_LINE = 2;
    static final int FUNCTION_ID = 1, FUNCTION_NAME = 2, FUNCTION_SYSTEM_NAME = 3, FUNCTION_FILENAME = 4;

    private Pprof() { }
}
