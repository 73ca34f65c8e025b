package dev.gantry.runtime.cgroup.systemd;

/**
 * A pod's scope.
 *
 * @param unit its name, {@code gantry-<pod>.scope}
 * @param slice the name of the slice that it lies in
 * @param podId for people who list units
 */
public record Scope(String unit, String slice, String podId) {}
