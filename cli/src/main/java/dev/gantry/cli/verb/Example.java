package dev.gantry.cli.verb;

/**
 * A command line worth knowing.
 *
 * @param does what it does, one line
 * @param line the whole command line, beginning with {@code gantry}
 */
public record Example(String does, String line) {}
