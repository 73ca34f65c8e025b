package dev.gantry.cli.run;

import dev.gantry.proto.cri.v1.CDIDevice;
import dev.gantry.proto.cri.v1.ContainerConfig;
import dev.gantry.proto.cri.v1.Device;
import java.util.regex.Pattern;

/** {@code --device} and {@code --device-cgroup-rule}. */
final class Devices {
    private static final String OPTION = "--device";
    private static final Pattern CDI =
            Pattern.compile("[A-Za-z0-9][\\w.-]*/[A-Za-z0-9][\\w.-]*=[\\w.:-]+");
    private static final Pattern RULE =
            Pattern.compile("[acb] ([0-9]+|\\*):([0-9]+|\\*) [rwm]{1,3}");

    private Devices() {}

    static void add(String text, ContainerConfig.Builder container) {
        if (CDI.matcher(text).matches()) {
            container.addCDIDevices(CDIDevice.newBuilder().setName(text));
            return;
        }
        String[] parts = text.split(":", -1);
        String inside = parts.length > 1 && !permissions(parts[1]) ? parts[1] : parts[0];
        String permissions =
                parts.length > 1 && permissions(parts[parts.length - 1])
                        ? parts[parts.length - 1]
                        : "rwm";
        boolean right =
                parts.length <= 3
                        && parts[0].startsWith("/")
                        && inside.startsWith("/")
                        && (parts.length < 3 || (permissions(parts[2]) && !permissions(parts[1])));
        if (!right) {
            throw Wrong.value(
                    OPTION,
                    text,
                    "bad format for a device; write /dev/HOST[:/dev/CONTAINER][:rwm], or VENDOR/CLASS=NAME of the Container"
                            + " Device Interface");
        }
        container.addDevices(
                Device.newBuilder()
                        .setHostPath(parts[0])
                        .setContainerPath(inside)
                        .setPermissions(permissions));
    }

    static String rule(String text) {
        if (!RULE.matcher(text).matches()) {
            throw Wrong.value(
                    "--device-cgroup-rule",
                    text,
                    "invalid device cgroup format; write TYPE MAJOR:MINOR MODE, such as \"c 42:* rmw\"");
        }
        return text;
    }

    private static boolean permissions(String text) {
        return text.matches("[rwm]{1,3}");
    }
}
