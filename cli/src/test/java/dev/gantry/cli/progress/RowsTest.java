package dev.gantry.cli.progress;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class RowsTest {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final PrintStream out =
            new PrintStream(bytes, /* autoFlush= */ false, StandardCharsets.UTF_8);

    @Test
    void onATerminalRowsChangeInPlace() {
        Rows rows = new Rows(out, /* terminal= */ true);
        rows.show("a", "Waiting", "");
        rows.show("b", "Waiting", "");
        rows.show("a", "Downloading", "[>]");
        assertThat(bytes.toString(StandardCharsets.UTF_8))
                .endsWith("\u001b[2A\r\u001b[2Ka: Downloading [>]\n\r\u001b[2Kb: Waiting\n");
    }

    @Test
    void elsewhereThereIsALineForEachState() {
        Rows rows = new Rows(out, /* terminal= */ false);
        rows.show("a", "Downloading", "[>  ]");
        rows.show("a", "Downloading", "[=> ]");
        rows.show("a", "Pull complete", "");
        assertThat(bytes.toString(StandardCharsets.UTF_8))
                .isEqualTo("a: Downloading\na: Pull complete\n");
    }

    @Test
    void aBarIsAsWideAsItsNeighbours() {
        assertThat(Bar.of(0, 100).indexOf(']'))
                .isEqualTo(Bar.of(100, 100).indexOf(']'))
                .isEqualTo(31);
    }
}
