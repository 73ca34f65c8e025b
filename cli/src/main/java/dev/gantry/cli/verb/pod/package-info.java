/** Verbs about kubelet's pods, through the CRI's own calls. */
@NullMarked
package dev.gantry.cli.verb.pod;

import org.jspecify.annotations.NullMarked;
