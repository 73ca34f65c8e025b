package dev.gantry.server.badexample.engine;

import dev.gantry.server.badexample.model.UsesEngine;

public record KnowsModel(UsesEngine value) {}
