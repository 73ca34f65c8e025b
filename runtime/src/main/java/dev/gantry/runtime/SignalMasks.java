package dev.gantry.runtime;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What a process does with signals, from {@code /proc/PID/status} (proc(5)).
 *
 * @param namespaceInit whether it is the first process of a pid namespace below the reader's; such
 *     a one is spared every signal but SIGKILL and SIGSTOP that it does not handle
 *     (pid_namespaces(7))
 * @param caught a bit for each signal with a handler, the lowest for signal 1
 * @param blocked a bit for each signal that waits until it is unblocked; such a one is not dropped
 */
record SignalMasks(boolean namespaceInit, long caught, long blocked) {

    /** The masks of a process; empty when it has ended. */
    static Optional<SignalMasks> of(int pid) {
        try {
            return parse(Files.readAllLines(Path.of("/proc", Integer.toString(pid), "status")));
        } catch (IOException _) {
            return Optional.empty();
        }
    }

    /** Empty for a process that has ended and was not waited for: it has no masks that matter. */
    static Optional<SignalMasks> parse(List<String> status) {
        boolean init = false;
        long caught = 0;
        long blocked = 0;
        for (String line : status) {
            String value = line.substring(line.indexOf(':') + 1).strip();
            if (line.startsWith("State:") && value.startsWith("Z")) {
                return Optional.empty();
            } else if (line.startsWith("NSpid:")) {
                init = value.matches("\\d+\\s.*\\b1");
            } else if (line.startsWith("SigCgt:")) {
                caught = Long.parseUnsignedLong(value, 16);
            } else if (line.startsWith("SigBlk:")) {
                blocked = Long.parseUnsignedLong(value, 16);
            }
        }
        return Optional.of(new SignalMasks(init, caught, blocked));
    }

    /** Whether the signal would be delivered or kept, not dropped. */
    boolean admit(int signal) {
        return !namespaceInit || ((caught | blocked) >>> (signal - 1) & 1) == 1;
    }
}
