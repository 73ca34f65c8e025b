package dev.gantry.runtime.handler;

import dev.gantry.model.Failure;
import dev.gantry.runtime.ProcessNamespace;
import dev.gantry.runtime.oci.OciNamespace;
import dev.gantry.runtime.plan.Clone;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Where an OCI runtime finds the namespaces that it has to join by itself, since it is not started
 * in them: process namespaces, and the user namespace, in which it could not work.
 */
final class JoinedNamespaces {
    private JoinedNamespaces() {}

    /** The paths by kind; a kind that is missing is made for the container. */
    static Map<OciNamespace.Type, Path> of(PodContext pod, ProcessNamespace processes) {
        var paths = new EnumMap<OciNamespace.Type, Path>(OciNamespace.Type.class);
        processes(pod, processes).ifPresent(path -> paths.put(OciNamespace.Type.PID, path));
        if ((pod.pod().namespaces() & Clone.NEWUSER) != 0) {
            paths.put(OciNamespace.Type.USER, users(pod.shim().ping().pid()));
        }
        return paths;
    }

    private static Optional<Path> processes(PodContext pod, ProcessNamespace processes) {
        return switch (processes) {
            case ProcessNamespace.OfPod() -> podsProcesses(pod);
            case ProcessNamespace.Own() -> Optional.empty();
            case ProcessNamespace.Of(String id) ->
                    Optional.of(
                            pod.shim().list().stream()
                                    .filter(c -> c.id().equals(id) && c.exit().isEmpty())
                                    .findFirst()
                                    .map(c -> Path.of("/proc/" + c.pid() + "/ns/pid"))
                                    .orElseThrow(
                                            () ->
                                                    Failure.precondition(
                                                            "container " + id + " does not run")));
        };
    }

    /**
     * At the pod's init, which has a group of its own. The process that made it, which is in the
     * group too, may be about to end.
     */
    private static Optional<Path> podsProcesses(PodContext pod) {
        if ((pod.pod().namespaces() & Clone.NEWPID) == 0) {
            return Optional.empty();
        }
        int init =
                pod.cgroups().group(pod.pod().cgroup() + "/init").pids().stream()
                        .filter(JoinedNamespaces::isInit)
                        .findFirst()
                        .orElseThrow(
                                () ->
                                        Failure.precondition(
                                                "the init of pod " + pod.pod().id() + " is gone"));
        return Optional.of(Path.of("/proc/" + init + "/ns/pid"));
    }

    /** Whether it is the first process of a namespace below ours: its last number is 1. */
    private static boolean isInit(int pid) {
        try (Stream<String> lines = Files.lines(Path.of("/proc/" + pid + "/status"))) {
            return lines.anyMatch(line -> line.matches("NSpid:.*\\t\\d+\\t1"));
        } catch (IOException | UncheckedIOException _) {
            // It has ended.
            return false;
        }
    }

    /**
     * No process need be in it: the shim holds it open. The path has a dot since runc (1.2 and
     * later) takes one that begins with {@code /proc/NUMBER} for that process' own namespace.
     */
    private static Path users(int shimPid) {
        try (Stream<Path> open = Files.list(Path.of("/proc/./" + shimPid + "/fd"))) {
            return open.filter(JoinedNamespaces::isUsers)
                    .findFirst()
                    .orElseThrow(
                            () ->
                                    Failure.internal(
                                            "shim %d holds no user namespace".formatted(shimPid)));
        } catch (IOException e) {
            throw Failure.of("look for the pod's user namespace at shim " + shimPid, e);
        }
    }

    private static boolean isUsers(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString().startsWith("user:[");
        } catch (IOException _) {
            // Closed meanwhile.
            return false;
        }
    }
}
