package dev.gantry.cli.verb.container;

import dev.gantry.cli.format.Out;
import dev.gantry.cli.format.Times;
import dev.gantry.proto.v1.ExplainResponse;
import dev.gantry.proto.v1.ExplainedStep;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** An explanation as people read it. */
final class ExplainText {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSS", Locale.ROOT);
    private static final String RED = "\033[31m";
    private static final String GREEN = "\033[32m";
    private static final String BOLD = "\033[1m";
    private static final String PLAIN = "\033[0m";
    private static final String INDENT = " ".repeat(36);

    private final Out out;
    private final boolean whole;

    /**
     * An explanation's printer.
     *
     * @param whole whether ids are shown whole
     */
    ExplainText(Out out, boolean whole) {
        this.out = out;
        this.whole = whole;
    }

    void print(ExplainResponse answer) {
        out.line(coloured(BOLD, subject(answer)) + ": " + answer.getSummary());
        if (answer.getStepsCount() > 0) {
            long first = answer.getSteps(0).getAt();
            out.line(
                    "\nWhat was done, from %s to %s:"
                            .formatted(
                                    Times.ago(first).toLowerCase(Locale.ROOT),
                                    Times.ago(answer.getSteps(answer.getStepsCount() - 1).getAt())
                                            .toLowerCase(Locale.ROOT)));
            String container = answer.getKind().equals("pod") ? "" : answer.getName();
            answer.getStepsList().forEach(step -> step(step, first, container));
        }
        if (answer.getAdviceCount() > 0) {
            out.line("\nWhat to do:");
            answer.getAdviceList().forEach(advice -> out.line("  * " + advice));
        }
    }

    private String subject(ExplainResponse answer) {
        String id = whole ? answer.getId() : Rows.shortId(answer.getId());
        String kind = answer.getKind().isEmpty() ? "" : answer.getKind() + " ";
        String scope = answer.getScope().equals("cri") ? ", kubelet's" : "";
        if (answer.getName().isEmpty()) {
            return kind + id + scope;
        }
        return kind + answer.getName() + (id.isEmpty() ? scope : " (" + id + scope + ")");
    }

    private void step(ExplainedStep step, long first, String about) {
        String at = TIME.format(Times.instant(step.getAt()).atZone(ZoneId.systemDefault()));
        String whose =
                step.getContainer().isEmpty() || !about.isEmpty()
                        ? ""
                        : "[" + step.getContainer() + "] ";
        String took = step.getTook() == 0 ? "" : " (" + span(step.getTook()) + ")";
        String line =
                "%s %10s  %s%s%s%s"
                        .formatted(
                                at,
                                "+" + span(Math.max(0, step.getAt() - first)),
                                step.getFailed() ? "FAILED: " : "",
                                whose,
                                step.getWhat(),
                                took);
        out.line(
                step.getFailed()
                        ? coloured(RED, line)
                        : step.getReached() ? coloured(GREEN, line) : line);
        if (!step.getError().isEmpty()) {
            out.line(INDENT + step.getError());
        }
        String where = where(step);
        if (!where.isEmpty()) {
            out.line(INDENT + where);
        }
    }

    private static String where(ExplainedStep step) {
        String path = step.getPath().isEmpty() ? "" : "path " + step.getPath();
        String errno =
                step.getErrno().isEmpty()
                        ? ""
                        : "errno %s (%d)".formatted(step.getErrno(), step.getErrnoNumber());
        return path.isEmpty() || errno.isEmpty() ? path + errno : path + ", " + errno;
    }

    private String coloured(String colour, String text) {
        return out.colours() ? colour + text + PLAIN : text;
    }

    private static String span(long nanos) {
        double millis = nanos / 1e6;
        if (millis < 1000) {
            return String.format(Locale.ROOT, "%.1f ms", millis);
        }
        long seconds = nanos / 1_000_000_000L;
        if (seconds < 60) {
            return String.format(Locale.ROOT, "%.1f s", millis / 1000);
        }
        if (seconds < 3600) {
            return "%dm%02ds".formatted(seconds / 60, seconds % 60);
        }
        return seconds < 86_400
                ? "%dh%02dm".formatted(seconds / 3600, seconds % 3600 / 60)
                : "%dd%02dh".formatted(seconds / 86_400, seconds % 86_400 / 3600);
    }
}
