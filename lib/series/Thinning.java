package lib.series;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.temporal.IsoFields;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import lib.cli.Exit;
import lib.cli.Failure;
import lib.profile.Profile;

/**
 * Which results a long series can do without: the older they are, the fewer are kept. Steps such as {@code all:31d,day:1y,month}: all
 * of the last 31 days, then the last one of each day up to a year, then the last one of each month. Ages are seen from the latest
 * result, not from today, so a series that has ended keeps what it has.
 */
public final class Thinning {
    /** A month of all, a year of days, then months. */
    public static final String USUAL = "all:31d,day:1y,month";
    private static final List<String> PERIODS = List.of("day", "week", "month", "year");
    private static final Pattern STEP = Pattern.compile("(all|day|week|month|year)(?::(\\d{1,4})([dwmy]))?");

    private record Step(String each, Duration upTo) {}

    private final List<Step> steps = new ArrayList<>();

    /** @throws Failure USAGE if it is not understood */
    public Thinning(String text) {
        for (String word : text.split(",", -1)) {
            Matcher step = STEP.matcher(word.strip());
            boolean last = !steps.isEmpty() && steps.get(steps.size() - 1).upTo == null;
            if (!step.matches() || last) {
                throw new Failure(Exit.USAGE, "'" + text + "' says not what to keep: " + (last ? "nothing can follow a step without an age"
                        : "'" + word + "' is none of all, day, week, month, year, with an age such as 31d, 8w, 6m or 1y"), "Such as --keep " + USUAL);
            }
            steps.add(new Step(step.group(1), step.group(2) == null ? null : age(Integer.parseInt(step.group(2)), step.group(3))));
        }
    }

    private static Duration age(int number, String unit) {
        return Duration.ofDays(number * switch (unit) {
            case "d" -> 1L;
            case "w" -> 7L;
            case "m" -> 31L;
            default -> 366L;
        });
    }

    /** The names of those that can go, the earliest first. One that cannot be read stays. */
    public List<String> superfluous(Series series) {
        List<String> gone = new ArrayList<>();
        Set<String> taken = new HashSet<>();
        Instant latest = null;
        for (int i = series.names().size() - 1; i >= 0; i--) {
            String name = series.names().get(i);
            Profile profile;
            try {
                profile = series.profile(name);
            } catch (Failure e) {
                continue;
            }
            if (latest == null) latest = profile.startedAt();
            String each = each(profile.startedAt(), latest);
            ZonedDateTime at = profile.startedAt().atZone(ZoneOffset.UTC);
            String kind = kind(profile);
            if (each == null || !each.equals("all") && taken.contains(kind + period(at, each))) gone.add(0, name);
            else PERIODS.forEach(period -> taken.add(kind + period(at, period)));
        }
        return gone;
    }

    /** Of what one is kept that began then; null where none is. */
    private String each(Instant start, Instant latest) {
        return steps.stream().filter(step -> step.upTo == null || !start.plus(step.upTo).isBefore(latest)).findFirst().map(Step::each).orElse(null);
    }

    private static String period(ZonedDateTime at, String each) {
        return switch (each) {
            case "day" -> at.toLocalDate().toString();
            case "week" -> at.get(IsoFields.WEEK_BASED_YEAR) + "-W" + at.get(IsoFields.WEEK_OF_WEEK_BASED_YEAR);
            case "month" -> at.getYear() + "-" + at.getMonthValue();
            default -> "year " + at.getYear();
        };
    }

    /** Results of one kind are a series of their own. */
    private static String kind(Profile profile) {
        return String.join("\n", profile.target().name(), Result.engine(profile), String.valueOf(profile.engine().event()),
                String.valueOf(profile.where().cluster()), String.valueOf(profile.where().node()), "");
    }
}
