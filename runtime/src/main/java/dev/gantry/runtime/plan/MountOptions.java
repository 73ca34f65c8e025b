package dev.gantry.runtime.plan;

import dev.gantry.model.Failure;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The options of an OCI mount as the kernel's flags (linux/mount.h, MS_*); what is no flag is data
 * for the file system.
 *
 * @param propagation MS_PRIVATE, MS_SLAVE, MS_SHARED or MS_UNBINDABLE, perhaps with MS_REC; 0: none
 *     given
 */
record MountOptions(
        long flags,
        long propagation,
        boolean recursive,
        boolean readOnlyRecursively,
        LaunchStep.Idmap idmap,
        String data) {
    static final long MS_RDONLY = 1;
    static final long MS_NOSUID = 2;
    static final long MS_NODEV = 4;
    static final long MS_NOEXEC = 8;
    static final long MS_BIND = 1 << 12;
    static final long MS_REC = 1 << 14;
    static final long MS_UNBINDABLE = 1 << 17;
    static final long MS_PRIVATE = 1 << 18;
    static final long MS_SLAVE = 1 << 19;
    static final long MS_SHARED = 1 << 20;
    static final long MS_RELATIME = 1 << 21;
    static final long MS_STRICTATIME = 1 << 24;

    private static final Map<String, Long> SET =
            Map.ofEntries(
                    Map.entry("ro", MS_RDONLY),
                    Map.entry("nosuid", MS_NOSUID),
                    Map.entry("nodev", MS_NODEV),
                    Map.entry("noexec", MS_NOEXEC),
                    Map.entry("sync", 16L),
                    Map.entry("mand", 64L),
                    Map.entry("dirsync", 128L),
                    Map.entry("nosymfollow", 256L),
                    Map.entry("noatime", 1024L),
                    Map.entry("nodiratime", 2048L),
                    Map.entry("relatime", MS_RELATIME),
                    Map.entry("strictatime", MS_STRICTATIME),
                    Map.entry("lazytime", 1L << 25));

    private static final Map<String, Long> CLEAR =
            Map.ofEntries(
                    Map.entry("rw", MS_RDONLY),
                    Map.entry("suid", MS_NOSUID),
                    Map.entry("dev", MS_NODEV),
                    Map.entry("exec", MS_NOEXEC),
                    Map.entry("async", 16L),
                    Map.entry("nomand", 64L),
                    Map.entry("atime", 1024L),
                    Map.entry("diratime", 2048L),
                    Map.entry("norelatime", MS_RELATIME),
                    Map.entry("nostrictatime", MS_STRICTATIME),
                    Map.entry("defaults", 0L));

    private static final Map<String, Long> PROPAGATION =
            Map.of(
                    "private",
                    MS_PRIVATE,
                    "rprivate",
                    MS_PRIVATE | MS_REC,
                    "slave",
                    MS_SLAVE,
                    "rslave",
                    MS_SLAVE | MS_REC,
                    "shared",
                    MS_SHARED,
                    "rshared",
                    MS_SHARED | MS_REC,
                    "unbindable",
                    MS_UNBINDABLE,
                    "runbindable",
                    MS_UNBINDABLE | MS_REC);

    /** Whether this propagates mounts of the container to the host. */
    static boolean isShared(String option) {
        return option.equals("shared") || option.equals("rshared");
    }

    /** The propagation flags of a word, 0 for an empty one. */
    static long propagation(String word) {
        return PROPAGATION.getOrDefault(word, 0L);
    }

    static MountOptions parse(List<String> options) {
        long flags = 0;
        long propagation = 0;
        boolean recursive = false;
        boolean rro = false;
        LaunchStep.Idmap idmap = LaunchStep.Idmap.NONE;
        var data = new ArrayList<String>();
        for (String option : options) {
            Long set = SET.get(option);
            Long clear = CLEAR.get(option);
            Long spread = PROPAGATION.get(option);
            if (set != null) {
                flags |= set;
            } else if (clear != null) {
                flags &= ~clear;
            } else if (spread != null) {
                propagation = spread;
            } else {
                switch (option) {
                    case "bind" -> {}
                    case "rbind" -> recursive = true;
                    case "rro" -> {
                        flags |= MS_RDONLY;
                        rro = true;
                    }
                    case "idmap" -> idmap = LaunchStep.Idmap.POD;
                    case "ridmap" -> idmap = LaunchStep.Idmap.POD_RECURSIVE;
                    case "tmpcopyup" ->
                            throw Failure.invalid(
                                    "mount option \"%s\" is not known to the native handler; use an OCI runtime handler"
                                            .formatted(option));
                    default -> data.add(option);
                }
            }
        }
        return new MountOptions(flags, propagation, recursive, rro, idmap, String.join(",", data));
    }
}
