/**
 * Pod networks by the Container Network Interface, versions 0.3.0 to 1.1.0 (the CNI specification,
 * github.com/containernetworking/cni/blob/main/SPEC.md). {@link dev.gantry.cni.PodNetworks} is the
 * door: attach, check, detach, status.
 *
 * <p>The network is the first valid configuration list of a directory in lexical order, read again
 * when the directory changes. Plugins run as processes in the daemon's own network namespace, each
 * with a deadline, and are told the pod's namespace by its path. Before a plugin's ADD starts it is
 * written down with the configuration and arguments it gets, so that DEL needs nothing but that
 * record: not the file in the directory, not the process that did ADD, and not the namespace.
 *
 * <p>The pod's {@code lo} is brought up by whoever makes the namespace, so no loopback plugin is
 * called beside the list; a list may name it like any other plugin.
 */
@NullMarked
package dev.gantry.cni;

import org.jspecify.annotations.NullMarked;
