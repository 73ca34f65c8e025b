package dev.gantry.engine;

import dev.gantry.runtime.CgroupStats;
import java.util.OptionalLong;

/**
 * Processor, memory and the rest, from the control group of a container or a pod.
 *
 * @param nanoCores processor use per second since the last look; empty at the first
 */
public record Usage(CgroupStats cgroup, OptionalLong nanoCores) {}
