package dev.gantry.engine;

import dev.gantry.engine.cdi.CdiRegistry;
import dev.gantry.engine.journal.Journal;
import dev.gantry.model.Observation.Operation;
import dev.gantry.model.Observer;
import dev.gantry.model.Steps;

/** What the calls of an engine share. */
record Parts(
        EngineSettings settings,
        Rooms rooms,
        World world,
        Locks locks,
        Events events,
        Stories stories,
        Exits exits,
        Shims shims,
        EarlyAttachments early,
        Observer observer,
        CdiRegistry devices) {

    static Parts of(EngineSettings settings, Rooms rooms, Observer observer) {
        World world = new World(rooms.database());
        Events events = new Events(world);
        Stories stories = new Stories(Journal.open(settings.journal()), world);
        events.add(new JournalSink(stories));
        Exits exits = new Exits(world, events);
        Shims shims = new Shims(rooms.runtime(), world, exits);
        Locks locks = new Locks(settings.lockPatience());
        return new Parts(
                settings,
                rooms,
                world,
                locks,
                events,
                stories,
                exits,
                shims,
                new EarlyAttachments(),
                observer,
                new CdiRegistry(settings.defaults().cdiDirectories()));
    }

    /** Times the steps of an operation for whoever observes. */
    Steps steps(Operation operation) {
        return new Steps(observer, operation);
    }
}
