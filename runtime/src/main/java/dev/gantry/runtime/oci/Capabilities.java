package dev.gantry.runtime.oci;

import dev.gantry.model.Failure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;

/** The kernel's capabilities (linux/capability.h): names and numbers. */
public final class Capabilities {
    /** In the order of their numbers, from 0. */
    private static final List<String> NAMES =
            List.of(
                    "CAP_CHOWN",
                    "CAP_DAC_OVERRIDE",
                    "CAP_DAC_READ_SEARCH",
                    "CAP_FOWNER",
                    "CAP_FSETID",
                    "CAP_KILL",
                    "CAP_SETGID",
                    "CAP_SETUID",
                    "CAP_SETPCAP",
                    "CAP_LINUX_IMMUTABLE",
                    "CAP_NET_BIND_SERVICE",
                    "CAP_NET_BROADCAST",
                    "CAP_NET_ADMIN",
                    "CAP_NET_RAW",
                    "CAP_IPC_LOCK",
                    "CAP_IPC_OWNER",
                    "CAP_SYS_MODULE",
                    "CAP_SYS_RAWIO",
                    "CAP_SYS_CHROOT",
                    "CAP_SYS_PTRACE",
                    "CAP_SYS_PACCT",
                    "CAP_SYS_ADMIN",
                    "CAP_SYS_BOOT",
                    "CAP_SYS_NICE",
                    "CAP_SYS_RESOURCE",
                    "CAP_SYS_TIME",
                    "CAP_SYS_TTY_CONFIG",
                    "CAP_MKNOD",
                    "CAP_LEASE",
                    "CAP_AUDIT_WRITE",
                    "CAP_AUDIT_CONTROL",
                    "CAP_SETFCAP",
                    "CAP_MAC_OVERRIDE",
                    "CAP_MAC_ADMIN",
                    "CAP_SYSLOG",
                    "CAP_WAKE_ALARM",
                    "CAP_BLOCK_SUSPEND",
                    "CAP_AUDIT_READ",
                    "CAP_PERFMON",
                    "CAP_BPF",
                    "CAP_CHECKPOINT_RESTORE");

    private static final long OWN = read("CapBnd");

    private Capabilities() {}

    /** Those that this process could give away: its bounding set, in the order of numbers. */
    public static List<String> available() {
        return NAMES.stream().filter(n -> ((OWN >>> NAMES.indexOf(n)) & 1) == 1).toList();
    }

    /** Whether this is a capability's name, as {@code CAP_CHOWN}. */
    public static boolean known(String name) {
        return NAMES.contains(name);
    }

    /** The bit set of the kernel for these names; INVALID_ARGUMENT names the one it lacks. */
    public static long mask(Collection<String> names) {
        long mask = 0;
        for (String name : names) {
            int number = NAMES.indexOf(name);
            if (number < 0) {
                throw Failure.invalid("\"" + name + "\" is not a capability");
            }
            mask |= 1L << number;
        }
        return mask;
    }

    /** Those of the mask that this process has in its bounding set. */
    public static long restrict(long mask) {
        return mask & OWN;
    }

    private static long read(String field) {
        try {
            for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
                if (line.startsWith(field + ":")) {
                    return Long.parseUnsignedLong(line.substring(field.length() + 1).strip(), 16);
                }
            }
            return 0;
        } catch (IOException e) {
            throw Failure.of("read the capabilities in /proc/self/status", e);
        }
    }
}
