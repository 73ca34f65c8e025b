package dev.gantry.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an operator installs, each file read by a tool that knows its kind. */
class ManifestsTest {
    private static final Path MANIFESTS = Places.project().resolve("manifests");

    @TempDir Path folder;

    private Command.Result verify(String unit) throws IOException {
        Path program = Files.writeString(folder.resolve("gantryd"), "#!/bin/sh\n");
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
        Path file = folder.resolve("gantryd.service");
        Files.writeString(file, unit.replace("/opt/gantry/bin/gantryd", program.toString()));
        return Command.run("systemd-analyze", "verify", "--man=no", file.toString());
    }

    /** What systemd does not understand it only warns of, so its words count too. */
    @Test
    void systemdUnderstandsTheUnit() throws IOException {
        String unit = Files.readString(MANIFESTS.resolve("systemd/gantryd.service"));
        assertThat(unit).contains("ExecStart=/opt/gantry/bin/gantryd ");
        assertThat(verify(unit).orFail().stderr()).isEmpty();
        assertThat(verify(unit.replace("KillMode=", "KilMode=")).stderr()).contains("KilMode");
    }

    @Test
    void prometheusTakesTheConfigurationAndTheRules() {
        Path prometheus = MANIFESTS.resolve("prometheus");
        String rules = prometheus.resolve("gantry.rules.yml").toString();
        Command.run("promtool", "check", "config", prometheus.resolve("prometheus.yml").toString())
                .orFail();
        assertThat(Command.run("promtool", "check", "rules", rules).orFail().stdout())
                .contains("9 rules found");
    }

    @Test
    void theAlertsFireWhenTheyShould() {
        String tests = MANIFESTS.resolve("prometheus/gantry.rules.test.yml").toString();
        assertThat(Command.run("promtool", "test", "rules", tests).orFail().stdout())
                .contains("SUCCESS");
    }

    @Test
    void everyAlertIsTested() throws IOException {
        String rules = Files.readString(MANIFESTS.resolve("prometheus/gantry.rules.yml"));
        String tests = Files.readString(MANIFESTS.resolve("prometheus/gantry.rules.test.yml"));
        assertThat(rules.lines().map(String::strip).filter(l -> l.startsWith("- alert: ")))
                .hasSizeGreaterThan(5)
                .allSatisfy(
                        alert ->
                                assertThat(tests)
                                        .contains(
                                                "alertname: "
                                                        + alert.substring("- alert: ".length())
                                                        + "\n        exp_alerts:"));
    }

    @Tag("go")
    @Test
    void kubernetesTypesTakeTheRest() throws IOException {
        Command.run(
                        Places.project().resolve("conformance/bin/build-tools").toString(),
                        "manifest-check")
                .orFail();
        String check = Places.tool("manifest-check").toString();
        String kubelet = MANIFESTS.resolve("kubelet/config.yaml").toString();
        String classes = MANIFESTS.resolve("kubernetes/runtimeclasses.yaml").toString();
        assertThat(Command.run(check, kubelet, classes).orFail().stdout().lines())
                .hasSize(3)
                .filteredOn(line -> line.endsWith("node.k8s.io/v1 RuntimeClass"))
                .hasSize(2);

        Path wrong = folder.resolve("wrong.yaml");
        Files.writeString(
                wrong, Files.readString(Path.of(kubelet)).replace("cgroupDriver", "cgroupDrivr"));
        assertThat(Command.run(check, wrong.toString()).stderr()).contains("\"cgroupDrivr\"");
    }
}
