/**
 * The part of Go's text/template that people use with docker's {@code --format}: fields, pipelines,
 * variables, if, range, with, and docker's functions.
 */
@NullMarked
package dev.gantry.cli.template;

import org.jspecify.annotations.NullMarked;
