package dev.gantry.runtime.cgroup;

import dev.gantry.runtime.oci.OciDeviceRule;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * Rules of the device controller, with those that every container has: mknod of anything, and the
 * use of the default devices and of terminals (as runc adds them).
 */
final class DeviceRules {
    private static final List<OciDeviceRule> ALWAYS =
            List.of(
                    new OciDeviceRule(true, "c", OptionalLong.empty(), OptionalLong.empty(), "m"),
                    new OciDeviceRule(true, "b", OptionalLong.empty(), OptionalLong.empty(), "m"),
                    OciDeviceRule.allow("c", 1, 3, "rwm"),
                    OciDeviceRule.allow("c", 1, 5, "rwm"),
                    OciDeviceRule.allow("c", 1, 7, "rwm"),
                    OciDeviceRule.allow("c", 1, 8, "rwm"),
                    OciDeviceRule.allow("c", 1, 9, "rwm"),
                    OciDeviceRule.allow("c", 5, 0, "rwm"),
                    OciDeviceRule.allow("c", 5, 2, "rwm"),
                    new OciDeviceRule(
                            true, "c", OptionalLong.of(136), OptionalLong.empty(), "rwm"));

    private DeviceRules() {}

    /** A line for {@code devices.allow} or {@code devices.deny}. */
    record Line(boolean allow, String text) {}

    /** The rules, and those of every container after the first that denies everything. */
    static List<OciDeviceRule> withDefaults(List<OciDeviceRule> rules) {
        var all = new ArrayList<OciDeviceRule>();
        boolean added = false;
        for (OciDeviceRule rule : rules) {
            all.add(rule);
            if (isAll(rule) && !rule.allow() && !added) {
                all.addAll(ALWAYS);
                added = true;
            }
        }
        return all;
    }

    static List<Line> lines(List<OciDeviceRule> rules) {
        return withDefaults(rules).stream().map(DeviceRules::line).toList();
    }

    static boolean isAll(OciDeviceRule rule) {
        return rule.type().isEmpty() || rule.type().equals("a");
    }

    private static Line line(OciDeviceRule rule) {
        if (isAll(rule)) {
            return new Line(rule.allow(), "a");
        }
        return new Line(
                rule.allow(),
                "%s %s:%s %s"
                        .formatted(
                                rule.type(),
                                number(rule.major()),
                                number(rule.minor()),
                                rule.access().isEmpty() ? "rwm" : rule.access()));
    }

    private static String number(OptionalLong number) {
        return number.isPresent() && number.getAsLong() >= 0
                ? Long.toString(number.getAsLong())
                : "*";
    }
}
