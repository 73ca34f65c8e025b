package dev.gantry.engine.spec;

import dev.gantry.engine.config.ContainerConfig;
import dev.gantry.engine.config.MountConfig;
import dev.gantry.engine.config.NamespaceOptions;
import dev.gantry.engine.config.NamespaceOptions.Mode;
import dev.gantry.engine.config.PodConfig;
import dev.gantry.model.Failure;
import dev.gantry.model.IdMapping;
import dev.gantry.model.IdMappings;
import dev.gantry.runtime.oci.OciIdMapping;
import dev.gantry.runtime.oci.OciNamespace;
import dev.gantry.runtime.oci.OciSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A pod's own user namespace (KEP-127): what may go with it, and what a container gets from it. Its
 * containers are all in it.
 */
public final class SpecUserNamespace {
    private static final long GREATEST_GROUP = 2147483647;

    private SpecUserNamespace() {}

    private static Optional<IdMappings> of(PodConfig pod) {
        return pod.security().namespaces().userNamespace();
    }

    /** Refuses a pod whose user namespace cannot be. */
    static void checkPod(PodConfig pod) {
        Optional<IdMappings> users = of(pod);
        if (users.isEmpty()) {
            return;
        }
        NamespaceOptions options = pod.security().namespaces();
        String what = "pod " + pod.name() + " has a user namespace of its own and ";
        if (options.network() == Mode.NODE
                || options.pid() == Mode.NODE
                || options.ipc() == Mode.NODE) {
            throw Failure.invalid(
                    what
                            + "asks for the node's network, process or ipc namespace, over which it"
                            + " would have no rights");
        }
        if (pod.security().privileged()) {
            throw Failure.invalid(what + "is privileged, which is a right over the node");
        }
        if (users.get().hostUid(0).isEmpty() || users.get().hostGid(0).isEmpty()) {
            throw Failure.invalid(what + "maps no root: id 0 inside needs an id of the node");
        }
        if (first(users.get().uids()).hostId() == 0 || first(users.get().gids()).hostId() == 0) {
            throw Failure.invalid(what + "maps the node's root into it");
        }
    }

    private static IdMapping first(List<IdMapping> mappings) {
        return mappings.getFirst();
    }

    static OciSpec overlay(OciSpec spec, SpecRequest request) {
        Optional<IdMappings> users = of(request.pod());
        check(request.container(), users);
        if (users.isEmpty()) {
            return spec;
        }
        checkMapped(request.user(), users.get());
        List<OciNamespace> namespaces = new ArrayList<>(spec.linux().namespaces());
        namespaces.add(OciNamespace.of(OciNamespace.Type.USER));
        return spec.withLinux(
                spec.linux()
                        .withNamespaces(namespaces)
                        .withUidMappings(OciIdMapping.of(users.get().uids()))
                        .withGidMappings(OciIdMapping.of(users.get().gids())));
    }

    private static void check(ContainerConfig container, Optional<IdMappings> users) {
        String what = "container " + container.name() + " ";
        Optional<IdMappings> asked = container.security().namespaces().userNamespace();
        // A container that says nothing is in its pod's.
        if (asked.isPresent() && !asked.equals(users)) {
            throw Failure.invalid(what + "asks for another user namespace than its pod's");
        }
        if (users.isPresent() && container.security().privileged()) {
            throw Failure.invalid(
                    what + "is privileged in a pod that has a user namespace of its own");
        }
        for (MountConfig mount : container.mounts()) {
            if (mount.idMappings().isPresent() && !mount.idMappings().equals(users)) {
                throw Failure.invalid(
                        what
                                + "maps the ids of its mount "
                                + mount.containerPath()
                                + " otherwise than those of its pod's user namespace");
            }
            if (users.isPresent() && mount.propagation() == MountConfig.Propagation.BIDIRECTIONAL) {
                throw Failure.invalid(
                        what
                                + "would mount on the node through "
                                + mount.containerPath()
                                + ", for which its user namespace has no right");
            }
        }
    }

    private static void checkMapped(UserResolver.Resolved user, IdMappings users) {
        List<Long> groups = new ArrayList<>(user.groups());
        groups.add(user.gid());
        if (users.hostUid(user.uid()).isEmpty()
                || groups.stream().anyMatch(g -> users.hostGid(g).isEmpty())) {
            throw Failure.invalid(
                    "user %d or one of its groups %s is not mapped in the pod's user namespace, which has users %s and groups %s"
                            .formatted(user.uid(), groups, users.uids(), users.gids()));
        }
    }

    /** The greatest group that the pod can know (net.ipv4.ping_group_range). */
    public static long greatestGroup(NamespaceOptions options) {
        return options.userNamespace()
                .map(users -> first(users.gids()))
                .map(gids -> Math.min(GREATEST_GROUP, gids.containerId() + gids.length() - 1))
                .orElse(GREATEST_GROUP);
    }

    /** Makes a file or directory of ours the property of the pod's root. */
    public static void give(Path file, PodConfig pod) throws IOException {
        Optional<IdMappings> users = of(pod);
        if (users.isPresent()) {
            Files.setAttribute(file, "unix:uid", (int) users.get().hostUid(0).orElse(0));
            Files.setAttribute(file, "unix:gid", (int) users.get().hostGid(0).orElse(0));
        }
    }
}
