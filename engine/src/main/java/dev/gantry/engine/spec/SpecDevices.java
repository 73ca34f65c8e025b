package dev.gantry.engine.spec;

import dev.gantry.engine.config.ContainerConfig;
import dev.gantry.engine.config.DeviceConfig;
import dev.gantry.model.Failure;
import dev.gantry.runtime.oci.HostDevices;
import dev.gantry.runtime.oci.OciDevice;
import dev.gantry.runtime.oci.OciDeviceRule;
import dev.gantry.runtime.oci.OciSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Devices of the host that a container gets, each with its rule of access. */
final class SpecDevices {
    private static final Pattern ACCESS = Pattern.compile("[rwm]{0,3}");

    private static final Pattern RULE =
            Pattern.compile("([abc]) (\\*|\\d{1,9}):(\\*|\\d{1,9}) ([rwm]{1,3})");

    private SpecDevices() {}

    static OciSpec overlay(OciSpec spec, ContainerConfig container) {
        Map<String, OciDevice> devices = new LinkedHashMap<>();
        spec.linux().devices().forEach(d -> devices.put(d.path(), d));
        List<OciDeviceRule> rules = new ArrayList<>(spec.linux().resources().devices());
        for (DeviceConfig asked : container.devices()) {
            if (!ACCESS.matcher(asked.permissions()).matches()) {
                throw Failure.invalid(
                        "access \"%s\" to device %s is not made of r, w and m"
                                .formatted(asked.permissions(), asked.hostPath()));
            }
            String access = asked.permissions().isEmpty() ? "rwm" : asked.permissions();
            for (OciDevice device : expand(asked)) {
                devices.put(device.path(), device);
                rules.add(
                        OciDeviceRule.allow(device.type(), device.major(), device.minor(), access));
            }
        }
        container.extras().deviceRules().forEach(rule -> rules.add(rule(rule)));
        return spec.withLinux(
                spec.linux()
                        .withDevices(List.copyOf(devices.values()))
                        .withResources(spec.linux().resources().withDevices(rules)));
    }

    /** A rule as docker writes it: type, numbers or {@code *}, access. */
    static OciDeviceRule rule(String text) {
        Matcher parts = RULE.matcher(text.strip());
        if (!parts.matches()) {
            throw Failure.invalid(
                    "device rule \"%s\" is not like \"c 1:3 rwm\", with a, b or c and * for any number"
                            .formatted(text));
        }
        return new OciDeviceRule(
                true,
                parts.group(1),
                number(parts.group(2)),
                number(parts.group(3)),
                parts.group(4));
    }

    private static OptionalLong number(String text) {
        return text.equals("*") ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(text));
    }

    private static List<OciDevice> expand(DeviceConfig asked) {
        Path host = Path.of(asked.hostPath());
        String inside = asked.containerPath().isEmpty() ? asked.hostPath() : asked.containerPath();
        if (!Files.isDirectory(host)) {
            return List.of(HostDevices.at(host, inside));
        }
        try (Stream<Path> below = Files.walk(host)) {
            return below.filter(HostDevices::isDevice)
                    .map(
                            d ->
                                    HostDevices.at(
                                            d,
                                            Path.of(inside, host.relativize(d).toString())
                                                    .toString()))
                    .toList();
        } catch (IOException e) {
            throw Failure.of("list the devices in " + host, e);
        }
    }
}
