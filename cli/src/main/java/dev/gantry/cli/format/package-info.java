/** What people read: tables, sizes, durations, colours, JSON. */
@NullMarked
package dev.gantry.cli.format;

import org.jspecify.annotations.NullMarked;
