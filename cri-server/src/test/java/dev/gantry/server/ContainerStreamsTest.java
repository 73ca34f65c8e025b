package dev.gantry.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.gantry.proto.v1.AttachRequest;
import dev.gantry.proto.v1.AttachResponse;
import dev.gantry.proto.v1.AttachStart;
import dev.gantry.proto.v1.ContainerUsage;
import dev.gantry.proto.v1.ExecRequest;
import dev.gantry.proto.v1.ExecResponse;
import dev.gantry.proto.v1.ExecStart;
import dev.gantry.proto.v1.HistoryRequest;
import dev.gantry.proto.v1.ImageSummary;
import dev.gantry.proto.v1.ListImagesRequest;
import dev.gantry.proto.v1.LogsRequest;
import dev.gantry.proto.v1.LogsResponse;
import dev.gantry.proto.v1.RemoveImageRequest;
import dev.gantry.proto.v1.StatsRequest;
import dev.gantry.proto.v1.Stream;
import dev.gantry.proto.v1.TopRequest;
import dev.gantry.proto.v1.WindowSize;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What flows in and out of real containers, over the daemon's socket. */
@Tag("root")
class ContainerStreamsTest {
    @TempDir private static Path folder;
    private static LiveDaemon daemon;

    @BeforeAll
    static void start() throws Exception {
        daemon = new LiveDaemon(folder);
    }

    @AfterAll
    static void stop() throws Exception {
        daemon.close();
    }

    private static ExecStart.Builder command(String container, String... command) {
        return ExecStart.newBuilder().setContainer(container).addAllCommand(List.of(command));
    }

    private static StreamObserver<ExecRequest> exec(
            ExecStart.Builder start, StreamObserver<ExecResponse> to) {
        StreamObserver<ExecRequest> out = daemon.talk().exec(to);
        out.onNext(ExecRequest.newBuilder().setStart(start).build());
        return out;
    }

    private static ExecRequest typed(String text) {
        return ExecRequest.newBuilder().setStdin(ByteString.copyFromUtf8(text)).build();
    }

    private static String text(List<ExecResponse> answers, Function<ExecResponse, ByteString> of) {
        ByteString all = ByteString.EMPTY;
        for (ExecResponse answer : answers) {
            all = all.concat(of.apply(answer));
        }
        return all.toStringUtf8();
    }

    private static String stdout(List<ExecResponse> answers) {
        return text(answers, ExecResponse::getStdout);
    }

    @Test
    void aCommandHasItsStreamsAndItsExitCode() throws Exception {
        String id = daemon.start("sleep 1000");
        Heard<ExecResponse> heard = new Heard<>();
        StreamObserver<ExecRequest> out =
                exec(
                        command(id, "sh", "-c", "cat; echo problem >&2; exit 7").setStdin(true),
                        heard);
        out.onNext(typed("one\n"));
        heard.until(all -> Optional.of(stdout(all)).filter("one\n"::equals));
        out.onNext(typed("two\n"));
        out.onNext(ExecRequest.newBuilder().setCloseStdin(true).build());
        List<ExecResponse> all = heard.all();
        assertThat(all.getFirst().getStarted().getPid()).isPositive();
        assertThat(stdout(all)).isEqualTo("one\ntwo\n");
        assertThat(text(all, ExecResponse::getStderr)).isEqualTo("problem\n");
        assertThat(all.getLast().getExit().getCode()).isEqualTo(7);
    }

    @Test
    void aCommandIsWhoAndWhereItIsAskedToBe() throws Exception {
        String id = daemon.start("sleep 1000");
        Heard<ExecResponse> heard = new Heard<>();
        exec(
                command(id, "sh", "-c", "id; pwd; echo $A $B $C")
                        .setUser("ann")
                        .setWorkingDir("/tmp")
                        .addEnvironment("A=2")
                        .addEnvironment("C=3"),
                heard);
        assertThat(stdout(heard.all()))
                .contains("uid=1000(ann) gid=1001 groups=1001,1002(team)")
                .contains("/tmp\n2 two words 3\n");
    }

