/**
 * Images on this node: pulled from registries or loaded from archives, verified, unpacked once, and
 * handed to containers as a list of layers.
 *
 * <p>{@link dev.gantry.imagestore.ImageStore} is the door. What it stores lies below one root
 * directory:
 *
 * <pre>
 * content/blobs/sha256/HEX   manifests, configurations and compressed layers, by digest
 * layers/NAME/fs             an unpacked layer as a directory; NAME starts its chain id
 * layers/NAME/layer.erofs    the same as an image that the kernel mounts
 * containers/ID/upper, work  a container's writable layer
 * tmp/                       what is being made or being removed; emptied when the store opens
 * </pre>
 *
 * What exists is what the database says: a file becomes part of an image in the transaction that
 * records the image, which comes after the file was verified and synced.
 */
@NullMarked
package dev.gantry.imagestore;

import org.jspecify.annotations.NullMarked;
