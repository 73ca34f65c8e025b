package dev.gantry.linux.fs;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gantry.linux.Errno;
import dev.gantry.linux.ErrnoException;
import dev.gantry.linux.fs.RootedDirectory.Links;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("root")
class RootedDirectoryTest {
    @TempDir Path temporary;
    Path inside;
    RootedDirectory root;

    @BeforeEach
    void open() throws IOException {
        inside = Files.createDirectory(temporary.resolve("root"));
        Files.writeString(temporary.resolve("secret"), "outside");
        root = RootedDirectory.open(inside);
    }

    @AfterEach
    void close() {
        root.close();
    }

    private static PathBytes path(String text) {
        return PathBytes.of(text);
    }

    private static int errnoOf(Throwable thrown) {
        return ((ErrnoException) thrown).errno();
    }

    @Test
    void symlinksAreFollowedInsideTheRootOnly() throws IOException {
        Files.createDirectories(inside.resolve("etc"));
        Files.writeString(inside.resolve("etc/name"), "inside");
        Files.createSymbolicLink(inside.resolve("absolute"), Path.of("/etc"));
        Files.createSymbolicLink(inside.resolve("up"), Path.of("../../../../etc"));
        Files.createSymbolicLink(inside.resolve("steal"), Path.of("../secret"));
        for (String name : List.of("absolute/name", "up/name", "../../etc/name", "/etc/name")) {
            try (FileHandle file = root.openFile(path(name), Links.INSIDE)) {
                assertThat(file.read(100)).asString(UTF_8).isEqualTo("inside");
            }
        }
        assertThatThrownBy(() -> root.openFile(path("steal"), Links.INSIDE))
                .satisfies(e -> assertThat(errnoOf(e)).isEqualTo(Errno.ENOENT));
        assertThatThrownBy(() -> root.openFile(path("absolute/name"), Links.REFUSED))
                .satisfies(e -> assertThat(errnoOf(e)).isEqualTo(Errno.ELOOP));
        assertThatThrownBy(() -> root.openFile(path("../secret"), Links.REFUSED))
                .satisfies(e -> assertThat(errnoOf(e)).isEqualTo(Errno.EXDEV));
    }

    @Test
    void magicLinksAndMountsAreRefused() throws IOException {
        try (RootedDirectory proc =
                RootedDirectory.open(Path.of("/proc/" + ProcessHandle.current().pid()))) {
            assertThatThrownBy(() -> proc.openDirectory(path("cwd"), Links.INSIDE))
                    .satisfies(e -> assertThat(errnoOf(e)).isEqualTo(Errno.ELOOP));
        }
        try (RootedDirectory slash = RootedDirectory.open(Path.of("/"))) {
            assertThatThrownBy(() -> slash.openDirectory(path("proc"), Links.INSIDE))
                    .satisfies(e -> assertThat(errnoOf(e)).isEqualTo(Errno.EXDEV));
            assertThatThrownBy(() -> slash.top().openDirectory(path("proc")))
                    .satisfies(e -> assertThat(errnoOf(e)).isEqualTo(Errno.EXDEV));
        }
    }

