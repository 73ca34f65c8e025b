package dev.gantry.server.badexample.linux;

import com.sun.jna.Pointer;

public record MayUseJna(Pointer pointer) {}