    @Test
    void aTerminalHasASizeFromItsFirstMoment() throws Exception {
        String id = daemon.start("sleep 1000");
        Heard<ExecResponse> heard = new Heard<>();
        StreamObserver<ExecRequest> out =
                exec(
                        command(id, "sh", "-c", "stty size; read l; stty size")
                                .setTty(true)
                                .setStdin(true)
                                .setSize(WindowSize.newBuilder().setColumns(90).setRows(31)),
                        heard);
        heard.until(all -> Optional.of(stdout(all)).filter(t -> t.contains("31 90")));
        out.onNext(
                ExecRequest.newBuilder()
                        .setResize(WindowSize.newBuilder().setColumns(120).setRows(40))
                        .build());
        out.onNext(typed("go\n"));
        assertThat(stdout(heard.all())).contains("40 120");
    }

    @Test
    void muchOutputComesWhole() throws Exception {
        String id = daemon.start("sleep 1000");
        Heard<ExecResponse> heard = new Heard<>();
        exec(command(id, "dd", "if=/dev/zero", "bs=65536", "count=320"), heard);
        int bytes = heard.all().stream().mapToInt(a -> a.getStdout().size()).sum();
        assertThat(bytes).isEqualTo(320 * 65536);
    }

    @Test
    void aDetachedCommandGoesOn() throws Exception {
        String id = daemon.start("while [ ! -e /tmp/done ]; do sleep 0.1; done; exit 5");
        Heard<ExecResponse> heard = new Heard<>();
        exec(command(id, "sh", "-c", "sleep 0.5; echo > /tmp/done").setDetach(true), heard);
        assertThat(heard.all()).singleElement().matches(ExecResponse::hasStarted);
        Heard<AttachResponse> end = new Heard<>();
        attach(AttachStart.newBuilder().setContainer(id), end);
        assertThat(end.last().getExit().getCode()).isEqualTo(5);
    }

    private static StreamObserver<AttachRequest> attach(
            AttachStart.Builder start, StreamObserver<AttachResponse> to) {
        StreamObserver<AttachRequest> out = daemon.talk().attach(to);
        out.onNext(AttachRequest.newBuilder().setStart(start).build());
        return out;
    }

    private static String attached(List<AttachResponse> answers) {
        ByteString all = ByteString.EMPTY;
        for (AttachResponse answer : answers) {
            all = all.concat(answer.getStdout());
        }
        return all.toStringUtf8();
    }

    @Test
    void whoStartsAttachedMissesNothing() throws Exception {
        String id =
                daemon.create(
                        "printf 'name? '; read l; printf \"hello $l\"; exit 3",
                        c -> c.setTty(true).setStdin(true));
        Heard<AttachResponse> heard = new Heard<>();
        StreamObserver<AttachRequest> out =
                attach(
                        AttachStart.newBuilder().setContainer(id).setStart(true).setStdin(true),
                        heard);
        heard.until(all -> Optional.of(attached(all)).filter("name? "::equals));
        assertThat(heard.until(all -> all.stream().findFirst()).getAttached().getTty()).isTrue();
        out.onNext(AttachRequest.newBuilder().setStdin(ByteString.copyFromUtf8("ann\n")).build());
        List<AttachResponse> all = heard.all();
        assertThat(attached(all)).isEqualTo("name? ann\r\nhello ann");
        assertThat(all.getLast().getExit().getCode()).isEqualTo(3);
    }

    @Test
    void aContainerThatEndsAtOnceIsHeardWhole() throws Exception {
        String id = daemon.create("seq 1 200000; exit 4", c -> c);
        Heard<AttachResponse> heard = new Heard<>();
        attach(AttachStart.newBuilder().setContainer(id).setStart(true), heard);
        List<AttachResponse> all = heard.all();
        StringBuilder expected = new StringBuilder();
        for (int i = 1; i <= 200000; i++) {
            expected.append(i).append('\n');
        }
        assertThat(attached(all)).isEqualTo(expected.toString());
        assertThat(all.getLast().getExit().getCode()).isEqualTo(4);
    }

