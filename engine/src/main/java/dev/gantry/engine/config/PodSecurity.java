package dev.gantry.engine.config;

/**
 * The part of CRI's LinuxSandboxSecurityContext that has a meaning without a pause container: the
 * namespaces, and whether privileged containers are allowed in the pod.
 */
public record PodSecurity(NamespaceOptions namespaces, boolean privileged) {}
