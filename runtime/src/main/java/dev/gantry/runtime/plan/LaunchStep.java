package dev.gantry.runtime.plan;

import dev.gantry.runtime.oci.OciIdMapping;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * One step of a launch plan: what the shim's interpreter does, in order, in a forked child. The
 * records are those of docs/shim-protocol.md ("Plans"), which says what each means; lists of them
 * are compared in tests.
 */
public sealed interface LaunchStep {
    record JoinCgroup(List<Path> files) implements LaunchStep {}

    record JoinPodNamespaces(int mask) implements LaunchStep {}

    record JoinNamespace(int kind, Path path) implements LaunchStep {}

    record Unshare(int mask) implements LaunchStep {}

    record Fork() implements LaunchStep {}

    record MapIds(List<OciIdMapping> uids, List<OciIdMapping> gids) implements LaunchStep {}

    record Propagation(Path path, long flags) implements LaunchStep {}

    record Overlay(
            List<Path> lowers,
            String upper,
            String work,
            Path target,
            long flags,
            String options,
            Idmap idmap)
            implements LaunchStep {
        /** Its layers show the ids that they have on disk. */
        public Overlay(
                List<Path> lowers,
                String upper,
                String work,
                Path target,
                long flags,
                String options) {
            this(lowers, upper, work, target, flags, options, Idmap.NONE);
        }
    }

    record Root(Path path, long propagation) implements LaunchStep {}

    record Mount(
            String type, String source, String destination, long flags, String data, Create create)
            implements LaunchStep {}

    record Bind(
            String source,
            String destination,
            long flags,
            boolean recursive,
            boolean readOnlyRecursively,
            long propagation,
            Create create,
            Idmap idmap)
            implements LaunchStep {
        /** Its files show the ids that they have on disk. */
        public Bind(
                String source,
                String destination,
                long flags,
                boolean recursive,
                boolean readOnlyRecursively,
                long propagation,
                Create create) {
            this(
                    source,
                    destination,
                    flags,
                    recursive,
                    readOnlyRecursively,
                    propagation,
                    create,
                    Idmap.NONE);
        }
    }

    record PodShm(String destination) implements LaunchStep {}

    record Device(String path, char type, long major, long minor, int mode, long uid, long gid)
            implements LaunchStep {}

    record Symlink(String target, String path) implements LaunchStep {}

    record Mask(String path) implements LaunchStep {}

    record ReadOnlyPath(String path) implements LaunchStep {}

    record Pivot() implements LaunchStep {}

    record RemountRoot(long flags) implements LaunchStep {}

    record Hostname(String name) implements LaunchStep {}

    record Domainname(String name) implements LaunchStep {}

    record Sysctl(String key, String value) implements LaunchStep {}

    record Rlimit(int resource, long soft, long hard) implements LaunchStep {}

    record OomScoreAdj(int value, boolean clamp) implements LaunchStep {}

    record Umask(int mask) implements LaunchStep {}

    record Ids(long uid, long gid, List<Long> groups) implements LaunchStep {}

    record Bounding(long mask) implements LaunchStep {}

    record Capabilities(long permitted, long effective, long inheritable, long ambient)
            implements LaunchStep {}

    record NoNewPrivileges() implements LaunchStep {}

    /** The program is compared by content. */
    @SuppressWarnings("ArrayRecordComponent") // equals and hashCode below compare the content
    record Seccomp(int flags, byte[] program) implements LaunchStep {
        @Override
        public boolean equals(Object other) {
            return other instanceof Seccomp(int otherFlags, byte[] otherProgram)
                    && flags == otherFlags
                    && Arrays.equals(program, otherProgram);
        }

        @Override
        public int hashCode() {
            return 31 * flags + Arrays.hashCode(program);
        }
    }

    record WorkDir(String path, boolean create) implements LaunchStep {}

    record Exec(List<String> candidates, List<String> argv, List<String> env)
            implements LaunchStep {}

    record Terminal(int rows, int columns, long uid) implements LaunchStep {}

    record Loopback() implements LaunchStep {}

    record PinNamespace(int kind, Path path) implements LaunchStep {}

    record KeepNamespaces(int mask) implements LaunchStep {}

    record PodInit() implements LaunchStep {}

    record HoldShm(long size, int mode) implements LaunchStep {}

    record SetSid() implements LaunchStep {}

    record Chdir(Path path) implements LaunchStep {}

    record JoinContainer(int mask) implements LaunchStep {}

    /** {@code name} as {@code apparmor/exec} or {@code exec}. */
    record Attribute(String name, String value) implements LaunchStep {}

    record HookRunner() implements LaunchStep {}

    /**
     * An OCI hook.
     *
     * @param here in the namespaces that the plan has come to, rather than in the shim's
     * @param seconds 0: without an end
     * @param before the state up to the pid
     * @param after the state from the pid on
     */
    record Hook(
            boolean here,
            Path path,
            List<String> argv,
            List<String> env,
            int seconds,
            String before,
            String after)
            implements LaunchStep {}

    record BindBelow(
            Path base, String part, String destination, long flags, long propagation, Create create)
            implements LaunchStep {}

    record JoinOther(String containerId, int mask) implements LaunchStep {}

    record Prepare() implements LaunchStep {}

    record GiveStdio(long uid) implements LaunchStep {}

    record LayerNamespace(Path namespace) implements LaunchStep {}

    /** Whether the ids of a mount's files are mapped by the pod's user namespace. */
    enum Idmap {
        NONE(0),
        POD(1),
        POD_RECURSIVE(2);

        private final int number;

        Idmap(int number) {
            this.number = number;
        }

        int number() {
            return number;
        }
    }

    /** Whether a mount's target is made when it is missing, and as what. */
    enum Create {
        NO(0),
        DIRECTORY(1),
        FILE(2);

        private final int number;

        Create(int number) {
            this.number = number;
        }

        int number() {
            return number;
        }
    }
}
