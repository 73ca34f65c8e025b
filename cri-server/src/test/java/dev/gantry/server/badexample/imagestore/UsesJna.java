package dev.gantry.server.badexample.imagestore;

import com.sun.jna.Pointer;

public record UsesJna(Pointer pointer) {}
