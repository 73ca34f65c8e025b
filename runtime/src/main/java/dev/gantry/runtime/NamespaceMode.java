package dev.gantry.runtime;

/** Whose namespace the containers of a pod are in (CRI NamespaceMode). */
public enum NamespaceMode {
    /** One that all containers of the pod share. */
    POD,
    /** Each container its own. */
    CONTAINER,
    /** The host's. */
    NODE
}
