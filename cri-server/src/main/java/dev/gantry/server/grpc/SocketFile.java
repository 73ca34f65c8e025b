package dev.gantry.server.grpc;

import dev.gantry.model.Failure;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipalNotFoundException;

/**
 * The file of a UNIX socket. It is bound under another name, given its mode, and renamed over the
 * name that clients know: nobody ever finds it with another mode, and a socket that a killed daemon
 * left is replaced. One that somebody answers on is refused.
 */
final class SocketFile {
    private static final String MODE = "rw-rw----";

    private final Path socket;

    private SocketFile(Path socket) {
        this.socket = socket;
    }

    /** Makes sure that the socket is nobody's; ALREADY_EXISTS when somebody answers there. */
    static SocketFile claim(Path socket) {
        SocketFile file = new SocketFile(socket);
        try {
            Path parent = socket.getParent();
            if (parent != null) {
                Files.createDirectories(parent);
            }
            if (Files.exists(socket, LinkOption.NOFOLLOW_LINKS)) {
                refuseForeign(socket);
            }
            Files.deleteIfExists(file.binding());
        } catch (IOException e) {
            throw Failure.of("prepare socket " + socket, e);
        }
        return file;
    }

    private static void refuseForeign(Path socket) throws IOException {
        if (!Files.readAttributes(
                        socket,
                        java.nio.file.attribute.BasicFileAttributes.class,
                        LinkOption.NOFOLLOW_LINKS)
                .isOther()) {
            throw Failure.precondition(
                    socket + " exists and is no socket: remove it, or choose another --socket");
        }
        if (answers(socket)) {
            throw new Failure(
                    Failure.Code.ALREADY_EXISTS,
                    "another process answers on "
                            + socket
                            + ": stop it, or choose another --socket");
        }
    }

    private static boolean answers(Path socket) {
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            return channel.connect(UnixDomainSocketAddress.of(socket));
        } catch (IOException e) {
            // Refused: whoever bound it is gone.
            return false;
        }
    }

    /** The name to bind. */
    Path binding() {
        return socket.resolveSibling(socket.getFileName() + "~");
    }

    /** Gives the bound socket its mode and its name. */
    void publish() throws IOException {
        Files.setPosixFilePermissions(binding(), PosixFilePermissions.fromString(MODE));
        Files.move(binding(), socket, StandardCopyOption.ATOMIC_MOVE);
    }

    /**
     * Gives a socket to a group by its name. FAILED_PRECONDITION when there is none of that name.
     */
    static void give(Path socket, String group) {
        try {
            GroupPrincipal principal =
                    socket.getFileSystem()
                            .getUserPrincipalLookupService()
                            .lookupPrincipalByGroupName(group);
            Files.getFileAttributeView(socket, PosixFileAttributeView.class).setGroup(principal);
        } catch (UserPrincipalNotFoundException e) {
            throw new Failure(
                    Failure.Code.FAILED_PRECONDITION,
                    "socket-group \"%s\": there is no such group: groupadd --system %s"
                            .formatted(group, group),
                    e);
        } catch (IOException e) {
            throw Failure.of("give " + socket + " to the group " + group, e);
        }
    }
}
