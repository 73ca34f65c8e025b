package dev.gantry.server.badexample.model;

import dev.gantry.server.badexample.engine.KnowsModel;

public record UsesEngine(String name) {
    public KnowsModel up() {
        return new KnowsModel(this);
    }
}
