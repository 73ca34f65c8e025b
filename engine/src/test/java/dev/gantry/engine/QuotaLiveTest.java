package dev.gantry.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.gantry.engine.config.ContainerConfig;
import dev.gantry.imagestore.DiskUsage;
import dev.gantry.imagestore.ProjectRange;
import dev.gantry.imagestore.StoragePolicy;
import dev.gantry.imagestore.WritableQuota;
import dev.gantry.imagestore.WritableSettings;
import dev.gantry.linux.quota.DirectoryProject;
import dev.gantry.linux.quota.ProjectQuotas;
import dev.gantry.model.Failure;
import dev.gantry.model.Scope;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Containers under project quotas, on file systems made for it. Where this machine's kernel has
 * none (quota_v2), in the virtual machine.
 */
@Tag("root")
final class QuotaLiveTest {
    private static final long MIB = 1 << 20;
    private static final ProjectRange RANGE = new ProjectRange(5_000, 5_009);
    private static final StoragePolicy LIMITED =
            StoragePolicy.DEFAULT.withWritable(
                    new WritableSettings(new WritableQuota.Bytes(8 * MIB), RANGE));
    private static final StoragePolicy UNLIMITED =
            StoragePolicy.DEFAULT.withWritable(
                    new WritableSettings(new WritableQuota.Unlimited(), RANGE));

    @TempDir Path temp;
    private final List<RealHouse> houses = new ArrayList<>();
    private Path disk = Path.of("/");
    private String image = "";
    private String pod = "";

    private void open(String type, String option, StoragePolicy storage) throws Exception {
        mount(type, option);
        if (!new ProjectQuotas(disk).state().accounting()) {
            assertThat(run("umount", disk.toString())).isTrue();
            abort("this kernel has no project quotas on " + type);
        }
        houses.add(new RealHouse(disk, storage));
        image = house().pullBusybox();
        pod = house().engine.runPod(Scope.CRI, House.pod("quota"), "");
    }

    private void mount(String type, String option) throws Exception {
        Path file = temp.resolve("disk");
        disk = Files.createDirectories(temp.resolve("mnt"));
        // Layers are unpacked only where 512 MiB stay free.
        run("truncate", "-s", "2G", file.toString());
        boolean made =
                type.equals("ext4")
                        ? run("mkfs.ext4", "-q", "-O", "quota,project", file.toString())
                        : run("mkfs.xfs", "-q", file.toString());
        assumeTrue(made, "mkfs." + type + " is not installed");
        assumeTrue(
                run("mount", "-t", type, "-o", "loop," + option, file.toString(), disk.toString()),
                "this kernel mounts no " + type + " with project quotas out of a file");
    }

    private static boolean run(String... command) throws Exception {
        try {
            Process process =
                    new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start();
            return process.waitFor(120, TimeUnit.SECONDS) && process.exitValue() == 0;
        } catch (IOException e) {
            return false;
        }
    }

    @AfterEach
    void close() throws Exception {
        for (RealHouse house : houses) {
            house.engine
                    .pods(PodFilter.all(Scope.CRI))
                    .forEach(p -> house.engine.removePod(p.id()));
            house.close();
            assertThat(run("umount", disk.toString())).isTrue();
        }
    }

    private RealHouse house() {
        return houses.getLast();
    }

    private String start(ContainerConfig config) {
        String id = house().engine.createContainer(pod, config);
        house().engine.startContainer(id);
        return id;
    }

    private ContainerConfig sleeper(String name) {
        return ContainerConfig.named(name, image, "/bin/sh", "-c", "exec busybox sleep 1000");
    }

    /** What a shell says in a container. */
    private String shell(String id, String script) {
        ExecOutput output =
                house().engine
                        .execSync(
                                id,
                                List.of("/bin/sh", "-c", script + " 2>&1"),
                                Duration.ofMinutes(1));
        return new String(output.stdout(), StandardCharsets.UTF_8).strip();
    }

    private Path layer(String id) {
        return disk.resolve("lib/containers").resolve(id);
    }

    private ProjectQuotas.Usage counted(long project) throws IOException {
        return new ProjectQuotas(disk).usage(project);
    }

    private record Walked(long bytes, long inodes) {}

