package dev.gantry.engine;

/** What the calls of an engine share. */
record Parts(
        EngineSettings settings,
        Rooms rooms,
        World world,
        Locks locks,
        Events events,
        Exits exits,
        Shims shims) {

    static Parts of(EngineSettings settings, Rooms rooms) {
        World world = new World(rooms.database());
        Events events = new Events();
        Exits exits = new Exits(world, events);
        Shims shims = new Shims(rooms.runtime(), world, exits);
        Locks locks = new Locks(settings.lockPatience());
        return new Parts(settings, rooms, world, locks, events, exits, shims);
    }
}
