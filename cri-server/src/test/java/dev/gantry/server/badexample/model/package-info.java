/** A made-up room that breaks a rule, for ModuleGraphTest. */
@NullMarked
package dev.gantry.server.badexample.model;

import org.jspecify.annotations.NullMarked;
