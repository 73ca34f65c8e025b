package dev.gantry.local;

import dev.gantry.engine.Container;
import dev.gantry.engine.ContainerState.Exited;
import dev.gantry.engine.ContainerState.Running;
import dev.gantry.engine.EventSink;
import dev.gantry.engine.Pod;
import dev.gantry.local.volumes.Volumes;
import dev.gantry.model.Failure;
import dev.gantry.model.Resources;
import dev.gantry.model.Scope;
import dev.gantry.networks.Networks;
import dev.gantry.state.Database;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The room over an engine: a class for each subject, put together here. */
final class LiveContainers implements LocalContainers {
    private static final Logger LOG = LoggerFactory.getLogger(LiveContainers.class);

    private final Machine machine;
    private final Entries entries;
    private final Lives lives = new Lives();
    private final LocalEvents events;
    private final Teller teller;
    private final HealthChecks health;
    private final Removal removal;
    private final CreateLocal create;
    private final Supervisor supervisor;
    private final Stopping stopping;
    private final Explainer explainer;

    private LiveContainers(
            LocalSettings settings,
            Database database,
            Machine machine,
            Volumes volumes,
            Networks networks,
            LocalEvents events) {
        this.machine = machine;
        this.events = events;
        entries = new Entries(database);
        teller = new Teller(machine, events);
        health = new HealthChecks(machine, entries, teller);
        removal = new Removal(machine, entries, lives, volumes, health, teller, settings);
        NameMaker names = new NameMaker(RandomGenerator.getDefault());
        create =
                new CreateLocal(
                        machine, entries, volumes, networks, removal, teller, settings, names);
        supervisor = new Supervisor(machine, entries, lives, health, teller, removal);
        stopping = new Stopping(machine, entries, lives, supervisor, teller);
        explainer = new Explainer(machine.journal());
    }

    static LiveContainers open(
            LocalSettings settings,
            Database database,
            Machine machine,
            Volumes volumes,
            Networks networks,
            LocalEvents events) {
        LiveContainers room =
                new LiveContainers(settings, database, machine, volumes, networks, events);
        networks.serve(new NetworkMembers(machine, room.entries));
        room.recover();
        return room;
    }

    private void recover() {
        machine.onEvent(this::happened);
        for (Entry entry : entries.all()) {
            try {
                if (!entry.complete()) {
                    removal.discard(entry, true);
                } else if (entry.removing()) {
                    Life life = lives.of(entry.id());
                    life.holding(() -> removal.locked(life, entry.id(), entry.removeVolumes()));
                } else {
                    supervisor.resume(entry);
                }
            } catch (RuntimeException e) {
                LOG.atWarn()
                        .addKeyValue("container", entry.id())
                        .addKeyValue("name", entry.name())
                        .addKeyValue("error", e.getMessage())
                        .log("a container was not recovered");
            }
        }
    }

    private void happened(EventSink.Event event) {
        if (event.type() == EventSink.Type.STOPPED && event.container().isPresent()) {
            String id = event.id();
            if (entries.find(id).isPresent()) {
                var _ = Thread.ofVirtual().name("ended " + id).start(() -> supervisor.ended(id));
            }
        }
    }

    @Override
    public LocalContainer create(ContainerSpec spec) {
        return view(create.create(spec)).orElseThrow();
    }

    @Override
    public void start(String reference) {
        String id = entries.resolve(reference).id();
        Life life = lives.of(id);
        life.holding(() -> startLocked(life, id));
    }

    private void startLocked(Life life, String id) {
        Entry entry = mustStay(id);
        Container container = container(entry);
        if (container.state() instanceof Running running) {
            if (running.paused()) {
                throw Failure.precondition(
                        "cannot start container %s: it is paused; unpause it instead"
                                .formatted(entry.name()));
            }
            return;
        }
        supervisor.settleForRestart(life, id);
        life.cancel();
        life.backoff().reset();
        supervisor.launch(life, id, 0);
    }

