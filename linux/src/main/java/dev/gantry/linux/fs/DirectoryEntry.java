package dev.gantry.linux.fs;

/** One name in a directory; the kind is UNKNOWN on file systems that do not list it. */
public record DirectoryEntry(PathBytes name, FileKind kind) {}
