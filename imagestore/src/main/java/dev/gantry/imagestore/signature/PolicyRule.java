package dev.gantry.imagestore.signature;

import dev.gantry.model.ImageReference;
import java.nio.file.Path;
import java.util.List;

/**
 * One rule of a policy file.
 *
 * @param repository the images it is about: a registry, or a registry with the first components of
 *     a repository; empty for the rule that holds where no other does
 * @param action what becomes of them
 * @param file and {@code line} say where it is written
 */
public record PolicyRule(String repository, Action action, Path file, int line) {
    /** What a rule does with an image. */
    public sealed interface Action {
        /** Pulled as it is. */
        record Accept() implements Action {}

        /**
         * Not pulled.
         *
         * @param reason for whoever wants it; may be empty
         */
        record Reject(String reason) implements Action {}

        /**
         * Pulled when one of the keys has signed it.
         *
         * @param anyIdentity whether a signature also counts that was made for the same content
         *     under another repository's name
         */
        record RequireSignature(List<VerificationKey> keys, boolean anyIdentity) implements Action {
            public RequireSignature {
                keys = List.copyOf(keys);
            }
        }
    }

    /** Whether the image's repository is the rule's or lies below it, component by component. */
    boolean covers(ImageReference reference) {
        return repository.isEmpty() || (reference.name() + "/").startsWith(repository + "/");
    }

    @Override
    public String toString() {
        String name = repository.isEmpty() ? "the default" : "rule \"" + repository + "\"";
        return "%s (%s, line %d)".formatted(name, file, line);
    }
}
