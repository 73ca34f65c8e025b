package dev.gantry.runtime;

/** Which process namespace a container gets whose specification lists one without a path. */
public sealed interface ProcessNamespace {
    /** The pod's where it shares one, else the container's own. */
    record OfPod() implements ProcessNamespace {}

    /** The container's own, whatever the pod shares. */
    record Own() implements ProcessNamespace {}

    /** That of another container of the pod, which must be running. */
    record Of(String containerId) implements ProcessNamespace {}
}
