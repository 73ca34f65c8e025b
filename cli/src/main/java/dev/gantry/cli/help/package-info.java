/** Help texts, man pages and completion, all from what the verbs declare. */
@NullMarked
package dev.gantry.cli.help;

import org.jspecify.annotations.NullMarked;
