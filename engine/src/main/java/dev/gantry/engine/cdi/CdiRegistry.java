package dev.gantry.engine.cdi;

import dev.gantry.model.Failure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;

/**
 * The CDI devices of this node: the files {@code *.json} and {@code *.yaml} of some directories, of
 * which a later one wins over an earlier. Two files of one directory that describe the same device
 * make it unusable. Files are read again when one has changed.
 */
public final class CdiRegistry {
    private static final int FILES = 1000;
    private static final int DEVICES = 256;

    private final List<Path> directories;
    private final ReentrantLock reading = new ReentrantLock();
    private Map<Path, Stamp> seen = Map.of();
    private Known known = new Known(Map.of(), Map.of(), Map.of());

    private record Stamp(Object key, long size, long modified) {}

    private record Found(CdiSpec spec, CdiSpec.Device device, Path file) {}

    private record Known(
            Map<String, Found> devices, Map<String, String> conflicts, Map<Path, String> broken) {}

    public CdiRegistry(List<Path> directories) {
        this.directories = List.copyOf(directories);
    }

    /**
     * The edits for devices by their whole names ({@code vendor.com/class=name}), in their order;
     * what a specification says for all of its devices comes once, before the first of them.
     * FAILED_PRECONDITION names a device that cannot be had, and why.
     */
    public CdiEdits edits(List<String> names) {
        if (names.isEmpty()) {
            return CdiEdits.NONE;
        }
        if (names.size() > DEVICES) {
            throw Failure.invalid("more than %d CDI devices are asked for".formatted(DEVICES));
        }
        Known now = refresh();
        List<CdiSpec.Edits> all = new ArrayList<>();
        Set<Path> files = new HashSet<>();
        for (String name : new java.util.LinkedHashSet<>(names)) {
            Found found = find(now, name);
            if (files.add(found.file())) {
                all.add(found.spec().containerEdits());
            }
            all.add(found.device().containerEdits());
        }
        return new CdiEdits(all);
    }

    private Found find(Known now, String name) {
        int equals = name.indexOf('=');
        if (equals < 0
                || !CdiRules.isKind(name.substring(0, equals))
                || !CdiRules.isName(name.substring(equals + 1))) {
            throw Failure.invalid(
                    "CDI device \"" + name + "\" is not of the form vendor.com/class=name");
        }
        Found found = now.devices().get(name);
        if (found != null) {
            return found;
        }
        String conflict = now.conflicts().get(name);
        if (conflict != null) {
            throw Failure.precondition("CDI device " + name + " is ambiguous: " + conflict);
        }
        String broken =
                now.broken().isEmpty()
                        ? ""
                        : "; not used, since they are wrong: "
                                + String.join(
                                        "; ",
                                        now.broken().entrySet().stream()
                                                .limit(5)
                                                .map(e -> e.getKey() + " (" + e.getValue() + ")")
                                                .toList());
        throw Failure.precondition(
                "CDI device %s is in no specification in %s%s"
                        .formatted(name, directories, broken));
    }

    private Known refresh() {
        reading.lock();
        try {
            Map<Path, Stamp> present = stamps();
            if (!present.equals(seen)) {
                known = read(present.keySet());
                seen = present;
            }
            return known;
        } finally {
            reading.unlock();
        }
    }

    /** The files in the order of their directories, then of their names. */
    private Map<Path, Stamp> stamps() {
        Map<Path, Stamp> all = new LinkedHashMap<>();
        for (Path directory : directories) {
            try (Stream<Path> files = Files.list(directory)) {
                for (Path file :
                        files.filter(f -> isYaml(f) || f.toString().endsWith(".json"))
                                .sorted(Comparator.comparing(Path::toString))
                                .limit(FILES)
                                .toList()) {
                    stamp(file, all);
                }
            } catch (NoSuchFileException | NotDirectoryException _) {
                // A node without devices has no such directory.
            } catch (IOException e) {
                throw Failure.of("list the CDI specifications in " + directory, e);
            }
        }
        return all;
    }

    private static void stamp(Path file, Map<Path, Stamp> into) {
        try {
            BasicFileAttributes a = Files.readAttributes(file, BasicFileAttributes.class);
            if (a.isRegularFile()) {
                into.put(
                        file,
                        new Stamp(
                                String.valueOf(a.fileKey()),
                                a.size(),
                                a.lastModifiedTime()
                                        .to(java.util.concurrent.TimeUnit.NANOSECONDS)));
            }
        } catch (IOException _) {
            // It went away meanwhile.
        }
    }

    private static boolean isYaml(Path file) {
        return file.toString().endsWith(".yaml");
    }

    private Known read(Set<Path> files) {
        Map<String, Found> devices = new HashMap<>();
        Map<String, String> conflicts = new HashMap<>();
        Map<Path, String> broken = new TreeMap<>();
        for (Path file : files) {
            try {
                CdiSpec spec = CdiParser.parse(bytes(file), isYaml(file));
                for (CdiSpec.Device device : spec.devices()) {
                    add(new Found(spec, device, file), devices, conflicts);
                }
            } catch (Failure e) {
                broken.put(file, e.message());
            }
        }
        return new Known(Map.copyOf(devices), Map.copyOf(conflicts), broken);
    }

    private static void add(
            Found found, Map<String, Found> devices, Map<String, String> conflicts) {
        String name = found.spec().kind() + "=" + found.device().name();
        Found other = devices.put(name, found);
        boolean samePlace =
                other != null
                        && String.valueOf(other.file().getParent())
                                .equals(String.valueOf(found.file().getParent()));
        if (samePlace) {
            devices.remove(name);
            conflicts.put(name, other.file() + " and " + found.file() + " both describe it");
        } else if (conflicts.containsKey(name) && inSameDirectory(conflicts.get(name), found)) {
            devices.remove(name);
        } else {
            conflicts.remove(name);
        }
    }

    // A third file beside the two that are in conflict does not settle it.
    private static boolean inSameDirectory(String conflict, Found found) {
        Path parent = found.file().getParent();
        return parent != null
                && Path.of(conflict.substring(0, conflict.indexOf(" and "))).startsWith(parent);
    }

    private static byte[] bytes(Path file) {
        try {
            if (Files.size(file) > CdiParser.SIZE) {
                throw Failure.invalid("it is larger than %d bytes".formatted(CdiParser.SIZE));
            }
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw Failure.of("read it", e);
        }
    }
}
