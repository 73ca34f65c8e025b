package dev.gantry.server.grpc;

import dev.gantry.model.Failure;
import dev.gantry.proto.cri.v1.Signal;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** CRI's signals, which have numbers of their own, and Linux' (signal(7), x86 and ARM). */
final class Signals {
    private static final int RTMIN = 34;
    private static final int RTMAX = 64;

    /** Linux' names from 1 up; those with two names are CRI's other ones below. */
    private static final List<Signal> ORDERED =
            List.of(
                    Signal.SIGHUP,
                    Signal.SIGINT,
                    Signal.SIGQUIT,
                    Signal.SIGILL,
                    Signal.SIGTRAP,
                    Signal.SIGABRT,
                    Signal.SIGBUS,
                    Signal.SIGFPE,
                    Signal.SIGKILL,
                    Signal.SIGUSR1,
                    Signal.SIGSEGV,
                    Signal.SIGUSR2,
                    Signal.SIGPIPE,
                    Signal.SIGALRM,
                    Signal.SIGTERM,
                    Signal.SIGSTKFLT,
                    Signal.SIGCHLD,
                    Signal.SIGCONT,
                    Signal.SIGSTOP,
                    Signal.SIGTSTP,
                    Signal.SIGTTIN,
                    Signal.SIGTTOU,
                    Signal.SIGURG,
                    Signal.SIGXCPU,
                    Signal.SIGXFSZ,
                    Signal.SIGVTALRM,
                    Signal.SIGPROF,
                    Signal.SIGWINCH,
                    Signal.SIGIO,
                    Signal.SIGPWR,
                    Signal.SIGSYS);

    private static final Map<Signal, Integer> NUMBERS = new EnumMap<>(Signal.class);
    private static final Map<Integer, Signal> NAMES = new HashMap<>();

    static {
        for (int i = 0; i < ORDERED.size(); i++) {
            put(i + 1, ORDERED.get(i));
        }
        for (int n = RTMIN; n <= RTMAX; n++) {
            put(n, Signal.valueOf(realTime(n)));
        }
        NUMBERS.put(Signal.SIGCLD, 17);
        NUMBERS.put(Signal.SIGIOT, 6);
        NUMBERS.put(Signal.SIGPOLL, 29);
    }

    private Signals() {}

    private static void put(int number, Signal signal) {
        NUMBERS.put(signal, number);
        NAMES.put(number, signal);
    }

    private static String realTime(int number) {
        if (number == RTMIN) {
            return "SIGRTMIN";
        }
        if (number == RTMAX) {
            return "SIGRTMAX";
        }
        return number < 50 ? "SIGRTMINPLUS" + (number - RTMIN) : "SIGRTMAXMINUS" + (RTMAX - number);
    }

    /** Linux' number as text; empty for CRI's "the runtime's default". */
    static String text(Signal signal) {
        if (signal == Signal.RUNTIME_DEFAULT) {
            return "";
        }
        Integer number = NUMBERS.get(signal);
        if (number == null) {
            throw Failure.invalid("stop signal " + signal + " is none that CRI names");
        }
        return number.toString();
    }

    /** CRI's name of a Linux signal; the runtime's default for a number without a name. */
    static Signal named(int number) {
        return NAMES.getOrDefault(number, Signal.RUNTIME_DEFAULT);
    }
}
