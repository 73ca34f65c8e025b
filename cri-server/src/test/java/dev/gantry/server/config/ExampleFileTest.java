package dev.gantry.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExampleFileTest {
    /** {@code target/gantry/bin/gantryd --print-config >cri-server/src/main/etc/gantryd.toml}. */
    @Test
    void theFileThatIsShippedIsTheOneTheKeysGive() throws IOException {
        assertThat(Path.of("src/main/etc/gantryd.toml")).hasContent(ExampleFile.text());
    }

    @Test
    void everyKeyUncommentedGivesTheDefaults(@TempDir Path dir) throws IOException {
        String text = ExampleFile.text().replaceAll("(?m)^#(\\[|[a-z][a-z-]* = )", "$1");
        Path file = Files.writeString(dir.resolve("all.toml"), text);
        Values values = SettingsFile.read(file);
        for (Key<?> key : Keys.ALL) {
            assertThat(text).contains(key.leaf() + " = ");
            assertThat(values.has(key) || key.name().contains("*")).as(key.name()).isTrue();
        }
        Settings defaults = Settings.of(SettingsFile.read(Files.createFile(dir.resolve("none"))));
        assertThat(Settings.of(values))
                .usingRecursiveComparison()
                .ignoringFields("metricsGiven", "handlers")
                .isEqualTo(defaults);
        Settings.Handler runc = defaults.handlers().get("runc");
        assertThat(Settings.of(values).handlers().get("runc"))
                .usingRecursiveComparison()
                .ignoringFields("given")
                .isEqualTo(runc);
    }
}
