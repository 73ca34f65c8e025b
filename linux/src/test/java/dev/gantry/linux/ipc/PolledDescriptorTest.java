package dev.gantry.linux.ipc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.ClosedChannelException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class PolledDescriptorTest {
    private record Ends(PolledDescriptor reader, PolledDescriptor writer) implements AutoCloseable {
        static Ends open() throws IOException {
            Pipe pipe = Pipe.blocking();
            return new Ends(PolledDescriptor.of(pipe.reader()), PolledDescriptor.of(pipe.writer()));
        }

        @Override
        public void close() {
            reader.close();
            writer.close();
        }
    }

    @Test
    void carriesMoreThanAPipeHolds() throws Exception {
        byte[] sent = new byte[3_000_000];
        new Random(7).nextBytes(sent);
        try (Ends ends = Ends.open()) {
            Thread writer =
                    Thread.startVirtualThread(
                            () -> {
                                try (OutputStream out = ends.writer().output()) {
                                    out.write(sent);
                                } catch (IOException e) {
                                    throw new AssertionError(e);
                                }
                            });
            try (InputStream in = ends.reader().input()) {
                assertThat(in.readAllBytes()).isEqualTo(sent);
            }
            writer.join();
        }
    }

    @Test
    void fewThreadsWaitForManyDescriptors() throws Exception {
        int before = platformThreads();
        List<Ends> all = new ArrayList<>();
        List<Thread> readers = new ArrayList<>();
        CountDownLatch got = new CountDownLatch(300);
        for (int i = 0; i < 300; i++) {
            Ends ends = Ends.open();
            all.add(ends);
            readers.add(
                    Thread.startVirtualThread(
                            () -> {
                                try {
                                    if (ends.reader().input().read() == 'x') {
                                        got.countDown();
                                    }
                                } catch (IOException e) {
                                    throw new AssertionError(e);
                                }
                            }));
        }
        for (Thread reader : readers) {
            while (reader.getState() != Thread.State.WAITING) {
                Thread.onSpinWait();
            }
        }
        // The poller, and the carriers of virtual threads.
        assertThat(platformThreads() - before)
                .isLessThanOrEqualTo(4 + 2 * Runtime.getRuntime().availableProcessors());
        for (Ends ends : all) {
            ends.writer().output().write('x');
        }
        got.await();
        for (Thread reader : readers) {
            reader.join();
        }
        all.forEach(Ends::close);
    }

    private static int platformThreads() {
        return Thread.getAllStackTraces().size();
    }

    @Test
    void closingWakesReaderAndWriter() throws Exception {
        try (Ends empty = Ends.open();
                Ends full = Ends.open()) {
            CompletableFuture<Throwable> read = failing(() -> empty.reader().input().read());
            CompletableFuture<Throwable> write =
                    failing(() -> full.writer().output().write(new byte[1_000_000]));
            empty.reader().close();
            full.reader().close();
            assertThat(read.get()).isInstanceOf(ClosedChannelException.class);
            assertThat(write.get()).hasMessageContaining("EPIPE");
            assertThatThrownBy(() -> empty.reader().input().read())
                    .isInstanceOf(ClosedChannelException.class);
        }
    }

    private interface Blocking {
        void run() throws IOException;
    }

    private static CompletableFuture<Throwable> failing(Blocking action) throws Exception {
        var result = new CompletableFuture<Throwable>();
        Thread thread =
                Thread.startVirtualThread(
                        () -> {
                            try {
                                action.run();
                                result.completeExceptionally(new AssertionError("it returned"));
                            } catch (IOException e) {
                                result.complete(e);
                            }
                        });
        while (thread.getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
        }
        return result;
    }

    @Test
    void silenceIsTheEndOnceItIsSaid() throws Exception {
        try (Ends ends = Ends.open()) {
            ends.writer().output().write("last".getBytes(StandardCharsets.UTF_8));
            CompletableFuture<byte[]> all = new CompletableFuture<>();
            Thread.startVirtualThread(
                    () -> {
                        try {
                            all.complete(ends.reader().input().readAllBytes());
                        } catch (IOException e) {
                            all.completeExceptionally(e);
                        }
                    });
            ends.reader().endAfter(Duration.ZERO);
            // The writer is still open.
            assertThat(all.get()).asString(StandardCharsets.UTF_8).isEqualTo("last");
        }
    }

    @Test
    void anInterruptEndsAWait() throws Exception {
        try (Ends ends = Ends.open()) {
            var thrown = new CompletableFuture<Throwable>();
            Thread reader =
                    Thread.startVirtualThread(
                            () -> {
                                try {
                                    ends.reader().input().read();
                                } catch (IOException e) {
                                    thrown.complete(e);
                                }
                            });
            reader.interrupt();
            assertThat(thrown.get()).hasMessageContaining("interrupted");
        }
    }
}
