package dev.gantry.cli.args;

/** What the shell may offer for a word that is being typed. */
public enum Completes {
    NOTHING,
    FILES,
    CONTAINERS,
    RUNNING_CONTAINERS,
    IMAGES,
    NETWORKS,
    VOLUMES,
    PODS,
    CONTEXTS
}