    @Test
    void anythingButOneNameIsRefused() {
        for (String name : List.of("", ".", "..", "a/b", "/a", "a/")) {
            assertThatThrownBy(() -> root.top().mkdir(path(name)))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void aFileGetsDataOwnerModeTimesAndXattrs() throws IOException {
        byte[] data = new byte[700_001];
        new java.util.Random(7).nextBytes(data);
        PathBytes name = PathBytes.of("caf\u00e9".getBytes(ISO_8859_1));
        Timestamp time = new Timestamp(-12345, 987_654_321);
        try (FileHandle file = root.top().createFile(name)) {
            try (NativeBuffer memory = new NativeBuffer(data.length)) {
                file.write(memory.bytes().put(data).flip().position(1), 3);
            }
            file.chown(4_000_000_000L, 17);
            file.setXattr(XattrName.of("user.colour"), "blue".getBytes(UTF_8));
            file.chmod(06751);
            file.setTimes(Timestamp.EPOCH, time);
        }
        FileStatus status = root.top().find(name).orElseThrow();
        assertThat(status.kind()).isEqualTo(FileKind.REGULAR);
        assertThat(status.uid()).isEqualTo(4_000_000_000L);
        assertThat(status.gid()).isEqualTo(17);
        assertThat(status.permissions()).isEqualTo(06751);
        assertThat(status.size()).isEqualTo(data.length + 2);
        assertThat(status.modified()).isEqualTo(time);
        assertThat(status.accessed()).isEqualTo(Timestamp.EPOCH);
        assertThat(root.top().xattrs(name).get(XattrName.of("user.colour")))
                .hasValueSatisfying(value -> assertThat(value).asString().isEqualTo("blue"));
        assertThat(root.top().xattrs(name).list()).containsExactly(XattrName.of("user.colour"));
        try (FileHandle file = root.openFile(name, Links.REFUSED)) {
            byte[] back = file.read(1 << 20);
            assertThat(back).startsWith(0, 0, 0);
            assertThat(java.util.Arrays.copyOfRange(back, 3, back.length))
                    .isEqualTo(java.util.Arrays.copyOfRange(data, 1, data.length));
        }
        assertThat(root.top().list(10)).containsExactly(new DirectoryEntry(name, FileKind.REGULAR));
    }

    @Test
    void nodesLinksAndSymlinksAreMadeAndTouchedThemselves() throws IOException {
        DirectoryHandle top = root.top();
        top.mknod(path("whiteout"), FileKind.CHARACTER, 0, 0);
        top.mknod(path("disk"), FileKind.BLOCK, 0x123, 0x45678);
        top.mknod(path("fifo"), FileKind.FIFO, 0, 0);
        top.symlink(path("/no/where"), path("link"));
        top.hardlink(top, path("link"), path("link2"));
        top.chown(path("link"), 5, 6);
        top.setTimes(path("link"), Timestamp.EPOCH, new Timestamp(9, 9));
        top.xattrs(path("link")).set(XattrName.of("trusted.note"), new byte[] {1});
        top.chmod(path("fifo"), 0640);

        assertThat(top.find(path("whiteout")).orElseThrow().isWhiteout()).isTrue();
        FileStatus disk = top.find(path("disk")).orElseThrow();
        assertThat(disk.kind()).isEqualTo(FileKind.BLOCK);
        assertThat(disk.deviceMajor()).isEqualTo(0x123);
        assertThat(disk.deviceMinor()).isEqualTo(0x45678);
        assertThat(top.find(path("fifo")).orElseThrow().permissions()).isEqualTo(0640);
        FileStatus link = top.find(path("link2")).orElseThrow();
        assertThat(link.uid()).isEqualTo(5);
        assertThat(link.links()).isEqualTo(2);
        assertThat(link.modified()).isEqualTo(new Timestamp(9, 9));
        assertThat(top.readlink(path("link2"))).isEqualTo(path("/no/where"));
        assertThat(top.xattrs(path("link2")).get(XattrName.of("trusted.note"))).isPresent();
        try (FileHandle fifo = root.openFile(path("fifo"), Links.REFUSED)) {
            assertThat(fifo.read(10)).isEmpty();
        }
    }

    @Test
    void errorsNameTheCallAndThePath() throws IOException {
        root.top().mkdir(path("sub"));
        try (DirectoryHandle sub = root.openDirectory(path("sub"), Links.REFUSED)) {
            assertThatThrownBy(() -> sub.unlink(path("gone\n")))
                    .hasMessage("unlink sub/gone\\x0a: no such file or directory (ENOENT)");
        }
        assertThatThrownBy(() -> root.top().createFile(path("sub")))
                .hasMessage("open sub: already exists (EEXIST)");
    }

    @Test
    void renameRemoveAndSync() throws IOException {
        root.top().mkdir(path("a"));
        root.top().mkdir(path("b"));
        try (DirectoryHandle a = root.top().openDirectory(path("a"))) {
            a.rename(path("missing"), a, path("x"));
        } catch (ErrnoException e) {
            assertThat(e.errno()).isEqualTo(Errno.ENOENT);
        }
        try (DirectoryHandle b = root.top().openDirectory(path("b"))) {
            root.top().rename(path("a"), b, path("a2"));
            assertThat(Files.isDirectory(inside.resolve("b/a2"), LinkOption.NOFOLLOW_LINKS))
                    .isTrue();
            b.rmdir(path("a2"));
        }
        FileSync.directory(inside);
        FileSync.fileSystem(inside);
        assertThatThrownBy(() -> FileSync.directory(inside.resolve("none")))
                .isInstanceOf(ErrnoException.class);
    }

    @Test
    void noDescriptorIsLeftOpen() throws IOException {
        long before = openDescriptors();
        for (int i = 0; i < 100; i++) {
            try (RootedDirectory again = RootedDirectory.open(inside);
                    DirectoryHandle top = again.openDirectory(PathBytes.EMPTY, Links.INSIDE);
                    FileHandle file = top.createFile(path("f" + i))) {
                file.fsync();
            }
        }
        assertThat(openDescriptors()).isEqualTo(before);
    }

    private static long openDescriptors() throws IOException {
        try (var listing = Files.list(Path.of("/proc/self/fd"))) {
            return listing.count();
        }
    }
}
