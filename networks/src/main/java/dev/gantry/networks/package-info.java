/**
 * Networks that people make: bridges on this node, each written as an ordinary CNI list in a file
 * of its own ({@code NAME.conflist}), the pools that their addresses come from, and a DNS server on
 * each by which containers find one another. {@link dev.gantry.networks.Networks} is the door.
 *
 * <p>The file is all there is of a network: what CNI has no word for, its id, labels, options and
 * time, stands in the list under {@code "gantry"}, which plugins never see. It appears by a rename
 * and goes by an unlink, so a network is there or is not. Who is attached is asked from a {@link
 * dev.gantry.networks.NetworkUsers}; who calls the plugins reads the same files.
 */
@NullMarked
package dev.gantry.networks;

import org.jspecify.annotations.NullMarked;
