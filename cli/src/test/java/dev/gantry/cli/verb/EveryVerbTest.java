package dev.gantry.cli.verb;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gantry.cli.Captured;
import dev.gantry.cli.Cli;
import dev.gantry.cli.help.Candidates;
import dev.gantry.cli.help.ManPage;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class EveryVerbTest {
    private static final Verbs VERBS = new Verbs();

    static Stream<String> paths() {
        return VERBS.paths().stream();
    }

    @ParameterizedTest
    @MethodSource("paths")
    void isDeclaredWhole(String path) {
        Verb verb = VERBS.find(path).orElseThrow();
        assertThat(verb.path()).isEqualTo(path);
        assertThat(verb.summary()).isNotBlank().doesNotEndWith(".");
        assertThat(verb.examples()).isNotEmpty();
        for (String alias : verb.aliases()) {
            assertThat(VERBS.find(alias)).as(alias).map(Verb::path).contains(path);
        }
        verb.options()
                .shown()
                .forEach(option -> assertThat(option.help()).as(option.name()).isNotBlank());
    }

    @ParameterizedTest
    @MethodSource("paths")
    void hasHelpAManPageAndCompletion(String path) {
        Verb verb = VERBS.find(path).orElseThrow();
        Captured captured = new Captured();
        List<String> line = new ArrayList<>(List.of(path.split(" ", -1)));
        line.add("--help");
        assertThat(new Cli(captured.out(), Map.of()).run(line)).isZero();
        String page = ManPage.of(verb);
        Set<String> offered = completed(List.of((path + " --").split(" ", -1)));
        assertThat(captured.text())
                .contains(
                        "Usage:  gantry ",
                        verb.summary(),
                        "Examples:",
                        verb.examples().getFirst().line());
        assertThat(page).contains(".SH EXAMPLES", ".SH SYNOPSIS");
        verb.options()
                .shown()
                .forEach(
                        option -> {
                            assertThat(captured.text()).contains("--" + option.name());
                            assertThat(page).contains("\\-\\-" + option.name().replace("-", "\\-"));
                            assertThat(offered).contains("--" + option.name());
                        });
        if (!verb.hidden()) {
            List<String> words = List.of(path.split(" ", -1));
            assertThat(completed(words)).contains(words.getLast());
        }
    }

    private static Set<String> completed(List<String> words) {
        return new Candidates(VERBS, _ -> List.of()).of(words).keySet();
    }

    @Test
    void namesAndValuesAreOffered() {
        Candidates candidates = new Candidates(VERBS, what -> List.of(what + "-1", what + "-2"));
        assertThat(candidates.of(List.of("inspect", "CONTAINERS-1")))
                .containsOnlyKeys("CONTAINERS-1");
        assertThat(candidates.of(List.of("ps", "--scope", "")))
                .containsOnlyKeys("all", "cri", "local");
        assertThat(candidates.of(List.of("-H", "tcp://x", "volume", "in")))
                .containsOnlyKeys("inspect");
        assertThat(candidates.of(List.of("image"))).containsKeys("image", "images");
    }

    @Test
    void whatIsMistypedIsSuggested() {
        Captured captured = new Captured();
        assertThat(new Cli(captured.out(), Map.of()).run(List.of("vesrion"))).isEqualTo(1);
        assertThat(captured.errors()).contains("unknown command: gantry vesrion", "gantry version");
    }

    @Test
    void unknownOptionsExitAsDockersDo() {
        assertThat(new Cli(new Captured().out(), Map.of()).run(List.of("ps", "--nope")))
                .isEqualTo(125);
        assertThat(new Cli(new Captured().out(), Map.of()).run(List.of("inspect"))).isEqualTo(1);
        assertThat(new Cli(new Captured().out(), Map.of()).run(List.of("ps", "word"))).isEqualTo(1);
    }
}
