package dev.gantry.runtime.shim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gantry.linux.Errno;
import dev.gantry.model.Failure;
import dev.gantry.runtime.Exit;
import dev.gantry.runtime.ExitRecord;
import dev.gantry.runtime.plan.LaunchStep;
import dev.gantry.runtime.plan.WireWriter;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class ShimWireTest {
    private static final List<LaunchStep> PLAN =
            List.of(
                    new LaunchStep.Fork(),
                    new LaunchStep.Exec(List.of("/bin/nope"), List.of("/bin/nope"), List.of()),
                    new LaunchStep.Bind(
                            "/no/such/dir",
                            "/data",
                            0,
                            true,
                            false,
                            0,
                            LaunchStep.Create.DIRECTORY));

    private static Failure failure(int index, int type, int errno, String message) {
        byte[] payload =
                new WireWriter()
                        .u32(index)
                        .u16(type)
                        .u32(errno)
                        .string("subject")
                        .string(message)
                        .toBytes();
        return StepFailures.of(new Frame(Frame.FAILED, 1, payload), PLAN);
    }

    @Test
    void framesArriveInPieces() {
        byte[] one = new Frame(Frame.OK, 7, new byte[] {1, 2, 3}).encode();
        byte[] two = new Frame(Frame.ERROR, 8, new byte[9000]).encode();
        ByteBuffer all = ByteBuffer.allocate(one.length + two.length).put(one).put(two).flip();
        FrameAssembler frames = new FrameAssembler();
        int seen = 0;
        while (all.hasRemaining()) {
            frames.add(ByteBuffer.wrap(new byte[] {all.get()}));
            var next = frames.next();
            if (next.isPresent()) {
                Frame frame = next.get();
                assertThat(frame.id()).isEqualTo(seen == 0 ? 7 : 8);
                assertThat(frame.payload()).hasSize(seen == 0 ? 3 : 9000);
                seen++;
            }
        }
        assertThat(seen).isEqualTo(2);
    }

    @Test
    void refusesAFrameThatIsTooLong() {
        FrameAssembler frames = new FrameAssembler();
        frames.add(ByteBuffer.wrap(new WireWriter().u32(-1).toBytes()));
        assertThatThrownBy(frames::next).isInstanceOf(Failure.class);
    }

    @Test
    void refusesATextThatEndsEarly() {
        byte[] payload = new WireWriter().u32(100).toBytes();
        assertThatThrownBy(() -> new WireReader(payload).string())
                .isInstanceOf(Failure.class)
                .hasMessageContaining("too short");
    }

    @Test
    void failuresInAnOperatorsWords() {
        assertThat(failure(1, 31, Errno.ENOENT, "exec"))
                .hasMessage("exec \"/bin/nope\": no such file or directory (ENOENT)");
        assertThat(failure(2, 11, Errno.ENOENT, "open the source of the mount"))
                .hasMessage("mount source /no/such/dir (for /data) is missing on the host");
        assertThat(failure(0, 0, 0, "exited with 1")).hasMessage("exited with 1 subject");
        assertThat(failure(0, 5, Errno.EAGAIN, "fork"))
                .hasMessageContaining("step Fork: fork subject")
                .hasMessageContaining("EAGAIN");
    }

    @Test
    void exitRecord() {
        String text =
                "pid=12\nstarted=1700000000000000001\nfinished=1700000001000000002\ncode=137\nsignal=9\noom=1\n";
        assertThat(ExitFiles.parse("c", text))
                .isEqualTo(
                        new ExitRecord(
                                "c",
                                12,
                                Instant.ofEpochSecond(1700000000L, 1),
                                new Exit(137, 9, Instant.ofEpochSecond(1700000001L, 2), true)));
        assertThatThrownBy(() -> ExitFiles.parse("c", "pid=1\n"))
                .hasMessageContaining("lacks started");
        assertThat(ExitFiles.read(Path.of("/no/such/pod"))).isEmpty();
    }
}
