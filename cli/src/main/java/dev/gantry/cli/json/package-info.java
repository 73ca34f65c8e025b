/** JSON as values of Java: maps, lists, strings, numbers, booleans. */
@NullMarked
package dev.gantry.cli.json;

import org.jspecify.annotations.NullMarked;