    private static Walked walked(Path top) throws Exception {
        assertThat(run("sync", "-f", top.toString())).isTrue();
        Process find = new ProcessBuilder("find", top.toString(), "-printf", "%b\\n").start();
        String said = new String(find.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        List<Long> blocks = said.lines().map(Long::parseLong).toList();
        return new Walked(blocks.stream().mapToLong(Long::longValue).sum() * 512, blocks.size());
    }

    @ParameterizedTest
    @CsvSource({"ext4, Disk quota exceeded", "xfs, No space left on device"})
    void aContainerIsHeldToItsLimitAndCounted(String type, String refusal) throws Exception {
        open(type, "prjquota", LIMITED);
        String one = start(sleeper("one"));
        String two =
                start(sleeper("two").withAnnotations(Map.of("dev.gantry.writable-quota", "16MiB")));
        long first = DirectoryProject.of(layer(one));
        long second = DirectoryProject.of(layer(two));
        assertThat(first).isNotEqualTo(second).matches(RANGE::contains);
        assertThat(second).matches(RANGE::contains);
        assertThat(counted(first).limit()).isEqualTo(8 * MIB);
        assertThat(counted(second).limit()).isEqualTo(16 * MIB);

        // Its own limit stops the one, and leaves room for the other.
        String fill = "busybox dd if=/dev/zero of=/full bs=65536 count=";
        assertThat(shell(one, fill + "200")).contains(refusal);
        assertThat(shell(two, fill + "192")).contains("192+0 records out");
        assertThat(shell(two, fill + "300")).contains(refusal);
        assertThat(shell(one, "busybox rm /full; " + fill + "64")).contains("64+0 records out");
        shell(one, "i=0; while [ $i -lt 50 ]; do echo $i > /file$i; i=$((i+1)); done");

        Walked walked = walked(layer(one));
        assertThat(walked.inodes()).isGreaterThan(51);
        DiskUsage.Entry usage = house().images.containers().usage(one);
        assertThat(new Walked(usage.bytes(), usage.inodes())).isEqualTo(walked);
        Walked other = walked(layer(two));
        DiskUsage sum = house().images.usage();
        assertThat(sum.containers().bytes()).isEqualTo(walked.bytes() + other.bytes());
        assertThat(sum.containers().inodes()).isEqualTo(walked.inodes() + other.inodes());

        house().engine.removeContainer(one);
        assertThat(counted(first).limit()).isZero();
        assertThat(counted(second).limit()).isEqualTo(16 * MIB);
        String three = start(sleeper("three"));
        assertThat(DirectoryProject.of(layer(three))).isNotEqualTo(second);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ext4", "xfs"})
    void whatAKilledDaemonLeftIsSweptAndNothingElse(String type) throws Exception {
        open(type, "prjquota", LIMITED);
        String kept = start(sleeper("kept"));
        long project = DirectoryProject.of(layer(kept));
        List<Long> spare =
                Stream.iterate(RANGE.first(), id -> id + 1)
                        .limit(8)
                        .filter(id -> id != project)
                        .toList();
        ProjectQuotas quotas = new ProjectQuotas(disk);
        // Killed after a directory was deleted, but before its limit was.
        quotas.limit(spare.get(0), MIB);
        // Killed before a directory was recorded, after its record was removed, or in the trash.
        leave(disk.resolve("lib/containers/half"), spare.get(1));
        leave(disk.resolve("lib/tmp/trash-half"), spare.get(2));
        // Somebody else's.
        leave(disk.resolve("other"), spare.get(3));
        quotas.limit(7, MIB);

        house().restart();
        assertThat(counted(project).limit()).isEqualTo(8 * MIB);
        assertThat(counted(spare.get(0)).limit()).isZero();
        assertThat(disk.resolve("lib/containers/half")).doesNotExist();
        assertThat(counted(spare.get(1)).limit()).isZero();
        if (type.equals("ext4")) { // xfs frees what was deleted in its own time.
            assertThat(counted(spare.get(2)).limit()).isZero();
        }
        assertThat(counted(spare.get(3)).limit()).isEqualTo(MIB);
        assertThat(counted(7).limit()).isEqualTo(MIB);
        for (int i = 0; i < 5; i++) {
            String id = house().engine.createContainer(pod, sleeper("new" + i));
            assertThat(DirectoryProject.of(layer(id))).isNotIn(project, spare.get(3), 7L);
        }
    }

    private static void leave(Path directory, long project) throws IOException {
        Files.createDirectories(directory);
        DirectoryProject.set(directory, project);
        Files.writeString(directory.resolve("file"), "left");
        new ProjectQuotas(directory).limit(project, MIB);
    }

    @ParameterizedTest
    @CsvSource({"ext4, rw", "xfs, pqnoenforce"})
    void whereItOnlyCountsALimitIsRefusedAndUsageIsStillExact(String type, String option)
            throws Exception {
        open(type, option, UNLIMITED);
        assertThatThrownBy(
                        () ->
                                house().engine
                                        .createContainer(
                                                pod,
                                                sleeper("limited")
                                                        .withAnnotations(
                                                                Map.of(
                                                                        "dev.gantry.writable-quota",
                                                                        "16MiB"))))
                .isInstanceOfSatisfying(
                        Failure.class,
                        f -> assertThat(f.code()).isEqualTo(Failure.Code.FAILED_PRECONDITION))
                .hasMessageContaining(disk.toString())
                .hasMessageContaining(type)
                .hasMessageContaining("prjquota");
        String id = start(sleeper("free"));
        assertThat(shell(id, "busybox dd if=/dev/zero of=/data bs=65536 count=256"))
                .contains("256+0 records out");
        Walked walked = walked(layer(id));
        DiskUsage.Entry usage = house().images.containers().usage(id);
        assertThat(new Walked(usage.bytes(), usage.inodes())).isEqualTo(walked);
        house().engine.removeContainer(id);
        assertThat(Files.exists(layer(id), LinkOption.NOFOLLOW_LINKS)).isFalse();
    }
}