    private Entry mustStay(String id) {
        Entry entry =
                entries.find(id).orElseThrow(() -> Failure.notFound("no such container: " + id));
        if (entry.removing()) {
            throw Failure.precondition("container " + entry.name() + " is being removed");
        }
        return entry;
    }

    private Container container(Entry entry) {
        return machine.container(entry.id())
                .orElseThrow(
                        () ->
                                Failure.precondition(
                                        "nothing but its record is left of container %s; remove it"
                                                .formatted(entry.name())));
    }

    @Override
    public void stop(String reference, Optional<Duration> timeout, int signal) {
        stopping.stop(entries.resolve(reference), timeout, signal);
    }

    @Override
    public void restart(String reference, Optional<Duration> timeout, int signal) {
        Entry entry = entries.resolve(reference);
        Life life = lives.of(entry.id());
        life.holding(
                () -> {
                    stopping.halt(mustStay(entry.id()), timeout, signal);
                    startLocked(life, entry.id());
                    teller.event(entry, "restart");
                });
    }

    @Override
    public void kill(String reference, int signal) {
        stopping.kill(entries.resolve(reference), signal);
    }

    @Override
    public void pause(String reference) {
        Entry entry = entries.resolve(reference);
        machine.pause(entry.id());
        teller.event(entry, "pause");
    }

    @Override
    public void unpause(String reference) {
        Entry entry = entries.resolve(reference);
        machine.unpause(entry.id());
        teller.event(entry, "unpause");
    }

    @Override
    public void remove(String reference, boolean force, boolean volumes) {
        String id = entries.resolve(reference).id();
        Life life = lives.of(id);
        life.holding(
                () -> {
                    Optional<Entry> entry = entries.find(id);
                    if (entry.isEmpty()) {
                        return;
                    }
                    boolean runs =
                            machine.container(id)
                                    .filter(c -> c.state() instanceof Running)
                                    .isPresent();
                    if (!force && (runs || life.waiting())) {
                        throw Failure.precondition(
                                "cannot remove container %s: it is running; stop it first, or remove it by force"
                                        .formatted(entry.get().name()));
                    }
                    if (!runs) {
                        supervisor.settleForRestart(life, id);
                    }
                    removal.locked(life, id, volumes);
                });
    }

    @Override
    public void rename(String reference, String name) {
        Entry before = entries.resolve(reference);
        Entry after = entries.rename(before.id(), NameMaker.check(name));
        teller.event(after, "rename", Map.of("oldName", before.name()));
        teller.step(after, "rename it from " + before.name() + " to " + name);
    }

    @Override
    public void update(
            String reference, Optional<Resources> resources, Optional<RestartPolicy> restart) {
        String id = entries.resolve(reference).id();
        Life life = lives.of(id);
        life.holding(
                () -> {
                    Entry entry = mustStay(id);
                    restart.ifPresent(policy -> mustFit(entry, policy));
                    resources.ifPresent(limits -> machine.updateResources(id, limits));
                    restart.ifPresent(
                            policy ->
                                    entries.change(
                                            id, e -> e.with(e.settings().withRestart(policy))));
                    teller.event(entry, "update");
                    restart.ifPresent(
                            policy -> teller.step(entry, "change its restart policy to " + policy));
                });
    }

    private static void mustFit(Entry entry, RestartPolicy policy) {
        if (entry.settings().autoRemove() && policy.condition() != RestartPolicy.Condition.NO) {
            throw Failure.precondition(
                    "container %s removes itself when it has ended; it cannot have a restart policy"
                            .formatted(entry.name()));
        }
    }

    @Override
    public Waiting waitFor(String reference, WaitCondition condition) {
        Entry entry = entries.resolve(reference);
        Life life = lives.of(entry.id());
        return life.holding(
                () -> {
                    long before = life.ends();
                    view(entry).flatMap(LiveContainers::exit).ifPresent(life::lastExit);
                    return (Waiting)
                            () ->
                                    life.holding(
                                            () -> {
                                                life.await(
                                                        () ->
                                                                holds(
                                                                        life, entry, condition,
                                                                        before));
                                                return life.lastExit();
                                            });
                });
    }

