package dev.gantry.local.volumes;

import dev.gantry.local.volumes.VolumeTable.Row;
import dev.gantry.model.Failure;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Directories and the records beside them, kept in step. The caller holds a lock. */
record Shelf(VolumeDirectories directories, VolumeTable table) {
    private static final Logger LOG = LoggerFactory.getLogger(Shelf.class);

    /** Ends what was begun when the daemon was killed. */
    void recover() {
        List<String> present = directories.open();
        for (Row row : table.list()) {
            if (!present.contains(row.name()) && row.usedBy().isEmpty()) {
                table.delete(row.name());
            } else if (!present.contains(row.name())) {
                LOG.atWarn()
                        .addKeyValue("volume", row.name())
                        .log("a volume's directory is gone; it is made anew when it is used");
            }
        }
        for (String name : present) {
            if (table.find(name).isEmpty()) {
                LOG.atInfo().addKeyValue("volume", name).log("a volume without a record is kept");
                table.insert(row(name, Map.of(), Map.of(), false, List.of()));
            }
        }
    }

    /** One of that name; ALREADY_EXISTS when it is another kind of volume. */
    Optional<Row> find(String name, Map<String, String> options) {
        Optional<Row> known = table.find(name);
        if (known.isPresent() && !options.isEmpty() && !known.get().options().equals(options)) {
            throw new Failure(
                    Failure.Code.ALREADY_EXISTS,
                    "volume %s is there with other options: remove it first, or take another name"
                            .formatted(name));
        }
        return known;
    }

    Row require(String name) {
        return table.find(name).orElseThrow(() -> Failure.notFound("no such volume: " + name));
    }

    Volume volume(Row row) {
        return new Volume(
                row.name(),
                directories.data(row.name()),
                row.labels(),
                row.options(),
                row.created(),
                row.anonymous(),
                row.usedBy());
    }

    /** A new one. */
    Row make(
            String name,
            Map<String, String> labels,
            Map<String, String> options,
            boolean anonymous,
            List<String> usedBy) {
        Row row = row(name, labels, options, anonymous, usedBy);
        directories.make(name);
        table.insert(row);
        return row;
    }

    private static Row row(
            String name,
            Map<String, String> labels,
            Map<String, String> options,
            boolean anonymous,
            List<String> usedBy) {
        Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
        return new Row(name, labels, options, now, anonymous, usedBy);
    }

    /** The rename ends the volume; what follows is finished by the next start if it must be. */
    void drop(String name) {
        Path going = directories.takeAway(name);
        table.delete(name);
        VolumeDirectories.delete(going);
    }
}
