package dev.gantry.linux.seccomp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gantry.linux.seccomp.SeccompFilter.Comparison;
import dev.gantry.linux.seccomp.SeccompFilter.Rule;
import dev.gantry.model.Failure;
import java.util.List;
import org.junit.jupiter.api.Test;

class SeccompCompilerTest {
    private static final Rule READ = new Rule("read", SeccompAction.ALLOW, List.of());

    @Test
    void makesAProgram() {
        byte[] program =
                SeccompCompiler.compile(
                        new SeccompFilter(SeccompAction.errno(1), List.of(), List.of(READ)));
        assertThat(program.length).isPositive();
        assertThat(program.length % 8).isZero();
    }

    @Test
    void passesOverNamesThatItDoesNotKnow() {
        SeccompFilter with =
                new SeccompFilter(
                        SeccompAction.errno(1),
                        List.of(),
                        List.of(READ, new Rule("no_such_call", SeccompAction.ALLOW, List.of())));
        SeccompFilter without = new SeccompFilter(SeccompAction.errno(1), List.of(), List.of(READ));
        assertThat(SeccompCompiler.compile(with)).isEqualTo(SeccompCompiler.compile(without));
    }

    @Test
    void takesTwoTestsOfOneArgumentAsAlternatives() {
        List<SeccompFilter.Test> both =
                List.of(
                        new SeccompFilter.Test(0, Comparison.EQ, 0, 0),
                        new SeccompFilter.Test(0, Comparison.EQ, 8, 0));
        SeccompFilter filter =
                new SeccompFilter(
                        SeccompAction.errno(1),
                        List.of(),
                        List.of(new Rule("personality", SeccompAction.ALLOW, both)));
        assertThat(SeccompCompiler.compile(filter)).isNotEmpty();
    }

    @Test
    void refusesAnArchitectureThatIsNone() {
        SeccompFilter filter =
                new SeccompFilter(SeccompAction.errno(1), List.of("pdp11"), List.of(READ));
        assertThatThrownBy(() -> SeccompCompiler.compile(filter))
                .isInstanceOf(Failure.class)
                .hasMessageContaining("pdp11");
    }
}
