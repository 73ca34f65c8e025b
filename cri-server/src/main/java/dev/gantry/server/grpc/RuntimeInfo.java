package dev.gantry.server.grpc;

import dev.gantry.proto.cri.v1.CgroupDriver;
import java.util.function.Supplier;

/**
 * What the daemon says of itself. {@code settings} gives the JSON of its configuration, for a
 * verbose Status.
 */
public record RuntimeInfo(
        String name, String version, CgroupDriver cgroupDriver, Supplier<String> settings) {}
