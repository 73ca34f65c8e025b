package dev.gantry.runtime.cgroup;

import java.nio.file.Files;
import java.nio.file.Path;

/**
 * New directories of the cpuset hierarchy are empty, and no process can join an empty one: each
 * gets what its parent has, from the top down.
 */
final class CpusetV1 {
    private CpusetV1() {}

    static void inherit(Path directory) {
        Path parent = directory.getParent();
        if (parent == null || !Files.exists(parent.resolve("cpuset.cpus"))) {
            return;
        }
        inherit(parent);
        copy(parent, directory, "cpuset.cpus");
        copy(parent, directory, "cpuset.mems");
    }

    private static void copy(Path from, Path to, String file) {
        if (CgroupFiles.read(to.resolve(file)).filter(String::isEmpty).isPresent()) {
            CgroupFiles.read(from.resolve(file))
                    .filter(value -> !value.isEmpty())
                    .ifPresent(value -> CgroupFiles.write(to.resolve(file), value));
        }
    }
}
