/** Verbs about networks and volumes. */
@NullMarked
package dev.gantry.cli.verb.network;

import org.jspecify.annotations.NullMarked;
