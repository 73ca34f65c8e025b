package dev.gantry.local;

import dev.gantry.engine.ContainerState.Running;
import dev.gantry.engine.EventSink;
import dev.gantry.local.volumes.Volumes;
import dev.gantry.model.Failure;
import dev.gantry.model.Resources;
import dev.gantry.model.Scope;
import dev.gantry.networks.Networks;
import dev.gantry.state.Database;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;

/** The room over an engine: a class for each subject, put together here. */
final class LiveContainers implements LocalContainers {
    private final Machine machine;
    private final Entries entries;
    private final Lives lives = new Lives();
    private final LocalEvents events;
    private final Teller teller;
    private final HealthChecks health;
    private final Removal removal;
    private final CreateLocal create;
    private final Supervisor supervisor;
    private final Starting starting;
    private final Stopping stopping;
    private final Updates updates;
    private final Recovery recovery;
    private final Views views;
    private final Waits waits;
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
        starting = new Starting(machine, entries, supervisor);
        stopping = new Stopping(machine, entries, lives, supervisor, teller);
        updates = new Updates(machine, entries, lives, teller);
        recovery = new Recovery(entries, lives, supervisor, removal);
        views = new Views(machine, entries, lives);
        waits = new Waits(machine, entries, lives, views);
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
        machine.onEvent(room::happened);
        room.recovery.run();
        return room;
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
        return views.of(create.create(spec)).orElseThrow();
    }

    @Override
    public void start(String reference) {
        String id = entries.resolve(reference).id();
        Life life = lives.of(id);
        life.holding(() -> starting.locked(life, id));
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
                    stopping.halt(entries.staying(entry.id()), timeout, signal);
                    starting.locked(life, entry.id());
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
        updates.apply(entries.resolve(reference).id(), resources, restart);
    }

    @Override
    public Waiting waitFor(String reference, WaitCondition condition) {
        return waits.of(entries.resolve(reference), condition);
    }

    @Override
    public List<LocalContainer> list() {
        return views.all();
    }

    @Override
    public LocalContainer inspect(String reference) {
        Entry entry = entries.resolve(reference);
        return views.of(entry)
                .orElseThrow(() -> Failure.notFound("no such container: " + reference));
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
