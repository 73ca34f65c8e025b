package dev.gantry.runtime.handler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gantry.model.Failure;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class OciFeaturesTest {
    private static final String ALL =
            """
            {"ociVersionMin":"1.0.0","ociVersionMax":"1.2.0","hooks":["prestart"],
             "mountOptions":["acl","rro","rw"],
             "linux":{"namespaces":["cgroup","ipc","user"],"cgroup":{"v1":true},
              "mountExtensions":{"idmap":{"enabled":true}},"intelRdt":{"enabled":true}},
             "annotations":{"a":"b"}}
            """;

    @TempDir private Path dir;

    private static OciFeatures parse(String json) {
        return OciFeatures.parse(json.getBytes(StandardCharsets.UTF_8));
    }

    private Path program(String script) throws IOException {
        Path file = dir.resolve("runtime");
        Files.writeString(file, "#!/bin/sh\n" + script);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
        return file;
    }

    @Test
    void whatIsToldCounts() {
        assertThat(parse(ALL)).isEqualTo(new OciFeatures(true, true, true));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "\"user\"             | \"users\"            | false | true  | true",
                "\"user\"             | 7                    | false | true  | true",
                "[\"cgroup\",\"ipc\",\"user\"] | null        | false | true  | true",
                "{\"enabled\":true}}  | {\"enabled\":false}} | true  | false | true",
                "{\"enabled\":true}}  | {\"enabled\":null}}  | true  | false | true",
                "{\"enabled\":true}}  | {\"enabled\":\"true\"}} | true | false | true",
                "{\"enabled\":true}}  | {}}                  | true  | false | true",
                "{\"idmap\":{\"enabled\":true}} | []         | true  | false | true",
                "[\"acl\",\"rro\",\"rw\"] | {\"rro\":true}   | true  | true  | false",
            })
    void whatIsNotToldIsNotThere(
            String old, String changed, boolean users, boolean idmap, boolean rro) {
        assertThat(ALL).contains(old);
        assertThat(parse(ALL.replace(old, changed))).isEqualTo(new OciFeatures(users, idmap, rro));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "null", "[]", "7", "{}", "{\"ociVersionMax\":null}", "unknown command"})
    void whatIsNoFeaturesStructureIsRefused(String text) {
        assertThatThrownBy(() -> parse(text))
                .isInstanceOfSatisfying(
                        Failure.class,
                        f -> assertThat(f.code()).isEqualTo(Failure.Code.INVALID_ARGUMENT));
    }

    @Test
    void deepNestingIsRefused() {
        assertThatThrownBy(() -> parse("{\"linux\":" + "[".repeat(30000)))
                .isInstanceOf(Failure.class);
    }

    /** Damaged answers are refused or taken; nothing else ever happens. */
    @Test
    void damagedAnswersAreRefusedOrTaken() {
        long seed = Long.getLong("gantry.seed", System.nanoTime());
        Random random = new Random(seed);
        byte[] good = ALL.getBytes(StandardCharsets.UTF_8);
        int taken = 0;
        for (int round = 0; round < 5000; round++) {
            byte[] damaged = good.clone();
            for (int i = random.nextInt(4); i >= 0; i--) {
                damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
            }
            try {
                OciFeatures features = OciFeatures.parse(damaged);
                taken += features.userNamespaces() ? 1 : 0;
            } catch (Failure e) {
                assertThat(e.code())
                        .as("seed %d, round %d: %s", seed, round, e.message())
                        .isEqualTo(Failure.Code.INVALID_ARGUMENT);
            }
        }
        assertThat(taken).as("seed %d", seed).isPositive();
    }

    @Test
    void aProgramIsAsked() throws Exception {
        Path program = program("[ \"$*\" = features ] && cat <<'END'\n" + ALL + "END\n");
        assertThat(OciFeatures.of(program)).isEqualTo(new OciFeatures(true, true, true));
    }

    @ParameterizedTest
    @ValueSource(strings = {"echo unknown command features >&2; exit 1", "echo hello", "exit 0"})
    void aProgramThatDoesNotSayHasNone(String script) throws Exception {
        assertThat(OciFeatures.of(program(script))).isEqualTo(OciFeatures.NONE);
        assertThat(OciFeatures.of(dir.resolve("missing"))).isEqualTo(OciFeatures.NONE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"sleep 1000", "exec yes", "sleep 1000 & exec sleep 1000"})
    void aProgramThatDoesNotEndIsEnded(String script) throws Exception {
        Path program = program("echo $$ >" + dir.resolve("pid") + "\n" + script);
        assertThatThrownBy(() -> OciFeatures.ask(program, Duration.ofMillis(500)))
                .isInstanceOfSatisfying(
                        Failure.class,
                        f -> assertThat(f.code()).isIn(EnumSet.of(Failure.Code.DEADLINE_EXCEEDED)));
        long pid = Long.parseLong(Files.readString(dir.resolve("pid")).strip());
        while (ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isPresent()) {
            Thread.sleep(5);
        }
        assertThat(
                        ProcessHandle.current()
                                .descendants()
                                .filter(
                                        p ->
                                                p.info().arguments().stream()
                                                        .anyMatch(
                                                                a ->
                                                                        String.join(" ", a)
                                                                                .equals("1000"))))
                .isEmpty();
    }

    /** The machine's runc, which does not map the ids of mounts. */
    @Test
    void theMachinesRuncAnswers() {
        OciFeatures runc = OciFeatures.of(Path.of("/usr/sbin/runc"));
        assertThat(runc.userNamespaces()).isTrue();
        assertThat(runc.recursiveReadOnly()).isTrue();
    }
}
