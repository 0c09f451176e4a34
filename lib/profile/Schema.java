package lib.profile;

import java.util.LinkedHashMap;
import java.util.Map;

/** The forms that a profile's JSON has had, and how an earlier one is read. */
public final class Schema {
    /** The form of {@link Profile} as it is. 1, which did not say its number, was the same fields without parts. */
    public static final int VERSION = 2;

    /** By part: the names of its fields as they are, and as they were in version 1 where that differs. */
    private static final Map<String, String[]> PARTS = new LinkedHashMap<>();

    static {
        PARTS.put("target", new String[] {"name=target", "pid", "executable", "commandLine", "buildId", "goBuildId"});
        PARTS.put("where", new String[] {"node", "kernel", "kubernetes", "settings"});
        PARTS.put("engine", new String[] {"program=engine", "event", "frequency"});
        PARTS.put("outcome", new String[] {"start", "seconds", "samples", "lost", "load", "ended"});
        PARTS.put("data", new String[] {"bytes=dataBytes", "sha256=dataSha256"});
        PARTS.put("drawn", new String[] {"pictureSha256"});
    }

    private Schema() {}

    /**
     * A profile's JSON, as maps, in the form of now.
     *
     * @throws IllegalArgumentException if it is of a version that is not known yet
     */
    public static Map<String, Object> current(Map<String, Object> json) {
        Object version = json.get("schema");
        if (version == null) return fromVersion1(json);
        if (version instanceof Integer number && number == VERSION) return json;
        throw new IllegalArgumentException("its form is of version " + version + ", and this program knows " + VERSION
                + ": it was written by a newer one");
    }

    private static Map<String, Object> fromVersion1(Map<String, Object> flat) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("schema", VERSION);
        PARTS.forEach((part, fields) -> {
            Map<String, Object> values = new LinkedHashMap<>();
            for (String field : fields) {
                int equals = field.indexOf('=');
                Object value = flat.get(field.substring(equals + 1));
                if (value != null) values.put(equals < 0 ? field : field.substring(0, equals), value);
            }
            if (!values.isEmpty() || !part.equals("data") && !part.equals("drawn")) json.put(part, values);
        });
        if (flat.get("naming") != null) json.put("naming", flat.get("naming"));
        return json;
    }
}