    @Test
    void theOutputSoFarAndWhatComesFitTogether() throws Exception {
        String id =
                daemon.start(
                        "i=0; while true; do i=$((i+1)); printf \"$i \"; [ $((i % 7)) = 0 ] && echo; [ $((i % 500)) = 0 ] && sleep 0.05; done");
        for (int round = 0; round < 8; round++) {
            int before = String.join("", logs(LogsRequest.newBuilder().setContainer(id))).length();
            Heard<AttachResponse> heard = new Heard<>();
            StreamObserver<AttachRequest> out =
                    attach(AttachStart.newBuilder().setContainer(id).setLogs(true), heard);
            String text =
                    heard.until(
                            all ->
                                    Optional.of(attached(all))
                                            .filter(t -> t.length() > before + 5000));
            out.onError(new java.util.concurrent.CancellationException("enough"));
            String[] numbers = text.split("\\s+", -1);
            for (int i = 0; i < numbers.length - 1; i++) {
                assertThat(numbers[i]).isEqualTo(Integer.toString(i + 1));
            }
        }
    }

    private static List<String> logs(LogsRequest.Builder request) {
        List<String> lines = new ArrayList<>();
        for (var all = daemon.containers().logs(request.build()); all.hasNext(); ) {
            LogsResponse line = all.next();
            lines.add(
                    (line.getStream() == Stream.STDERR ? "!" : "") + line.getData().toStringUtf8());
        }
        return lines;
    }

    @Test
    void logsAreFollowedToTheEnd() {
        String id = daemon.start("echo a; echo b >&2; sleep 1; echo c");
        assertThat(logs(LogsRequest.newBuilder().setContainer(id).setFollow(true)))
                .containsExactlyInAnyOrder("a\n", "!b\n", "c\n")
                .endsWith("c\n");
        assertThat(logs(LogsRequest.newBuilder().setContainer(id).setTail(1)))
                .containsExactly("c\n");
        assertThat(logs(LogsRequest.newBuilder().setContainer(id).setStderr(true)))
                .containsExactly("!b\n");
    }

    @Test
    void statisticsAndProcesses() {
        String id = daemon.start("while true; do :; done & sleep 1000");
        ContainerUsage usage =
                daemon.containers()
                        .stats(StatsRequest.newBuilder().addContainers(id).setOnce(true).build())
                        .next()
                        .getContainers(0);
        assertThat(usage.getCpuUsage()).isPositive();
        assertThat(usage.getMemoryBytes()).isPositive();
        var top = daemon.containers().top(TopRequest.newBuilder().setContainer(id).build());
        assertThat(top.getTitlesList()).contains("PID", "CMD");
        assertThat(top.getProcessesList())
                .anySatisfy(p -> assertThat(p.getFieldsList().getLast()).contains("sleep 1000"));
        assertThatThrownBy(
                        () ->
                                daemon.containers()
                                        .top(
                                                TopRequest.newBuilder()
                                                        .setContainer(id)
                                                        .addAllPsArguments(List.of("-eo", "args"))
                                                        .build()))
                .isInstanceOf(StatusRuntimeException.class)
                .hasMessageContaining("PID");
    }

    @Test
    void theImageIsListedWithItsHistoryAndKeptWhileItIsUsed() {
        daemon.start("sleep 1000");
        ImageSummary image =
                daemon.images().list(ListImagesRequest.getDefaultInstance()).getImages(0);
        assertThat(image.getTagsList()).containsExactly(LiveDaemon.IMAGE);
        assertThat(image.getCreatedAt()).isPositive();
        assertThat(
                        daemon.images()
                                .history(
                                        HistoryRequest.newBuilder()
                                                .setImage(LiveDaemon.IMAGE)
                                                .build())
                                .getSteps(0)
                                .getComment())
                .isEqualTo("made");
        assertThatThrownBy(
                        () ->
                                daemon.images()
                                        .remove(
                                                RemoveImageRequest.newBuilder()
                                                        .setImage(LiveDaemon.IMAGE)
                                                        .setForce(true)
                                                        .build()))
                .isInstanceOf(StatusRuntimeException.class)
                .hasMessageContaining("running container");
    }
}
