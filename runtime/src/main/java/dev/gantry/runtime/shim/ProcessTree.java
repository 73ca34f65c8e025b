package dev.gantry.runtime.shim;

import dev.gantry.linux.ErrnoException;
import dev.gantry.linux.process.PidFd;
import dev.gantry.linux.process.Signals;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends a command with all that it started: its descendants, whatever session they made for
 * themselves, and its session, whoever their parent is now. Only a process that did both, a session
 * of its own and a parent that has ended (a daemon), is the container's from then on.
 *
 * <p>The shim kills no more than the process group, which it can do for a dead daemon too;
 * containerd kills the command's process alone.
 */
final class ProcessTree {
    private static final Logger LOG = LoggerFactory.getLogger(ProcessTree.class);

    /** A command that forks faster than this can be looked through has its group killed. */
    private static final int PASSES = 32;

    private record Stat(int parent, int session) {}

    private final Supplier<List<Integer>> group;
    private final int leader;
    private final Map<Integer, PidFd> stopped = new HashMap<>();

    private ProcessTree(Supplier<List<Integer>> group, int leader) {
        this.group = group;
        this.leader = leader;
    }

    /**
     * Kills it; what cannot be killed is left to the shim.
     *
     * @param group the processes of the container, among which the command's are
     * @param leader the command's process, a session's leader
     */
    static void kill(Supplier<List<Integer>> group, int leader) {
        ProcessTree tree = new ProcessTree(group, leader);
        try {
            // Stopped first, so that none forks while the others are looked for.
            int passes = 0;
            while (passes < PASSES && tree.stopMore()) {
                passes++;
            }
            for (PidFd process : tree.stopped.values()) {
                process.signal(Signals.SIGKILL);
            }
        } catch (ErrnoException | RuntimeException e) {
            LOG.atDebug().addKeyValue("pid", leader).setCause(e).log("not all was killed");
        } finally {
            tree.stopped.values().forEach(PidFd::close);
        }
    }

    private boolean stopMore() throws ErrnoException {
        boolean more = false;
        for (int pid : group.get()) {
            if (!stopped.containsKey(pid) && belongs(pid)) {
                more |= stop(pid);
            }
        }
        return more;
    }

    private boolean belongs(int pid) {
        return pid == leader
                || stat(pid)
                        .filter(s -> s.session() == leader || stopped.containsKey(s.parent()))
                        .isPresent();
    }

    private boolean stop(int pid) throws ErrnoException {
        Optional<PidFd> process = PidFd.open(pid);
        if (process.isEmpty()) {
            return false;
        }
        // Once more, now that the number cannot be another's.
        if (!belongs(pid) || !process.get().signal(Signals.SIGSTOP)) {
            process.get().close();
            return false;
        }
        stopped.put(pid, process.get());
        return true;
    }

    private static Optional<Stat> stat(int pid) {
        try {
            String text =
                    Files.readString(
                            Path.of("/proc/" + pid + "/stat"), StandardCharsets.ISO_8859_1);
            // pid (name) state ppid pgrp session: the name may hold anything.
            String[] fields = text.substring(text.lastIndexOf(')') + 2).split(" ", 5);
            return Optional.of(new Stat(Integer.parseInt(fields[1]), Integer.parseInt(fields[3])));
        } catch (IOException | NumberFormatException | IndexOutOfBoundsException _) {
            return Optional.empty();
        }
    }
}
