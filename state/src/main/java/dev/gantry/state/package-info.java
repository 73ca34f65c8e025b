/** The SQLite file: connections, transactions, migrations. */
@NullMarked
package dev.gantry.state;

import org.jspecify.annotations.NullMarked;
