package dev.gantry.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gantry.runtime.HandlerConfig;
import dev.gantry.server.config.CommandLine;
import dev.gantry.server.config.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HandlersTest {
    @TempDir Path dir;

    private Settings settings(String toml) throws IOException {
        Path file = Files.writeString(dir.resolve("g.toml"), toml);
        return ((CommandLine.Request.Run)
                        CommandLine.parse(List.of("--config", file.toString()), "1"))
                .settings();
    }

    private Path program(String name) throws IOException {
        Path program = Files.writeString(dir.resolve(name), "#!/bin/sh\n");
        assertThat(program.toFile().setExecutable(true)).isTrue();
        return program;
    }

    @Test
    void thePresetOneIsLeftOutWhereItIsNotInstalled() throws IOException {
        assertThat(Handlers.of(settings(""), dir.toString())).containsOnlyKeys("", "native");
        Path runc = program("runc");
        assertThat(Handlers.of(settings(""), "/nonexistent:" + dir))
                .containsOnlyKeys("", "native", "runc")
                .containsEntry("", new HandlerConfig.Native())
                .containsEntry("runc", new HandlerConfig.Oci(runc, Path.of("/run/gantry/runc")));
    }

    @Test
    void oneThatIsAskedForMustBeThere() throws IOException {
        Settings given = settings("[handlers.crun]\n");
        assertThatThrownBy(() -> Handlers.of(given, dir.toString()))
                .hasMessageContaining("runtime handler crun: crun is not installed")
                .hasMessageContaining("handlers.crun.binary");
        Settings preset = settings("[runtime]\ndefault-handler = \"runc\"\n");
        assertThatThrownBy(() -> Handlers.of(preset, dir.toString()))
                .hasMessageContaining("runtime handler runc");
        Path runc = program("runc");
        assertThat(Handlers.of(preset, dir.toString()))
                .containsEntry("", new HandlerConfig.Oci(runc, Path.of("/run/gantry/runc")));
    }

    @Test
    void theShimOfTheSettingsWins() throws IOException {
        assertThat(Handlers.shim(settings("[runtime]\nshim = \"/x/shim\"\n")))
                .isEqualTo(Path.of("/x/shim"));
        assertThatThrownBy(() -> Handlers.shim(settings(""))).hasMessageContaining("runtime.shim");
    }
}
