package dev.gantry.imagestore.manifest;

import dev.gantry.linux.fs.PathBytes;
import dev.gantry.model.Failure;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The files that an artifact is shown as, as CRI-O and podman show it: each of its blobs under its
 * title, a relative path, or else under its digest.
 */
public final class ArtifactFiles {
    /** OCI image specification, annotations; then the one of the model specification. */
    private static final List<String> TITLES =
            List.of("org.opencontainers.image.title", "org.cnai.model.filepath");

    private static final int MAX_DEPTH = 32;

    private ArtifactFiles() {}

    /**
     * The blobs by their paths.
     *
     * @throws Failure INVALID_ARGUMENT for a name that leads out of a directory or cannot be one,
     *     for two blobs of one name, and for an artifact without blobs
     */
    public static Map<PathBytes, Descriptor> of(ImageDocument.Manifest artifact) {
        Map<PathBytes, Descriptor> files = new LinkedHashMap<>();
        Set<PathBytes> directories = new HashSet<>();
        for (Descriptor blob : artifact.layers()) {
            PathBytes path = path(blob);
            List<PathBytes> components = path.components();
            for (int depth = 1; depth < components.size(); depth++) {
                directories.add(PathBytes.join(components.subList(0, depth)));
            }
            if (files.putIfAbsent(path, blob) != null) {
                throw Failure.invalid("two of its blobs are called \"" + path + "\"");
            }
        }
        if (files.isEmpty()) {
            throw Failure.invalid("it has no blobs beside its configuration");
        }
        for (PathBytes path : files.keySet()) {
            if (directories.contains(path)) {
                throw Failure.invalid("\"" + path + "\" is the name of a blob and of a directory");
            }
        }
        return files;
    }

    private static PathBytes path(Descriptor blob) {
        for (String annotation : TITLES) {
            String title = blob.annotations().get(annotation);
            if (title != null) {
                return checked(title);
            }
        }
        return PathBytes.of(blob.digest().algorithm() + "-" + blob.digest().hex());
    }

    private static PathBytes checked(String title) {
        String shown = title.length() > 80 ? title.substring(0, 80) + "…" : title;
        PathBytes path = bytes(title, shown);
        List<PathBytes> components = path.components();
        boolean plain =
                !path.isAbsolute()
                        && path.length() <= PathBytes.MAX_PATH
                        && !components.isEmpty()
                        && components.size() <= MAX_DEPTH
                        && components.stream().allMatch(ArtifactFiles::isName);
        if (!plain) {
            throw refused(shown);
        }
        return PathBytes.join(components);
    }

    private static PathBytes bytes(String title, String shown) {
        try {
            var encoded = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(title));
            byte[] bytes = new byte[encoded.remaining()];
            encoded.get(bytes);
            return PathBytes.of(bytes);
        } catch (CharacterCodingException | IllegalArgumentException e) {
            throw refused(shown);
        }
    }

    private static boolean isName(PathBytes component) {
        if (!component.isName() || component.length() > PathBytes.MAX_NAME) {
            return false;
        }
        for (byte b : component.toByteArray()) {
            if ((b & 0xff) < 0x20 || b == 0x7f) {
                return false;
            }
        }
        return true;
    }

    private static Failure refused(String shown) {
        String printable = shown.replaceAll("\\p{Cntrl}", "?");
        return Failure.invalid(
                "one of its blobs is called \""
                        + printable
                        + "\", which is no relative path of a file");
    }
}
