package lib.cli;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Durations as people type them: 90, 90s, 30m, 1h30m; a bare number is seconds. */
public final class Durations implements ITypeConverter<Duration> {

    @Override
    public Duration convert(String text) {
        try {
            Duration duration = text.matches("\\d+") ? Duration.ofSeconds(Long.parseLong(text)) : Duration.parse("PT" + text);
            if (!duration.isNegative() && !duration.isZero() && duration.toDays() <= 365) return duration;
        } catch (DateTimeParseException | ArithmeticException | NumberFormatException e) {
            // said below
        }
        throw new TypeConversionException("'" + text + "' is no duration such as 90s, 30m or 1h30m");
    }

    /** A duration in the same form, such as 1h30m. */
    public static String show(Duration duration) {
        return duration.isZero() ? "0s" : duration.toString().substring(2).toLowerCase(java.util.Locale.ROOT);
    }
}
