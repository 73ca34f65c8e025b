package dev.gantry.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code lib/verdict} holds a report of critest against the list of exceptions. */
final class VerdictTest {
    private static final String PASSED = spec("passed", "pulls", "");
    private static final String DIGEST = spec("failed", "fixed digest", "404");
    private static final String SKIPPED = spec("skipped", "AppArmor", "AppArmor is disabled");
    private static final String LEFT_OUT = spec("skipped", "benchmark", "");
    private static final String EXCEPTIONS =
            "# a comment\nfails\talways\tfixed digest\tpinned\nskips\tno-apparmor\tAppArmor\tnot there\n";

    @TempDir Path temp;

    private static String spec(String state, String name, String message) {
        String failure =
                message.isEmpty() ? "" : ", \"Failure\": {\"Message\": \"" + message + "\"}";
        return """
               {"LeafNodeType": "It", "LeafNodeText": "%s", "ContainerHierarchyTexts": ["[k8s.io]"], "State": "%s"%s}
               """
                .formatted(name, state, failure);
    }

    private Command.Result verdict(String exceptions, String part, String... specs)
            throws IOException {
        return verdictOf(
                exceptions, part, "[{\"SpecReports\": [%s]}]".formatted(String.join(",", specs)));
    }

    private Command.Result verdictOf(String exceptions, String part, String report)
            throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Places.project().resolve("conformance/lib/verdict").toString());
        command.add(Files.writeString(temp.resolve("report"), report).toString());
        command.add(Files.writeString(temp.resolve("exceptions"), exceptions).toString());
        command.addAll(List.of(part, "native", "no-apparmor"));
        return Command.run(command);
    }

    @Test
    void listedFailuresAndSkipsAreCountedApart() throws IOException {
        Command.Result result = verdict(EXCEPTIONS, "whole", PASSED, DIGEST, SKIPPED, LEFT_OUT);
        assertThat(result.exitCode()).as(result.stdout() + result.stderr()).isZero();
        assertThat(result.stdout().lines())
                .containsExactly(
                        "expected [k8s.io] fixed digest: pinned",
                        "skipped  [k8s.io] AppArmor: not there",
                        "1 passed, 1 failed (1 expected), 1 skipped");
    }

    @Test
    void failureThatIsNotListedFails() throws IOException {
        Command.Result result =
                verdict(
                        EXCEPTIONS,
                        "whole",
                        PASSED,
                        DIGEST,
                        SKIPPED,
                        spec("timedout", "exec", "too late"));
        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.stdout())
                .contains("FAILED   [k8s.io] exec (timedout): too late")
                .endsWith("1 passed, 2 failed (1 expected), 1 skipped\n");
    }

    @Test
    void skipThatIsNotListedFails() throws IOException {
        Command.Result result =
                verdict(
                        EXCEPTIONS,
                        "whole",
                        PASSED,
                        DIGEST,
                        SKIPPED,
                        spec("skipped", "userns", "no handler"));
        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.stdout()).contains("SKIPPED  [k8s.io] userns: no handler");
    }

    @Test
    void listedFailureThatIsSkippedFails() throws IOException {
        Command.Result result =
                verdict(EXCEPTIONS, "whole", PASSED, DIGEST, spec("failed", "AppArmor", "no"));
        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.stdout()).contains("FAILED   [k8s.io] AppArmor (failed): no");
    }

    @Test
    void listedCaseThatPassesOrIsMissingIsStale() throws IOException {
        Command.Result passes =
                verdict(EXCEPTIONS, "whole", DIGEST, spec("passed", "AppArmor", ""));
        assertThat(passes.exitCode()).isEqualTo(1);
        assertThat(passes.stdout())
                .contains("STALE    [k8s.io] AppArmor: listed as one that skips, and it passed");
        Command.Result missing = verdict(EXCEPTIONS, "whole", PASSED, SKIPPED);
        assertThat(missing.exitCode()).isEqualTo(1);
        assertThat(missing.stdout())
                .contains("STALE    fixed digest: listed, and the suite has no such case");
        assertThat(verdict(EXCEPTIONS, "partly", PASSED, SKIPPED).exitCode()).isZero();
    }

    @Test
    void conditionThatDoesNotHoldListsNothing() throws IOException {
        Command.Result result =
                verdict("fails\trunc\tfixed digest\tonly there\n", "whole", PASSED, DIGEST);
        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.stdout()).contains("FAILED   [k8s.io] fixed digest (failed): 404");
    }

    @Test
    void suiteThatFailsOutsideItsCasesFails() throws IOException {
        String setup =
                "{\"LeafNodeType\": \"SynchronizedBeforeSuite\", \"LeafNodeText\": \"\", \"State\":"
                        + " \"failed\", \"Failure\": {\"Message\": \"no image\"}}";
        assertThat(verdict("", "whole", setup).exitCode()).isEqualTo(1);
        Command.Result interrupted =
                verdictOf(
                        "",
                        "whole",
                        "[{\"SpecReports\": [%s], \"SpecialSuiteFailureReasons\": [\"Suite timeout\"]}]"
                                .formatted(PASSED));
        assertThat(interrupted.exitCode()).isEqualTo(1);
        assertThat(interrupted.stdout()).contains("the suite itself (failed): Suite timeout");
        assertThat(verdict("", "whole").exitCode()).as("nothing ran").isEqualTo(1);
    }

    @Test
    void brokenListFails() throws IOException {
        Command.Result result = verdict("fails always fixed digest\n", "whole", PASSED);
        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.stdout()).contains("exceptions, line 1: expected fails or skips");
    }
}
