package dev.gantry.imagestore;

/** How many blobs and layers a check has looked at, and how often something was wrong. */
public record CheckResult(long blobs, long layers, long findings) {}
