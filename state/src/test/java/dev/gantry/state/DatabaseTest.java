package dev.gantry.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.gantry.model.Failure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DatabaseTest {
    static final List<Migration> ONE =
            List.of(
                    new Migration(
                            "test",
                            1,
                            List.of(
                                    "CREATE TABLE test_parent (id INTEGER PRIMARY KEY) STRICT",
                                    "CREATE TABLE test_child (parent INTEGER NOT NULL REFERENCES"
                                            + " test_parent (id)) STRICT")));

    @TempDir Path directory;

    @Test
    void writesOfManyVirtualThreadsAreEachWholeAndAlone() throws Exception {
        try (Database database = Database.open(file(), ONE);
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Integer>> written =
                    IntStream.range(0, 200)
                            .mapToObj(i -> threads.submit(() -> database.write(this::appendNext)))
                            .toList();
            List<Future<Integer>> read =
                    IntStream.range(0, 200)
                            .mapToObj(i -> threads.submit(() -> database.read(this::gap)))
                            .toList();

            for (Future<Integer> seen : read) {
                assertThat(seen.get()).isZero();
            }
            assertThat(written)
                    .extracting(Future::get)
                    .containsExactlyInAnyOrderElementsOf(IntStream.range(0, 200).boxed().toList());
        }
    }

    @Test
    void whatTheWorkThrowsRollsItBackAndPasses() {
        try (Database database = Database.open(file(), ONE)) {
            IllegalStateException thrown = new IllegalStateException("stop");

            assertThatThrownBy(
                            () ->
                                    database.update(
                                            c -> {
                                                execute(c, "INSERT INTO test_parent VALUES (1)");
                                                throw thrown;
                                            }))
                    .isSameAs(thrown);

            assertThat(rows(database, "test_parent")).isZero();
            database.update(c -> execute(c, "INSERT INTO test_parent VALUES (1)"));
            assertThat(rows(database, "test_parent")).isOne();
        }
    }

    @Test
    void foreignKeysHoldAndDuplicatesHaveTheirOwnCode() {
        try (Database database = Database.open(file(), ONE)) {
            database.update(c -> execute(c, "INSERT INTO test_parent VALUES (1)"));

            assertThat(failure(database, "INSERT INTO test_child VALUES (2)"))
                    .hasMessageContaining("FOREIGN KEY")
                    .hasMessageContaining(file().toString())
                    .extracting(Failure::code)
                    .isEqualTo(Failure.Code.INTERNAL);
            assertThat(failure(database, "INSERT INTO test_parent VALUES (1)").code())
                    .isEqualTo(Failure.Code.ALREADY_EXISTS);
        }
    }

    @Test
    void readersSeeTheCommittedStateWhileAWriteIsOpenAndCannotWrite() throws Exception {
        try (Database database = Database.open(file(), ONE);
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            CountDownLatch inserted = new CountDownLatch(1);
            CountDownLatch seen = new CountDownLatch(1);
            Future<Integer> write =
                    threads.submit(
                            () ->
                                    database.write(
                                            c -> {
                                                execute(c, "INSERT INTO test_parent VALUES (1)");
                                                inserted.countDown();
                                                await(seen);
                                                return database.read(r -> count(r, "test_parent"));
                                            }));
            inserted.await();
            assertThat(rows(database, "test_parent")).isZero();
            seen.countDown();

            assertThat(write.get()).as("a read inside the write sees its rows").isOne();
            assertThat(rows(database, "test_parent")).isOne();
            assertThatThrownBy(
                            () ->
                                    database.read(
                                            c -> {
                                                execute(c, "DELETE FROM test_parent");
                                                return 0;
                                            }))
                    .isInstanceOf(Failure.class)
                    .hasMessageContaining("readonly");
        }
    }

    @Test
    void anInterruptNeitherStopsATransactionNorIsLost() throws Exception {
        try (Database database = Database.open(file(), ONE);
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            CountDownLatch held = new CountDownLatch(1);
            CountDownLatch free = new CountDownLatch(1);
            Future<?> holder =
                    threads.submit(
                            () ->
                                    database.update(
                                            c -> {
                                                held.countDown();
                                                await(free);
                                            }));
            held.await();
            Future<Boolean> interrupted =
                    threads.submit(
                            () -> {
                                Thread.currentThread().interrupt();
                                free.countDown();
                                database.update(
                                        c -> execute(c, "INSERT INTO test_parent VALUES (1)"));
                                return Thread.interrupted();
                            });

            assertThat(interrupted.get()).isTrue();
            holder.get();
            assertThat(rows(database, "test_parent")).isOne();
        }
    }

    @Test
    void aWriteInsideAWriteIsRefusedAndAClosedFileSaysSo() {
        Database database = Database.open(file(), ONE);
        assertThatThrownBy(() -> database.update(c -> database.update(d -> {})))
                .isInstanceOf(Failure.class)
                .hasMessageContaining("inside another");
        database.close();
        assertThatThrownBy(() -> database.update(c -> {})).hasMessageContaining("is closed");
        assertThatThrownBy(() -> database.read(c -> 1)).hasMessageContaining("is closed");
    }

    @Test
    void theFileIsTheOwnersAlone() throws IOException {
        try (Database database = Database.open(file(), ONE)) {
            database.update(c -> execute(c, "INSERT INTO test_parent VALUES (1)"));
            for (String name : List.of("gantry.db", "gantry.db-wal", "gantry.db-shm")) {
                assertThat(mode(file().resolveSibling(name))).as(name).isEqualTo("rw-------");
            }
            assertThat(mode(directory.resolve("made"))).isEqualTo("rwx------");
        }
    }

    private Path file() {
        return directory.resolve("made").resolve("gantry.db");
    }

    private int appendNext(Connection connection) throws SQLException {
        int next = count(connection, "test_parent");
        execute(connection, "INSERT INTO test_parent VALUES (" + next + ")");
        execute(connection, "INSERT INTO test_child VALUES (" + next + ")");
        return next;
    }

    private int gap(Connection connection) throws SQLException {
        return count(connection, "test_parent") - count(connection, "test_child");
    }

    private static Failure failure(Database database, String sql) {
        return catchThrowableOfType(
                Failure.class, () -> database.update(connection -> execute(connection, sql)));
    }

    static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    static int count(Connection connection, String table) throws SQLException {
        try (Statement statement = connection.createStatement();
                var rows = statement.executeQuery("SELECT count(*) FROM " + table)) {
            rows.next();
            return rows.getInt(1);
        }
    }

    /** How many rows the table has, for a condition too. */
    static int rows(Database database, String table) {
        return database.read(c -> count(c, table));
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String mode(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }
}
