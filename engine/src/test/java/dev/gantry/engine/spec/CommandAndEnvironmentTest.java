package dev.gantry.engine.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gantry.engine.config.ContainerConfig.Command;
import dev.gantry.engine.config.ContainerConfig.EnvVar;
import java.util.List;
import org.junit.jupiter.api.Test;

final class CommandAndEnvironmentTest {
    private static List<String> line(
            List<String> command, List<String> args, List<String> entrypoint, List<String> cmd) {
        return CommandLine.of(
                new Command(command, args, "", List.of(), false, false, false),
                new ImageDefaults("", List.of(), entrypoint, cmd, "", "", List.of()));
    }

    @Test
    void commandAndArgumentsOverEntrypointAndCmd() {
        List<String> e = List.of("entry");
        List<String> c = List.of("cmd");
        assertThat(line(List.of(), List.of(), e, c)).containsExactly("entry", "cmd");
        assertThat(line(List.of(), List.of("a"), e, c)).containsExactly("entry", "a");
        assertThat(line(List.of("x"), List.of(), e, c)).containsExactly("x");
        assertThat(line(List.of("x"), List.of("a"), e, c)).containsExactly("x", "a");
        assertThat(line(List.of(), List.of("a"), List.of(), c)).containsExactly("a");
        assertThatThrownBy(() -> line(List.of(), List.of(), List.of(), List.of()))
                .hasMessageContaining("no command");
        assertThatThrownBy(() -> line(List.of(""), List.of(), e, c))
                .hasMessageContaining("first word is empty");
    }

    @Test
    void environmentOfImageThenContainer() {
        assertThat(
                        Environment.merge(
                                List.of("A=image", "B=image", "C=x=y"),
                                List.of(new EnvVar("B", "own"), new EnvVar("D", "")),
                                "host",
                                "/home/app",
                                true))
                .containsExactly(
                        "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
                        "HOSTNAME=host",
                        "HOME=/home/app",
                        "TERM=xterm",
                        "A=image",
                        "B=own",
                        "C=x=y",
                        "D=");
    }

    @Test
    void homeIsTheAccountsUnlessSomebodySaysAnother() {
        List<EnvVar> own = List.of(new EnvVar("HOME", "/own"));
        assertThat(Environment.merge(List.of("HOME=/image"), List.of(), "", "/root", false))
                .contains("HOME=/image");
        assertThat(Environment.merge(List.of("HOME=/image"), own, "", "/root", false))
                .contains("HOME=/own");
        assertThat(Environment.saysHome(List.of("HOMEPAGE=x"), List.of())).isFalse();
        assertThat(Environment.saysHome(List.of("HOME="), List.of())).isTrue();
        assertThat(Environment.saysHome(List.of(), own)).isTrue();
    }

    @Test
    void signals() {
        assertThat(Signals.parse("SIGTERM")).isEqualTo(15);
        assertThat(Signals.parse("quit")).isEqualTo(3);
        assertThat(Signals.parse("9")).isEqualTo(9);
        assertThat(Signals.parse("SIGRTMIN+3")).isEqualTo(37);
        assertThat(Signals.parse("SIGRTMINPLUS3")).isEqualTo(37);
        assertThat(Signals.parse("SIGRTMAX")).isEqualTo(64);
        assertThat(Signals.parse("SIGRTMAXMINUS14")).isEqualTo(50);
        assertThat(Signals.parse("SIGPOLL")).isEqualTo(29);
        assertThat(Signals.firstOf("", " ", "INT", "HUP")).isEqualTo(2);
        assertThat(Signals.firstOf("", "")).isEqualTo(15);
        for (String wrong : List.of("SIG", "0", "65", "FOO", "RTMIN-1", "RTMIN+31", "-1")) {
            assertThatThrownBy(() -> Signals.parse(wrong))
                    .as(wrong)
                    .hasMessageContaining("is not the name or number of a signal");
        }
    }
}
