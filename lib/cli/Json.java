package lib.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.Map;
import java.util.function.UnaryOperator;

/** Records as JSON and back: fields in the order of declaration, an enum as its text, two-space indent, a line feed at the end. */
public final class Json {
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(SerializationFeature.INDENT_OUTPUT, SerializationFeature.WRITE_ENUMS_USING_TO_STRING)
            .enable(DeserializationFeature.READ_ENUMS_USING_TO_STRING)
            .disable(SerializationFeature.FAIL_ON_EMPTY_BEANS)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    private Json() {}

    /** A record, map, list or scalar as indented JSON; the same value gives the same text on every platform. */
    public static String write(Object value) {
        try {
            return MAPPER.writeValueAsString(value).replace("\r\n", "\n") + "\n";
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("no JSON for " + value.getClass().getName(), e);
        }
    }

    /**
     * Reads JSON into a record; fields that the record does not know are passed over.
     *
     * @throws IllegalArgumentException if the text is not such JSON
     */
    public static <T> T read(String text, Class<T> type) {
        try {
            return MAPPER.readValue(text, type);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(e.getOriginalMessage(), e);
        }
    }

    /**
     * Reads JSON that may be of an earlier form.
     *
     * @param current makes the form that the record has of a JSON object
     * @throws IllegalArgumentException if the text is not such JSON
     */
    public static <T> T read(String text, Class<T> type, UnaryOperator<Map<String, Object>> current) {
        try {
            return MAPPER.convertValue(current.apply(MAPPER.readValue(text, new TypeReference<>() {})), type);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(e.getOriginalMessage(), e);
        }
    }
}
