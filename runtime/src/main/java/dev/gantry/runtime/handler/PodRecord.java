package dev.gantry.runtime.handler;

/**
 * What a restarted daemon must know of a pod, kept in its directory as {@code pod.json}.
 *
 * @param cgroup the pod's control group
 * @param namespaces CLONE_NEW* bits that the shim holds
 * @param netns where the network namespace is pinned; empty on the host's network
 */
public record PodRecord(String id, String cgroup, int namespaces, String netns) {}
