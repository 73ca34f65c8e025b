package dev.gantry.server.badexample.cni;

public record Networks(String name) {}
