package dev.gantry.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** How pulls and pushes come along, on real terminals and without one. */
@Tag("root")
@Tag("go")
class ProgressTest extends WithDaemon {
    private static final int LAYERS = 12;
    private static final String SLOW = Registries.SLOW + "/team/layers:1";
    private static final String ROW = "[0-9a-f]{12}: ";
    private static final String BAR = " \\[=*> *\\] +[0-9.]+[kM]?B/[0-9.]+[kM]?B";

    private static Registries registries;

    @BeforeAll
    static void startRegistries() throws Exception {
        registries = Registries.start(host);
        Command.run(
                        host.inside(
                                "bash",
                                "-euc",
                                """
                                . "$1/scripts/lib/oci-image.sh"
                                layers=
                                for i in $(seq %d); do
                                    mkdir -p "$2/$i"
                                    head -c 10000000 /dev/urandom > "$2/$i/data-$i"
                                    layer_of "$2/$i" "$2/$i.tgz"
                                    layers="$layers $2/$i.tgz"
                                done
                                push_image http://%s team/layers 1 '{}' $layers
                                """
                                        .formatted(LAYERS, Registries.OPEN),
                                "layers",
                                Places.project().toString(),
                                host.work().resolve("layers").toString()))
                .orFail();
    }

    @AfterAll
    static void stopRegistries() {
        registries.close();
    }

    @BeforeEach
    @AfterEach
    void forget() {
        gantry.run("rmi", "-f", SLOW);
    }

    private static List<String> like(List<String> lines, String regex) {
        return lines.stream().filter(line -> line.matches(regex)).toList();
    }

    @Test
    void aPullHasARowForEachLayerThatChangesInPlace() throws IOException {
        try (Pane pane = Pane.open(daemon, 100, 30)) {
            pane.type("gantry pull " + SLOW);
            pane.shows(ROW + "Downloading" + BAR);
            pane.shows(ROW + "Waiting");
            pane.ended(0);
            assertThat(like(pane.all(), ROW + "Pull complete")).hasSize(LAYERS);
            assertThat(like(pane.all(), ROW + ".*")).hasSize(LAYERS);
            assertThat(pane.all())
                    .anyMatch(line -> line.matches("Digest: sha256:[0-9a-f]{64}"))
                    .contains(SLOW);
        }
    }

    @Test
    void aWindowThatIsNarrowLowAndChangesKeepsItsRows() throws IOException {
        try (Pane pane = Pane.open(daemon, 40, 9)) {
            pane.type("gantry pull " + SLOW);
            pane.shows(ROW + "Downloading +[0-9.]+[kM]?B/[0-9.]+MB");
            pane.shows("and \\d+ more; \\d+ of 12 are done");
            pane.resize(34, 9);
            pane.shows(ROW + "Downloading +[0-9]+%");
            pane.resize(100, 24);
            pane.shows(ROW + "Downloading" + BAR);
            pane.ended(0);
            assertThat(like(pane.screen(), ROW + "Pull complete")).hasSize(LAYERS);
            assertThat(like(pane.screen(), ROW + "(?!Pull complete).*")).isEmpty();
        }
    }

    @Test
    void ctrlCEndsAPullWithAWholeLine() throws IOException {
        try (Pane pane = Pane.open(daemon, 80, 24)) {
            pane.type("gantry pull " + SLOW);
            pane.shows(ROW + "Downloading" + BAR);
            pane.keys("C-c");
            pane.shows("[^a-z]C");
            pane.ended(130);
            List<String> screen = pane.screen();
            assertThat(screen.get(screen.indexOf("^C") + 1)).startsWith("outer$ echo");
            assertThat(like(screen, ROW + ".*")).hasSize(LAYERS);
        }
        assertThat(gantry.run("images", "-q", SLOW).line()).isEmpty();
    }

    @Test
    void withoutATerminalThereIsALineForEachState() throws IOException {
        Command.Result piped = gantry.run("pull", SLOW).orFail();
        assertThat(piped.stdout()).doesNotContain("\u001b", "\r", "[=");
        for (String state : List.of("Pulling fs layer", "Downloading", "Pull complete")) {
            assertThat(like(piped.stdout().lines().toList(), ROW + state)).hasSize(LAYERS);
        }
        forget();
        try (Pane pane = Pane.open(daemon, 100, 60)) {
            pane.type("TERM=dumb gantry pull " + SLOW);
            pane.ended(0);
            assertThat(like(pane.all(), ROW + "Downloading")).hasSize(LAYERS);
            assertThat(like(pane.all(), ROW + "Pull complete")).hasSize(LAYERS);
        }
    }

    @Test
    void aPushHasBars() throws Exception {
        gantry.run("pull", SLOW).orFail();
        gantry.run("tag", SLOW, Registries.PASSWORDED + "/other/layers:1").orFail();
        Command.run(
                        host.inside(
                                "bash",
                                "-euc",
                                "tc qdisc add dev lo root tbf rate 200mbit burst 1mb latency 2s"))
                .orFail();
        try (Pane pane = Pane.open(daemon, 90, 30)) {
            pane.done(
                    "echo '%s' | gantry login -u %s --password-stdin %s"
                            .formatted(
                                    Registries.PASSWORD, Registries.USER, Registries.PASSWORDED));
            pane.blank();
            pane.type("gantry push " + Registries.PASSWORDED + "/other/layers:1");
            pane.shows(ROW + "Pushing" + BAR);
            pane.ended(0);
            assertThat(like(pane.screen(), ROW + "Pushed")).hasSizeGreaterThanOrEqualTo(LAYERS);
            assertThat(like(pane.screen(), ROW + "(?!Pushed).*")).isEmpty();
        } finally {
            Command.run(host.inside("tc", "qdisc", "del", "dev", "lo", "root"));
            gantry.run("rmi", Registries.PASSWORDED + "/other/layers:1");
        }
    }
}
