package dev.gantry.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gantry.model.Scope;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LocalEventsTest {
    private static final Instant FIRST = Instant.parse("2026-01-01T00:00:00Z");

    @TempDir Path directory;

    private static LocalEvent event(int number, Scope scope) {
        return new LocalEvent(
                FIRST.plusSeconds(number),
                "container",
                "start",
                "id" + number,
                Map.of("name", "web"),
                scope);
    }

    private static List<LocalEvent> since(LocalEvents events, Instant from) {
        List<LocalEvent> heard = new ArrayList<>();
        events.listen(Optional.of(from), heard::add).close();
        return heard;
    }

    @Test
    void theHistoryOutlivesTheDaemonAndATornLine() throws IOException {
        try (LocalEvents events = LocalEvents.open(directory)) {
            events.publish(event(1, Scope.LOCAL));
            events.publish(event(2, Scope.CRI));
            events.publish(event(3, Scope.LOCAL));
        }
        var _ =
                Files.writeString(
                        directory.resolve("local.jsonl"),
                        "{\"at\":\"2026-",
                        StandardOpenOption.APPEND);
        try (LocalEvents events = LocalEvents.open(directory)) {
            assertThat(since(events, FIRST))
                    .containsExactly(
                            event(1, Scope.LOCAL), event(2, Scope.CRI), event(3, Scope.LOCAL));
            events.publish(event(4, Scope.LOCAL));
        }
        try (LocalEvents events = LocalEvents.open(directory)) {
            assertThat(since(events, FIRST.plusSeconds(3)))
                    .containsExactly(event(3, Scope.LOCAL), event(4, Scope.LOCAL));
        }
    }

    /** What kubelet does all day pushes out nothing of people's. */
    @Test
    void theHistoryIsBoundedInEachScope() throws IOException {
        try (LocalEvents events = LocalEvents.open(directory)) {
            events.publish(event(0, Scope.LOCAL));
            for (int i = 1; i <= 5000; i++) {
                events.publish(event(i, Scope.CRI));
            }
        }
        try (LocalEvents events = LocalEvents.open(directory)) {
            List<LocalEvent> known = since(events, FIRST);
            assertThat(known).hasSize(1025).startsWith(event(0, Scope.LOCAL));
            assertThat(known.getLast()).isEqualTo(event(5000, Scope.CRI));
        }
        assertThat(Files.readAllLines(directory.resolve("cri.jsonl"))).hasSize(1024);
    }
}
