package dev.gantry.cni;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.model.Failure;
import dev.gantry.model.PodNetwork;
import dev.gantry.model.Telling;
import dev.gantry.state.Database;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@link PodNetworks} by plugins of the machine. */
final class CniPodNetworks implements PodNetworks {
    private static final Logger LOG = LoggerFactory.getLogger(CniPodNetworks.class);
    private static final String INTERFACE = "eth0";

    /** STATUS has an answer at once or none; kubelet waits for ours. */
    private static final Duration LONGEST_STATUS = Duration.ofSeconds(5);

    /** Plugin deadlines that a call waits for another one of its pod: an attach and its undoing. */
    private static final int PATIENCE = 4;

    private final ConflistDirectory directory;
    private final NamedConflists named;
    private final PluginBinaries binaries;
    private final PluginCaller caller;
    private final NetworkProbe probe;
    private final AttachmentTable table;
    private final PodLocks locks;
    private volatile @Nullable String lastError;

    CniPodNetworks(CniSettings settings, Database database, List<String> launcher) {
        this.binaries = new PluginBinaries(settings.binDirs());
        Duration deadline = settings.deadline();
        Duration status = deadline.compareTo(LONGEST_STATUS) < 0 ? deadline : LONGEST_STATUS;
        this.directory = new ConflistDirectory(settings.confDir());
        this.named = new NamedConflists(settings.localDir());
        this.caller = new PluginCaller(binaries, launcher, deadline);
        this.probe =
                new NetworkProbe(directory, binaries, new PluginCaller(binaries, launcher, status));
        this.table = new AttachmentTable(database);
        this.locks = new PodLocks(deadline.multipliedBy(PATIENCE));
    }

    @Override
    public NetworkStatus status() {
        return probe.status();
    }

    @Override
    public NetworkDetails details() {
        ConflistDirectory.Choice choice = directory.choice();
        Map<String, Optional<Path>> plugins = new LinkedHashMap<>();
        choice.conflist()
                .ifPresent(
                        list ->
                                list.plugins()
                                        .forEach(
                                                p ->
                                                        plugins.put(
                                                                p.type(),
                                                                binaries.find(p.type()))));
        return new NetworkDetails(
                directory.path(),
                choice.conflist().map(Conflist::source),
                choice.conflist().map(Conflist::name),
                choice.conflist().map(list -> list.version().toString()),
                plugins,
                binaries.directories(),
                choice.problems(),
                Optional.ofNullable(lastError));
    }

    @Override
    public PodNetwork attach(Attachment attachment) {
        return noting(() -> locks.with(attachment.podId(), () -> attachLocked(attachment)));
    }

    /** Remembers what a call failed with. */
    private <T> T noting(Supplier<T> call) {
        try {
            return call.get();
        } catch (Failure e) {
            lastError = Instant.now().truncatedTo(ChronoUnit.SECONDS) + " " + e.message();
            throw e;
        }
    }

    @Override
    public void check(String podId) {
        locks.with(
                podId,
                () -> {
                    checkLocked(podId);
                    return true;
                });
    }

    @Override
    public void detach(String podId, Optional<Path> netns) {
        noting(
                () ->
                        locks.with(
                                podId,
                                () -> {
                                    table.find(podId).ifPresent(record -> unwind(record, netns));
                                    return true;
                                }));
    }

    @Override
    public Optional<PodNetwork> find(String podId) {
        return table.find(podId).filter(AttachmentRecord::attached).map(CniPodNetworks::network);
    }

    @Override
    public List<String> recorded() {
        return table.podIds();
    }

