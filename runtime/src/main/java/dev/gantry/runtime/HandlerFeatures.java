package dev.gantry.runtime;

/**
 * What containers of a runtime handler can be given on this node (CRI RuntimeHandlerFeatures).
 *
 * @param userNamespaces user namespaces, with the ids of layers and volumes mapped by the kernel
 * @param recursiveReadOnlyMounts mounts whose submounts are read-only too
 */
public record HandlerFeatures(boolean userNamespaces, boolean recursiveReadOnlyMounts) {}