    private static Optional<Integer> exit(LocalContainer container) {
        return container.container().state() instanceof Exited exited
                ? Optional.of(exited.exitCode())
                : Optional.empty();
    }

    private boolean holds(Life life, Entry entry, WaitCondition condition, long before) {
        return life.gone()
                || switch (condition) {
                    case REMOVED -> false;
                    case NEXT_EXIT -> life.ends() > before;
                    case NOT_RUNNING ->
                            entries.find(entry.id())
                                    .map(e -> e.settled() && !life.waiting() && !runs(e))
                                    .orElse(true);
                };
    }

    private boolean runs(Entry entry) {
        return machine.container(entry.id()).filter(c -> c.state() instanceof Running).isPresent();
    }

    @Override
    public List<LocalContainer> list() {
        return entries.all().stream()
                .filter(Entry::complete)
                .sorted(Comparator.comparing(Entry::createdAt).reversed())
                .flatMap(entry -> view(entry).stream())
                .toList();
    }

    @Override
    public LocalContainer inspect(String reference) {
        Entry entry = entries.resolve(reference);
        return view(entry).orElseThrow(() -> Failure.notFound("no such container: " + reference));
    }

    /** Empty when the engine knows nothing of it, as at the end of its removal. */
    private Optional<LocalContainer> view(Entry entry) {
        Optional<Container> container = machine.container(entry.id());
        Optional<Pod> pod = machine.pod(entry.podId());
        if (container.isEmpty() || pod.isEmpty()) {
            return Optional.empty();
        }
        LocalContainer.Status status =
                entry.removing()
                        ? LocalContainer.Status.REMOVING
                        : LocalContainer.Status.of(container.get().state());
        boolean waits =
                container.get().state() instanceof Exited exited
                        && status == LocalContainer.Status.EXITED
                        && restarts(entry, exited);
        return Optional.of(
                new LocalContainer(
                        entry.id(),
                        entry.name(),
                        entry.createdAt(),
                        waits ? LocalContainer.Status.RESTARTING : status,
                        container.get(),
                        pod.get(),
                        entry.settings(),
                        entry.restarts(),
                        entry.health()));
    }

    /** Whether it waits for its restart, or will once somebody has dealt with its end. */
    private boolean restarts(Entry entry, Exited end) {
        return lives.of(entry.id()).waiting()
                || (!entry.settled()
                        && !entry.stopped()
                        && entry.settings().restart().afterEnd(end.exitCode(), entry.restarts()));
    }

    @Override
    public List<String> prune(Predicate<LocalContainer> wanted) {
        List<String> removed = new ArrayList<>();
        for (LocalContainer container : list()) {
            boolean idle =
                    switch (container.status()) {
                        case CREATED, EXITED, DEAD -> true;
                        case RUNNING, PAUSED, RESTARTING, REMOVING -> false;
                    };
            if (idle && wanted.test(container)) {
                try {
                    remove(container.id(), false, true);
                    removed.add(container.id());
                } catch (Failure e) {
                    if (e.code() != Failure.Code.NOT_FOUND
                            && e.code() != Failure.Code.FAILED_PRECONDITION) {
                        throw e;
                    }
                    // Removed or started meanwhile.
                }
            }
        }
        return removed;
    }

    @Override
    public Explanation explain(String reference) {
        LocalContainer container;
        try {
            container = inspect(reference);
        } catch (Failure e) {
            if (e.code() != Failure.Code.NOT_FOUND) {
                throw e;
            }
            return explainer
                    .gone(Scope.LOCAL, reference)
                    .orElseThrow(() -> Failure.notFound("no such container: " + reference));
        }
        return explainer.of(container);
    }

    @Override
    public LocalEvents events() {
        return events;
    }

    @Override
    public void close() {
        health.close();
    }
}
