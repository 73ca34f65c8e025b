package dev.gantry.server.badexample.runtime;

import dev.gantry.server.badexample.cni.Networks;

public record UsesCni(Networks networks) {}
