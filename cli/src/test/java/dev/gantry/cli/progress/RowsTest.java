package dev.gantry.cli.progress;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gantry.cli.terminal.Terminal;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class RowsTest {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final PrintStream out =
            new PrintStream(bytes, /* autoFlush= */ false, StandardCharsets.UTF_8);
    private Terminal.Size window = new Terminal.Size(60, 24);
    private long now = 1_000_000_000;
    private final Rows rows = Rows.live(out, () -> window, () -> now);

    private String written() {
        String text = bytes.toString(StandardCharsets.UTF_8);
        bytes.reset();
        return text;
    }

    @Test
    void onATerminalOnlyTheRowThatChangedIsWritten() {
        rows.waiting("a", "Waiting");
        rows.waiting("b", "Waiting");
        written();
        rows.settled("a", "Done");
        assertThat(written()).isEqualTo("\r\u001b[2Aa: Done\u001b[K\n\n");
        rows.line("beside");
        assertThat(written())
                .isEqualTo("\r\u001b[2A\u001b[Jbeside\na: Done\u001b[K\nb: Waiting\u001b[K\n");
    }

    @Test
    void aBarIsDrawnNoMoreOftenThanItIsSeen() {
        rows.moving("a", "Downloading", new Bar(1, 100));
        written();
        rows.moving("a", "Downloading", new Bar(2, 100));
        assertThat(written()).isEmpty();
        now += 60_000_000;
        rows.moving("a", "Downloading", new Bar(3, 100));
        assertThat(written()).contains("3B/100B");
        rows.settled("a", "Pull complete");
        assertThat(written()).contains("Pull complete");
    }

    @Test
    void noRowIsWiderThanTheWindow() {
        for (int columns = 1; columns < 120; columns++) {
            window = new Terminal.Size(columns, 24);
            rows.moving("0123456789ab", "State " + columns, new Bar(123_456_789, 223_456_789));
            for (String line : written().replaceAll("\u001b\\[[0-9]*[A-Z]", "").split("\n", -1)) {
                assertThat(line.replace("\r", "").length()).isLessThan(Math.max(2, columns));
            }
        }
    }

    @Test
    void rowsThatANarrowerWindowHasWrappedAreAllTakenBack() {
        rows.moving("0123456789ab", "Downloading", new Bar(1, 100));
        written();
        window = new Terminal.Size(30, 24);
        rows.settled("0123456789ab", "Done");
        assertThat(written()).isEqualTo("\r\u001b[2A\u001b[J0123456789ab: Done\u001b[K\n");
    }

    @Test
    void ofMoreRowsThanFitThoseThatAreDoneGiveWayUntilTheEnd() {
        window = new Terminal.Size(60, 5);
        for (int i = 0; i < 6; i++) {
            rows.waiting("r" + i, "Waiting");
        }
        written();
        rows.settled("r1", "Done");
        rows.settled("r0", "Done");
        window = new Terminal.Size(61, 5);
        rows.waiting("r3", "Moving");
        assertThat(written())
                .endsWith(
                        "r2: Waiting\u001b[K\nr3: Moving\u001b[K\nr4: Waiting\u001b[K\nand 3 more; 2 of 6 are done\u001b[K\n");
        rows.end();
        assertThat(written()).contains("r0: Done", "r5: Waiting").doesNotContain("more;");
    }

    @Test
    void elsewhereThereIsALineForEachState() {
        Rows plain = Rows.plain(out);
        plain.moving("a", "Downloading", new Bar(1, 3));
        plain.moving("a", "Downloading", new Bar(2, 3));
        plain.settled("a", "Pull complete");
        plain.line("beside");
        plain.end();
        assertThat(written()).isEqualTo("a: Downloading\na: Pull complete\nbeside\n");
    }

    @Test
    void aBarIsAsWideAsItsNeighbours() {
        for (int width = 0; width < 100; width++) {
            assertThat(new Bar(0, 1_000_000).fit(width).length())
                    .isEqualTo(new Bar(999_999, 1_000_000).fit(width).length())
                    .isEqualTo(new Bar(123_456_789, 987_654_321).fit(width).length())
                    .isLessThanOrEqualTo(width);
        }
        assertThat(new Bar(50, 100).fit(26)).isEqualTo("[====>     ]    50B/100B  ");
        assertThat(new Bar(1, 3).fit(4)).isEqualTo(" 33%");
    }
}
