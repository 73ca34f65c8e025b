package dev.gantry.networks;

import dev.gantry.linux.fs.FileSync;
import dev.gantry.model.Failure;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The lists in their directory. A file appears whole, by a rename, and goes by an unlink. */
final class NetworkFiles {
    private static final Logger LOG = LoggerFactory.getLogger(NetworkFiles.class);
    private static final String SUFFIX = ".conflist";
    private static final String TEMPORARY = ".new";
    private static final FileAttribute<?> PRIVATE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

    private final Path directory;

    NetworkFiles(Path directory) {
        this.directory = directory;
    }

    /** Makes the directory, and takes away what a write left that was killed. */
    void open() {
        try {
            Files.createDirectories(directory, PRIVATE);
            try (DirectoryStream<Path> left =
                    Files.newDirectoryStream(directory, "*" + TEMPORARY)) {
                for (Path file : left) {
                    Files.deleteIfExists(file);
                }
            }
        } catch (IOException e) {
            throw Failure.of("open the networks in " + directory, e);
        }
    }

    Path file(String name) {
        return directory.resolve(name + SUFFIX);
    }

    /** Where addresses of all networks are kept. */
    Path addresses() {
        return directory.resolve("ipam");
    }

    /** All that can be read, by name; one that cannot is reported and left alone. */
    List<Network> list() {
        List<Network> all = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*" + SUFFIX)) {
            for (Path file : files) {
                read(file, all);
            }
        } catch (IOException e) {
            throw Failure.of("list the networks in " + directory, e);
        }
        all.sort(Comparator.comparing(Network::name));
        return all;
    }

    /** The one of this very name. */
    Optional<Network> find(String name) {
        return list().stream().filter(network -> network.name().equals(name)).findFirst();
    }

    private static void read(Path file, List<Network> all) throws IOException {
        try {
            Network network = Conflists.read(file, Files.readAllBytes(file));
            if (!(network.name() + SUFFIX).equals(String.valueOf(file.getFileName()))) {
                throw Failure.precondition(
                        "%s says that its name is %s: correct one of them"
                                .formatted(file, network.name()));
            }
            all.add(network);
        } catch (Failure e) {
            LOG.atWarn().addKeyValue("error", e.message()).log("network passed over");
        }
    }

    void write(Network network) {
        Path temporary = directory.resolve(network.name() + TEMPORARY);
        try {
            Files.deleteIfExists(temporary);
            try (FileChannel file =
                    FileChannel.open(
                            temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                ByteBuffer text = ByteBuffer.wrap(Conflists.write(network, addresses()));
                while (text.hasRemaining()) {
                    file.write(text);
                }
                file.force(true);
            }
            Files.move(temporary, network.file(), StandardCopyOption.ATOMIC_MOVE);
            FileSync.directory(directory);
        } catch (IOException e) {
            throw Failure.of("write network " + network.name() + " to " + network.file(), e);
        }
    }

    /** The list, and then what host-local remembers of its addresses. */
    void remove(Network network) {
        try {
            Files.deleteIfExists(network.file());
            FileSync.directory(directory);
            Path given = addresses().resolve(network.name());
            if (Files.isDirectory(given)) {
                try (DirectoryStream<Path> files = Files.newDirectoryStream(given)) {
                    for (Path file : files) {
                        Files.deleteIfExists(file);
                    }
                }
                Files.deleteIfExists(given);
            }
        } catch (IOException e) {
            throw Failure.of("remove network " + network.name() + " from " + directory, e);
        }
    }
}
