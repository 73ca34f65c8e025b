package dev.gantry.conformance;

import java.nio.file.Files;
import java.nio.file.Path;

/** Where the things under test lie. Each is an error, not a skip, when it is missing. */
final class Places {
    private Places() {}

    /** The top of the checkout. */
    static Path project() {
        Path here = Path.of("").toAbsolutePath();
        while (here != null && !Files.exists(here.resolve("scripts/lib/oci-image.sh"))) {
            here = here.getParent();
        }
        if (here == null) {
            throw new AssertionError("not inside a checkout of the project");
        }
        return here;
    }

    /** The runnable tree that the build leaves. */
    static Path tree() {
        return present(project().resolve("target/gantry"), "./mvnw package makes it");
    }

    /** A client of the field, built from its Go module. */
    static Path tool(String name) {
        return present(
                project().resolve("conformance/target/tools").resolve(name),
                "conformance/bin/build-tools makes it");
    }

    private static Path present(Path path, String hint) {
        if (!Files.exists(path)) {
            throw new AssertionError(path + " is missing: " + hint);
        }
        return path;
    }
}
