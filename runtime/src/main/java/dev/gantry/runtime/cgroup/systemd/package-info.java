/** systemd as the maker of pods' control groups: transient scopes over D-Bus. */
@NullMarked
package dev.gantry.runtime.cgroup.systemd;

import org.jspecify.annotations.NullMarked;
