package dev.gantry.engine.config;

import dev.gantry.model.Failure;

/**
 * What makes a pod sandbox unique within a scope (CRI PodSandboxMetadata). A retry of the same
 * attempt means the same sandbox.
 */
public record PodName(String name, String namespace, String uid, int attempt) {
    public PodName {
        if (name.isEmpty()) {
            throw Failure.invalid("a pod sandbox needs a name in its metadata");
        }
    }

    /** As kubectl's users say it: the namespace and the name. */
    public String qualified() {
        return namespace + "/" + name;
    }

    @Override
    public String toString() {
        return "%s/%s (uid %s, attempt %d)".formatted(namespace, name, uid, attempt);
    }
}
