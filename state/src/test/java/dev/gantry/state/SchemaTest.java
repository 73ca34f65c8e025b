package dev.gantry.state;

import static dev.gantry.state.DatabaseTest.execute;
import static dev.gantry.state.DatabaseTest.rows;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.gantry.model.Failure;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SchemaTest {
    private static final Migration FIRST =
            new Migration("a", 1, List.of("CREATE TABLE a_one (n INTEGER) STRICT"));
    private static final Migration SECOND =
            new Migration(
                    "a",
                    2,
                    List.of(
                            "ALTER TABLE a_one ADD COLUMN m INTEGER NOT NULL DEFAULT 7",
                            "CREATE TABLE a_two (n INTEGER) STRICT"));
    private static final Migration OTHER =
            new Migration("b", 1, List.of("CREATE TABLE b_one (n INTEGER) STRICT"));

    @TempDir Path directory;

    @Test
    void aNewerProgramUpgradesTheFileAndKeepsItsRows() {
        try (Database database = open(FIRST)) {
            database.update(c -> execute(c, "INSERT INTO a_one VALUES (1)"));
        }
        try (Database database = open(FIRST, SECOND, OTHER)) {
            assertThat(rows(database, "a_one WHERE n = 1 AND m = 7")).isOne();
            assertThat(rows(database, "b_one")).isZero();
        }
        try (Database again = open(FIRST, SECOND, OTHER)) {
            assertThat(rows(again, "state_schema")).isEqualTo(2);
        }
    }

    @Test
    void anOlderProgramRefusesTheFileAndNamesItAndBothVersions() {
        open(FIRST, SECOND, OTHER).close();

        assertThat(refusal(FIRST))
                .hasMessageContaining(file().toString())
                .hasMessageContaining("a has version 2, this program knows 1")
                .hasMessageContaining("b has version 1, this program knows none")
                .extracting(Failure::code)
                .isEqualTo(Failure.Code.FAILED_PRECONDITION);
    }

    @Test
    void aFailingMigrationLeavesTheFileAsItWas() {
        open(FIRST).close();
        Migration broken =
                new Migration(
                        "a", 2, List.of("CREATE TABLE a_two (n INTEGER)", "INSERT INTO nowhere"));

        assertThat(refusal(FIRST, broken)).hasMessageContaining("tables of a in " + file());

        try (Database database = open(FIRST, SECOND)) {
            assertThat(rows(database, "a_two")).isZero();
        }
    }

    @Test
    void aGapInTheVersionsIsRefused() {
        assertThat(refusal(SECOND)).hasMessageContaining("schema version 2 of a follows version 0");
    }

    @Test
    void aFileThatIsNoDatabaseIsRefusedWithWhatToDo() throws IOException {
        Files.writeString(file(), "once upon a time ".repeat(1000));

        assertThat(refusal(FIRST))
                .hasMessageContaining("move " + file())
                .extracting(Failure::code)
                .isEqualTo(Failure.Code.DATA_LOSS);
        assertThat(file()).content().startsWith("once upon a time");
    }

    @Test
    void aDamagedPageIsFoundWhenTheFileIsOpened() throws IOException {
        try (Database database = open(FIRST)) {
            database.update(
                    c ->
                            execute(
                                    c,
                                    "WITH RECURSIVE i (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM"
                                            + " i LIMIT 20000) INSERT INTO a_one SELECT n FROM i"));
        }
        try (FileChannel channel = FileChannel.open(file(), StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.allocate(8192), channel.size() / 2 / 4096 * 4096);
        }

        assertThat(refusal(FIRST))
                .hasMessageContaining(file() + " is damaged")
                .hasMessageContaining("aside")
                .extracting(Failure::code)
                .isEqualTo(Failure.Code.DATA_LOSS);
    }

    private Path file() {
        return directory.resolve("gantry.db");
    }

    private Database open(Migration... migrations) {
        return Database.open(file(), List.of(migrations));
    }

    private Failure refusal(Migration... migrations) {
        return catchThrowableOfType(Failure.class, () -> open(migrations).close());
    }
}
