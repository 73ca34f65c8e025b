package dev.gantry.cli.template;

/** A template that cannot be understood or carried out; its message names the place. */
public final class TemplateError extends RuntimeException {
    TemplateError(int column, String message) {
        super("template: character " + (column + 1) + ": " + message);
    }
}
