package dev.gantry.state;

import static dev.gantry.state.DatabaseTest.execute;
import static dev.gantry.state.DatabaseTest.rows;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process that is killed between any two instructions leaves whole transactions, all of them. */
class KilledWriterTest {
    private static final int ROUNDS = 3;
    private static final int LINES_BEFORE_KILL = 200;

    @TempDir Path directory;

    @Test
    void killMinusNineLosesNothingThatACallReturnedFrom() throws Exception {
        Path file = directory.resolve("gantry.db");
        for (int round = 0; round < ROUNDS; round++) {
            int acknowledged = writeUntilKilled(file);
            try (Database database = Database.open(file, DatabaseTest.ONE)) {
                int parents = rows(database, "test_parent");
                assertThat(parents).isGreaterThanOrEqualTo(acknowledged);
                assertThat(rows(database, "test_child")).isEqualTo(parents);
            }
        }
    }

    /** Returns how many rows the child said it had written before it was killed. */
    private static int writeUntilKilled(Path file) throws IOException, InterruptedException {
        Process child =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "--enable-native-access=ALL-UNNAMED",
                                "-cp",
                                System.getProperty("java.class.path"),
                                Writer.class.getName(),
                                file.toString())
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        try (BufferedReader said = child.inputReader()) {
            int last = -1;
            for (int i = 0; i < LINES_BEFORE_KILL; i++) {
                last = Integer.parseInt(said.readLine());
            }
            child.toHandle().destroyForcibly();
            for (String line = said.readLine(); line != null; line = said.readLine()) {
                last = Integer.parseInt(line);
            }
            return last;
        } finally {
            child.destroyForcibly().waitFor();
        }
    }

    /** The child: one row in each of two tables a transaction, and a line once it is committed. */
    static final class Writer {
        private Writer() {}

        public static void main(String[] args) {
            Database database = Database.open(Path.of(args[0]), DatabaseTest.ONE);
            AtomicInteger next = new AtomicInteger(rows(database, "test_parent"));
            while (true) {
                database.update(c -> insert(c, next.getAndIncrement()));
                System.out.println(next.get());
            }
        }

        private static void insert(Connection c, int n) throws SQLException {
            execute(c, "INSERT INTO test_parent VALUES (" + n + ")");
            execute(c, "INSERT INTO test_child VALUES (" + n + ")");
        }
    }
}
