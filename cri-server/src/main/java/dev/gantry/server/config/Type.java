package dev.gantry.server.config;

/**
 * What a key's value may be. {@code read} takes what the TOML parser or the command line gives
 * (String, Long, Boolean, Double, or a List of those) and throws {@link IllegalArgumentException}
 * with "expected …" in words; {@code write} is its TOML form.
 */
interface Type<T> {
    T read(Object value);

    String write(T value);
}
