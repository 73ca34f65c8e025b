package dev.gantry.engine.spec;

import dev.gantry.model.Failure;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Signals by name or number, as images and CRI's Signal write them (signal(7), x86 and ARM). */
public final class Signals {
    public static final int SIGKILL = 9;
    public static final int SIGTERM = 15;
    private static final int SIGRTMIN = 34;
    private static final int SIGRTMAX = 64;
    private static final List<String> NAMES =
            List.of(
                    "", "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1",
                    "SEGV", "USR2", "PIPE", "ALRM", "TERM", "STKFLT", "CHLD", "CONT", "STOP",
                    "TSTP", "TTIN", "TTOU", "URG", "XCPU", "XFSZ", "VTALRM", "PROF", "WINCH", "IO",
                    "PWR", "SYS");

    private static final Map<String, String> ALIASES =
            Map.of("IOT", "ABRT", "CLD", "CHLD", "POLL", "IO");

    private Signals() {}

    /** The first of the texts that is not empty; SIGTERM when all are. */
    public static int firstOf(String... texts) {
        for (String text : texts) {
            if (!text.isBlank()) {
                return parse(text);
            }
        }
        return SIGTERM;
    }

    /** {@code SIGTERM} for 15; a real-time signal as {@code signal 40}. */
    public static String name(int number) {
        return number > 0 && number < NAMES.size() ? "SIG" + NAMES.get(number) : "signal " + number;
    }

    /** Parses {@code 15}, {@code TERM}, {@code SIGTERM}, {@code SIGRTMIN+3}. */
    public static int parse(String text) {
        String name = text.strip().toUpperCase(Locale.ROOT);
        if (name.startsWith("SIG")) {
            name = name.substring(3);
        }
        int number = number(name);
        if (number < 1 || number > SIGRTMAX) {
            throw Failure.invalid("\"" + text + "\" is not the name or number of a signal");
        }
        return number;
    }

    private static int number(String name) {
        int known = NAMES.indexOf(ALIASES.getOrDefault(name, name));
        if (known > 0) {
            return known;
        }
        // CRI's Signal writes SIGRTMINPLUS3 and SIGRTMAXMINUS1; people write RTMIN+3 and RTMAX-1.
        String plain = name.replace("PLUS", "+").replace("MINUS", "-");
        if (plain.startsWith("RTMIN")) {
            return SIGRTMIN + offset(plain.substring(5), '+');
        }
        if (plain.startsWith("RTMAX")) {
            return SIGRTMAX - offset(plain.substring(5), '-');
        }
        return Ids32.parse(plain).filter(n -> n <= SIGRTMAX).map(Long::intValue).orElse(-1);
    }

    private static int offset(String text, char sign) {
        if (text.isEmpty()) {
            return 0;
        }
        if (text.charAt(0) != sign) {
            return 1000;
        }
        return Ids32.parse(text.substring(1)).filter(n -> n <= 30).map(Long::intValue).orElse(1000);
    }
}