    private PodNetwork attachLocked(Attachment pod) {
        Optional<AttachmentRecord> known = table.find(pod.podId());
        if (known.isPresent()) {
            AttachmentRecord record = known.get();
            if (record.attached() && record.netns().equals(pod.netns())) {
                return network(record);
            }
            LOG.atInfo()
                    .addKeyValue("pod", pod.podId())
                    .log("undoing a network attachment that was left behind");
            unwind(record, Optional.of(record.netns()));
        }
        Conflist list =
                Telling.step(
                        "choose the network",
                        () -> pod.network().map(named::require).orElseGet(directory::require),
                        chosen -> "%s of %s".formatted(chosen.name(), chosen.source()));
        // One that is not there cannot be called to undo what the others did either.
        list.plugins().forEach(plugin -> caller.require(list, plugin, pod.podId()));
        AttachmentRecord record = AttachmentRecord.intent(pod, INTERFACE, list);
        warnOfUnserved(record);
        table.insert(record);
        try {
            return network(addAll(record));
        } catch (RuntimeException e) {
            throw undone(pod, e);
        }
    }

    private AttachmentRecord addAll(AttachmentRecord intent) {
        AttachmentRecord record = intent;
        List<Conflist.Plugin> plugins = record.conflist().plugins();
        for (int i = 0; i < plugins.size(); i++) {
            if (i > 0) {
                record = record.starting(i);
                table.update(record);
            }
            ObjectNode result = caller.add(record, plugins.get(i));
            record = record.added(result);
        }
        record = record.complete();
        network(record);
        table.update(record);
        return record;
    }

    /** Undoes a failed attach; returns what to throw. */
    private RuntimeException undone(Attachment pod, RuntimeException cause) {
        try {
            table.find(pod.podId())
                    .ifPresent(record -> unwind(record, Optional.of(record.netns())));
            return cause;
        } catch (RuntimeException e) {
            LOG.atWarn()
                    .addKeyValue("pod", pod.podId())
                    .addKeyValue("error", e.getMessage())
                    .log("undoing a failed network attachment failed");
            Failure both =
                    new Failure(
                            Failure.of("attach", cause).code(),
                            "%s; undoing it failed too and is tried again when the pod is removed: %s"
                                    .formatted(cause.getMessage(), e.getMessage()),
                            cause);
            both.addSuppressed(e);
            return both;
        }
    }

    /** DEL of what was started, last first; each is written down, so none is called twice. */
    private void unwind(AttachmentRecord start, Optional<Path> netns) {
        Optional<Path> present = netns.filter(Files::exists);
        AttachmentRecord record = start.starting(start.started() - 1);
        if (start.attached()) {
            table.update(record);
        } else {
            Orphans.kill(record.podId());
        }
        for (int i = start.started() - 1; i >= 0; i--) {
            caller.delete(record, record.conflist().plugins().get(i), present);
            record = record.deleted(i);
            if (i > 0) {
                table.update(record);
            }
        }
        table.delete(record.podId());
    }

    private void checkLocked(String podId) {
        AttachmentRecord record =
                table.find(podId)
                        .filter(AttachmentRecord::attached)
                        .orElseThrow(
                                () ->
                                        Failure.notFound(
                                                "pod " + podId + " is not attached to a network"));
        Conflist list = record.conflist();
        if (list.disableCheck() || !list.version().atLeast(CniVersion.V0_4_0)) {
            return;
        }
        list.plugins().forEach(plugin -> caller.check(record, plugin));
    }

    /** A host port or a limit that nobody serves would else be missed without a word. */
    private static void warnOfUnserved(AttachmentRecord record) {
        Conflist list = record.conflist();
        for (String capability :
                List.of(Capabilities.PORT_MAPPINGS, Capabilities.BANDWIDTH, Capabilities.IPS)) {
            if (record.capabilities().has(capability)
                    && list.plugins().stream().noneMatch(p -> p.hasCapability(capability))) {
                LOG.atWarn()
                        .addKeyValue("pod", record.podId())
                        .addKeyValue("capability", capability)
                        .addKeyValue("network", list.name())
                        .addKeyValue("file", list.source())
                        .log("what the pod asks for is ignored: no plugin of the network has it");
            }
        }
    }

    private static PodNetwork network(AttachmentRecord record) {
        return record.result()
                .map(result -> Results.network(result, record.interfaceName()))
                .orElse(PodNetwork.NONE);
    }
}
