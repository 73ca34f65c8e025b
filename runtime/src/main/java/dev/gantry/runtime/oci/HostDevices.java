package dev.gantry.runtime.oci;

import dev.gantry.model.Failure;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;

/** Device nodes of the host, for privileged containers and for device mappings. */
public final class HostDevices {
    private static final int S_IFMT = 0170000;
    private static final int S_IFCHR = 0020000;
    private static final int S_IFBLK = 0060000;

    /** Parts of /dev that are a container's own (as runc and containerd skip them). */
    private static final Set<Path> SKIPPED =
            Set.of(
                    Path.of("/dev/pts"),
                    Path.of("/dev/shm"),
                    Path.of("/dev/fd"),
                    Path.of("/dev/mqueue"),
                    Path.of("/dev/.lxc"),
                    Path.of("/dev/.lxd-mounts"),
                    Path.of("/dev/.udev"));

    private HostDevices() {}

    /** All devices below /dev, and of {@code defaults} those that the host does not have. */
    static List<OciDevice> merge(List<OciDevice> defaults) {
        var all = new TreeMap<String, OciDevice>();
        defaults.forEach(d -> all.put(d.path(), d));
        for (OciDevice device : list()) {
            all.putIfAbsent(device.path(), device);
        }
        return List.copyOf(all.values());
    }

    /** The devices below /dev, without terminals' slaves and /dev/console and /dev/ptmx. */
    public static List<OciDevice> list() {
        var found = new ArrayList<OciDevice>();
        try {
            Files.walkFileTree(Path.of("/dev"), new Collector(found));
        } catch (IOException e) {
            throw Failure.of("list the devices in /dev", e);
        }
        return found;
    }

    /** The device at a path of the host, seen at another; NOT_FOUND or INVALID_ARGUMENT. */
    public static OciDevice at(Path host, String inContainer) {
        try {
            Path real = host.toRealPath();
            return describe(real, inContainer)
                    .orElseThrow(() -> Failure.invalid("device " + host + " is not a device node"));
        } catch (IOException e) {
            throw new Failure(
                    Failure.Code.NOT_FOUND, "device " + host + " does not exist on the host", e);
        }
    }

    /** Whether this is a path of a device node. */
    public static boolean isDevice(Path host) {
        try {
            return describe(host, host.toString()).isPresent();
        } catch (IOException _) {
            return false;
        }
    }

    private static Optional<OciDevice> describe(Path node, String path) throws IOException {
        Map<String, Object> stat =
                Files.readAttributes(node, "unix:mode,rdev,uid,gid", LinkOption.NOFOLLOW_LINKS);
        int mode = number(stat, "mode").intValue();
        int kind = mode & S_IFMT;
        if (kind != S_IFCHR && kind != S_IFBLK) {
            return Optional.empty();
        }
        long rdev = number(stat, "rdev").longValue();
        long major = ((rdev >>> 8) & 0xfff) | ((rdev >>> 32) & ~0xfffL);
        long minor = (rdev & 0xff) | ((rdev >>> 12) & 0xffffff00L);
        return Optional.of(
                new OciDevice(
                        path,
                        kind == S_IFCHR ? "c" : "b",
                        major,
                        minor,
                        OptionalInt.of(mode & 0777),
                        OptionalLong.of(number(stat, "uid").longValue()),
                        OptionalLong.of(number(stat, "gid").longValue())));
    }

    private static Number number(Map<String, Object> stat, String name) {
        if (stat.get(name) instanceof Number number) {
            return number;
        }
        throw Failure.internal("stat gives no " + name);
    }

    /** Collects nodes; what goes away meanwhile is passed over. */
    private static final class Collector extends SimpleFileVisitor<Path> {
        private static final Set<Path> OWN = Set.of(Path.of("/dev/console"), Path.of("/dev/ptmx"));
        private final List<OciDevice> found;

        Collector(List<OciDevice> found) {
            this.found = found;
        }

        @Override
        public FileVisitResult preVisitDirectory(Path dir, BasicFileAttributes attributes) {
            return SKIPPED.contains(dir) ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                throws IOException {
            if (attributes.isOther() && !OWN.contains(file)) {
                describe(file, file.toString()).ifPresent(found::add);
            }
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFileFailed(Path file, IOException why) {
            return FileVisitResult.CONTINUE;
        }
    }
}
