package dev.gantry.runtime.oci;

import java.util.OptionalLong;

/**
 * A rule of the device controller (OCI config, {@code linux.resources.devices}); an absent number
 * is every number, type {@code a} or empty every type, access of {@code rwm}.
 */
public record OciDeviceRule(
        boolean allow, String type, OptionalLong major, OptionalLong minor, String access) {
    /** Everything, allowed or denied. */
    public static OciDeviceRule all(boolean allow) {
        return new OciDeviceRule(allow, "a", OptionalLong.empty(), OptionalLong.empty(), "rwm");
    }

    public static OciDeviceRule allow(String type, long major, long minor, String access) {
        return new OciDeviceRule(
                true, type, OptionalLong.of(major), OptionalLong.of(minor), access);
    }
}
