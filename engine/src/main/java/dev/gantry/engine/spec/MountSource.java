package dev.gantry.engine.spec;

import dev.gantry.engine.config.MountConfig;
import dev.gantry.model.Failure;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The host's side of a mount. CRI: a source that does not exist is an error, a symbolic link is
 * followed. A source on a file system that does not answer (a dead NFS server) costs a deadline,
 * not the call.
 */
final class MountSource {
    private static final Duration DEADLINE = Duration.ofSeconds(10);

    private MountSource() {}

    static Path resolve(MountConfig mount, String container) {
        Path source = Path.of(mount.hostPath());
        String what = "mount source \"%s\" of container %s".formatted(mount.hostPath(), container);
        if (!source.isAbsolute()) {
            throw Failure.invalid(what + " is not an absolute path");
        }
        Path real = real(source, what);
        checkPropagation(mount.propagation(), real, what);
        return real;
    }

    private static void checkPropagation(
            MountConfig.Propagation propagation, Path real, String what) {
        String missing =
                switch (propagation) {
                    case PRIVATE -> "";
                    case HOST_TO_CONTAINER ->
                            MountInfo.read().receives(real)
                                    ? ""
                                    : " is to receive mounts of the host, but lies on a mount that is neither"
                                            + " shared nor a slave";
                    case BIDIRECTIONAL ->
                            MountInfo.read().shared(real)
                                    ? ""
                                    : " is to propagate both ways, but lies on a mount that is not"
                                            + " shared";
                };
        if (!missing.isEmpty()) {
            throw Failure.precondition(what + missing + "; make it so (mount --make-rshared)");
        }
    }

    private static Path real(Path source, String what) {
        FutureTask<Path> task = new FutureTask<>(source::toRealPath);
        Thread.ofPlatform().daemon().name("stat " + source).start(task);
        try {
            return task.get(DEADLINE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new Failure(
                    Failure.Code.DEADLINE_EXCEEDED,
                    what + " did not answer in " + DEADLINE.toSeconds() + " s; is its server dead?",
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Failure(Failure.Code.CANCELLED, "interrupted while looking at " + what, e);
        } catch (ExecutionException e) {
            throw missing(what, e.getCause() == null ? e : e.getCause());
        }
    }

    private static Failure missing(String what, Throwable cause) {
        if (cause instanceof NoSuchFileException) {
            return new Failure(
                    Failure.Code.FAILED_PRECONDITION, what + " does not exist on the host", cause);
        }
        return cause instanceof IOException
                ? Failure.of("look at " + what, cause)
                : Failure.of(what, cause);
    }
}
