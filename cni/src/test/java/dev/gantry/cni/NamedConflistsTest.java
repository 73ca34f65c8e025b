package dev.gantry.cni;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gantry.model.Failure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NamedConflistsTest {
    @TempDir Path directory;

    @Test
    void aListIsFoundByItsNameAndReadAnew() throws IOException {
        write("shop", "shop", "bridge");
        NamedConflists lists = new NamedConflists(Optional.of(directory));

        assertThat(lists.require("shop").plugins().getFirst().type()).isEqualTo("bridge");
        write("shop", "shop", "ptp");
        assertThat(lists.require("shop").plugins().getFirst().type()).isEqualTo("ptp");
    }

    @Test
    void whatIsNotThereIsNotFound() {
        assertThatThrownBy(() -> new NamedConflists(Optional.of(directory)).require("shop"))
                .isInstanceOfSatisfying(
                        Failure.class, e -> assertThat(e.code()).isEqualTo(Failure.Code.NOT_FOUND));
        assertThatThrownBy(() -> new NamedConflists(Optional.empty()).require("shop"))
                .hasMessageContaining("network shop not found");
    }

    @Test
    void aNameIsNoPath() throws IOException {
        Path inside = Files.createDirectory(directory.resolve("inside"));
        write("shop", "shop", "bridge");

        assertThatThrownBy(() -> new NamedConflists(Optional.of(inside)).require("../shop"))
                .hasMessageContaining("is not a network's name");
    }

    @Test
    void aFileThatIsAnotherNetworkIsRefused() throws IOException {
        write("shop", "other", "bridge");

        assertThatThrownBy(() -> new NamedConflists(Optional.of(directory)).require("shop"))
                .hasMessageContaining("says that its name is other");
    }

    private void write(String file, String name, String type) throws IOException {
        Files.writeString(
                directory.resolve(file + ".conflist"),
                """
                {"cniVersion": "1.0.0", "name": "%s", "plugins": [{"type": "%s"}]}
                """
                        .formatted(name, type));
    }
}
