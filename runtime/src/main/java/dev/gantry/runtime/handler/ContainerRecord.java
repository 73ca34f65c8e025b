package dev.gantry.runtime.handler;

import dev.gantry.runtime.oci.OciSpec;

/**
 * What is kept of a container in its pod's directory, for commands that run in it and for its
 * removal.
 *
 * @param handler the name of its runtime handler
 * @param cgroup its control group
 */
public record ContainerRecord(String id, String handler, String cgroup, OciSpec spec) {}
