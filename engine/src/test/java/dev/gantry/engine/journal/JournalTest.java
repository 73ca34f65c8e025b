package dev.gantry.engine.journal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gantry.model.Failure;
import dev.gantry.model.Scope;
import dev.gantry.model.Telling;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class JournalTest {
    private static final Story STORY = story("web");
    private static final String POD = "ab".repeat(32);
    private static final String CONTAINER = "cd".repeat(32);

    @TempDir Path directory;
    private Journal journal = Journal.NONE;

    @BeforeEach
    void open() {
        journal = Journal.open(directory);
    }

    @AfterEach
    void close() {
        journal.close();
    }

    private static Story story(String name) {
        return new Story(Scope.CRI, "default", name, "uid-" + name);
    }

    private static Step step(String what, Step.Kind kind) {
        return new Step(
                Instant.now(),
                Duration.ofMillis(3),
                POD,
                "",
                "",
                kind,
                what,
                kind == Step.Kind.FAILED
                        ? Optional.of(new Trouble("no", "/a/b", "ENOENT", 2))
                        : Optional.empty());
    }

    private Narrator narrator(Story story) {
        return new Narrator(journal, story, POD, CONTAINER, "main");
    }

    private List<String> told(Story story) {
        return journal.read(story).stream().map(Step::what).toList();
    }

    @Test
    void whatWasToldOutlivesTheDaemonAndATornLine() throws IOException {
        Step first = step("start the shim", Step.Kind.DONE);
        Step second = step("attach it", Step.Kind.FAILED);
        journal.tell(STORY, first);
        journal.tell(STORY, second);
        assertThat(journal.read(STORY)).containsExactly(first, second);
        try (Stream<Path> files = Files.list(directory.resolve("cri"))) {
            var _ =
                    Files.writeString(
                            files.findFirst().orElseThrow(),
                            "{\"at\":\"2026-01-01T00:00:00Z\",\"wh",
                            StandardOpenOption.APPEND);
        }
        try (Journal next = Journal.open(directory)) {
            assertThat(next.read(STORY)).containsExactly(first, second);
        }
    }

    @Test
    void aLongStoryKeepsItsEnd() throws IOException {
        for (int i = 0; i < 3000; i++) {
            journal.tell(STORY, step("step " + i, Step.Kind.DONE));
            if (i % 1000 == 0) {
                var _ = journal.read(STORY);
            }
        }
        assertThat(told(STORY)).endsWith("step 2999").doesNotContain("step 0");
        try (Stream<Path> files = Files.list(directory.resolve("cri"))) {
            for (Path file : files.toList()) {
                assertThat(Files.size(file)).isLessThan(80 << 10);
            }
        }
        assertThat(journal.find(Scope.CRI, "default/web").orElseThrow().story()).isEqualTo(STORY);
    }

    @Test
    void failuresAreRememberedForAWhileAndTheRestGoesWithThePod() throws IOException {
        journal.tell(STORY, step("run the pod", Step.Kind.DONE));
        journal.retire(STORY);
        assertThat(journal.read(STORY)).isEmpty();
        for (int i = 0; i < 70; i++) {
            journal.tell(story("bad" + i), step("run the pod", Step.Kind.FAILED));
            journal.retire(story("bad" + i));
        }
        assertThat(journal.read(story("bad69"))).hasSize(1);
        try (Stream<Path> files = Files.list(directory.resolve("cri"))) {
            assertThat(files.count()).isEqualTo(64);
        }
        // It is tried once more.
        journal.tell(story("bad69"), step("the pod is ready", Step.Kind.REACHED));
        assertThat(told(story("bad69"))).containsExactly("run the pod", "the pod is ready");
    }

    @Test
    void whatAKilledDaemonLeftIsRetiredByTheNext() {
        journal.tell(STORY, step("run the pod", Step.Kind.DONE));
        journal.tell(story("alive"), step("run the pod", Step.Kind.DONE));
        journal.retireOthers(Set.of(story("alive")));
        assertThat(journal.read(STORY)).isEmpty();
        assertThat(journal.read(story("alive"))).hasSize(1);
    }

    @Test
    void findsByNameAndByTheBeginningOfAnId() {
        narrator(STORY).done("create container main", Duration.ZERO);
        for (String reference : List.of("default/web/main", "web/main", "main", "cdcd")) {
            assertThat(journal.find(Scope.CRI, reference))
                    .as(reference)
                    .contains(new Journal.Match(STORY, CONTAINER));
        }
        for (String reference : List.of("default/web", "web", "abab")) {
            assertThat(journal.find(Scope.CRI, reference))
                    .as(reference)
                    .contains(new Journal.Match(STORY, ""));
        }
        assertThat(journal.find(Scope.LOCAL, "main")).isEmpty();
        assertThat(journal.find(Scope.CRI, "mai")).isEmpty();
        assertThat(journal.find(Scope.CRI, "cd")).isEmpty();
    }

    @Test
    void aFailureIsToldOnceByTheStepThatItEnded() {
        Failure failure =
                Failure.of("write the files", new NoSuchFileException("/run/gantry/files/x/hosts"));
        assertThat(failing(failure)).isEqualTo("write the files: /run/gantry/files/x/hosts");
        assertThat(told(STORY)).containsExactly("first: done", "second");
        Step failed = journal.read(STORY).getLast();
        assertThat(failed.kind()).isEqualTo(Step.Kind.FAILED);
        assertThat(failed.trouble())
                .contains(new Trouble(failure.message(), "/run/gantry/files/x/hosts", "ENOENT", 2));
    }

    private String failing(Failure failure) {
        try {
            narrator(STORY)
                    .telling(
                            () ->
                                    Telling.step(
                                            "the whole",
                                            () -> {
                                                var _ = Telling.step("first", () -> 1, _ -> "done");
                                                Telling.step(
                                                        "second",
                                                        () -> {
                                                            throw failure;
                                                        });
                                            }));
            return "it did not fail";
        } catch (Failure e) {
            return e.message();
        }
    }

    @Test
    void anErrorsWordsSayPathAndErrno() {
        assertThat(Trouble.said("exec \"nosuch\": no such file or directory (ENOENT)"))
                .extracting(Trouble::path, Trouble::errno, Trouble::number)
                .containsExactly("nosuch", "ENOENT", 2);
        assertThat(Trouble.said("mount source /srv/x (for /data) is missing on the host"))
                .extracting(Trouble::path, Trouble::errno)
                .containsExactly("/srv/x", "ENOENT");
        assertThat(
                        Trouble.said(
                                "it exited 1: failed to open /run/xtables.lock: Read-only file system"))
                .extracting(Trouble::path, Trouble::errno, Trouble::number)
                .containsExactly("/run/xtables.lock", "EROFS", 30);
        assertThat(Trouble.said("pull registry.k8s.io/pause:3.9: http://a.b/v2/x answered 404"))
                .extracting(Trouble::path, Trouble::errno)
                .containsExactly("", "");
    }
}
