/** Registry credentials where docker keeps them. */
@NullMarked
package dev.gantry.cli.credentials;

import org.jspecify.annotations.NullMarked;
