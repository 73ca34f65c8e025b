package dev.gantry.engine.spec;

import dev.gantry.model.Failure;
import dev.gantry.runtime.oci.OciMount;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Directories for the volumes that an image declares and nobody mounts something on. A volume whose
 * content comes with the image stays in the writable layer, where that content already is; one
 * without content, and every one in a read-only root, gets a directory of the container's own.
 */
final class AnonymousVolumes {
    private AnonymousVolumes() {}

    static List<OciMount> of(SpecRequest request, List<String> taken) {
        List<OciMount> mounts = new ArrayList<>();
        for (String volume : request.image().volumes()) {
            String place = SpecMounts.normal(volume);
            boolean readonly = request.container().security().readonlyRootfs();
            boolean kept = !readonly && present(request, place);
            if (place.equals("/") || taken.contains(place) || kept) {
                continue;
            }
            Path directory = request.volumes().resolve(Integer.toString(mounts.size()));
            try {
                // A container may have given its volume to another user since.
                if (!Files.isDirectory(directory)) {
                    Files.createDirectories(directory);
                    SpecUserNamespace.give(directory, request.pod());
                }
            } catch (IOException e) {
                throw Failure.of("make a directory for volume " + place, e);
            }
            mounts.add(OciMount.bind(directory.toString(), place, List.of("rprivate", "rw")));
        }
        return mounts;
    }

    private static boolean present(SpecRequest request, String place) {
        Path relative = Path.of("/").relativize(Path.of(place));
        return request.rootfs().lowers().stream()
                .anyMatch(l -> Files.exists(l.resolve(relative), LinkOption.NOFOLLOW_LINKS));
    }
}
