package dev.gantry.imagestore.layers;

import java.nio.file.Path;

/** Names, symlinks, hardlinks and whiteouts that lead out, or try to. */
final class HostilePaths extends HostileCases {
    private final String canary;
    private final String up = "../canary";

    HostilePaths(Path canary) {
        this.canary = canary.toString();
        names();
        symlinks();
        hardlinks();
        whiteouts();
    }

    private void names() {
        harmless(
                "absolute name",
                tar().pax("path", canary + "/secret").file("x", "pwned"),
                inside(canary, "f secret"));
        refused("dot-dot name", tar().file(up + "/secret", "pwned"), "leaves the layer's root");
        refused("dot-dot after a name", tar().file("a/../../canary/x", "p"), "leaves");
        refused("absolute dot-dot", tar().file("/../canary/x", "p"), "leaves");
        refused("dot-dot alone as directory", tar().directory(".."), "leaves");
        refused("pax path with dot-dot", tar().pax("path", up + "/x").file("ok", "p"), "leaves");
        refused("GNU long name with dot-dot", tar().longName(up + "/x").file("ok", "p"), "leaves");
        harmless("dot-dot that stays inside", tar().file("a/b/../../c", "p"), "f c");
        harmless("doubled slashes and dots", tar().file("//a/.//./b", "p"), "d a, f a/b");
        refused("root as a file", tar().file("./", "p"), "root of a layer can only be a directory");
        refused("root as a symlink", tar().symlink(".", canary), "can only be a directory");
        refused("empty name as a file", tar().file("", "p"), "can only be a directory");
        refused("component of 256 bytes", tar().pax("path", "n".repeat(256)).file("x", "p"), "255");
        refused("path of 5000 bytes", tar().pax("path", "n/".repeat(2500)).file("x", "p"), "4095");
        refused("long name of 5000", tar().longName("n/".repeat(2500)).file("x", "p"), "limit");
        refused("path of 2000 levels", tar().pax("path", "n/".repeat(2000)).file("x", ""), "512");
        refused("name with NUL", tar().pax("path", "a\0/../" + canary).file("x", "p"), "NUL");
        refused("entry under a file", tar().file("a", "p").file("a/b", "p"), "not a directory");
        refused("entry under a fifo", tar().node('6', "a", 0, 0).file("a/b", "p"), "not a direc");
        harmless("newline in a name", tar().file("a\nb", "p"), "f a\\x0ab");
    }

    private void symlinks() {
        String dir = canary + "/dir";
        harmless(
                "file through an absolute symlink",
                tar().symlink("s", dir).file("s/x", "pwned"),
                inside(dir, "f x") + ", l s");
        harmless(
                "file through a dot-dot symlink",
                tar().symlink("s", "../canary/dir").file("s/x", "pwned"),
                "d canary, d canary/dir, f canary/dir/x, l s");
        harmless(
                "file onto a symlink",
                tar().symlink("s", canary + "/secret").file("s", "pwned"),
                "f s");
        harmless(
                "directory onto a symlink, then a file in it",
                tar().symlink("s", dir).directory("s").file("s/x", "p"),
                "d s, f s/x");
        harmless(
                "parent turned from directory to symlink midway",
                tar().directory("s").file("s/a", "p").symlink("s", dir).file("s/b", "p"),
                inside(dir, "f b") + ", l s");
        harmless(
                "parent turned to symlink and back",
                tar().file("s/a", "p").symlink("s", dir).directory("s").file("s/b", "p"),
                "d s, f s/b");
        harmless(
                "two symlinks, each harmless",
                tar().directory("a").symlink("a/up", "..").symlink("o", "a/up/..").file("o/x", "p"),
                "d a, f x, l a/up, l o");
        refused(
                "symlink loop on the way",
                tar().symlink("a", "b").symlink("b", "a").file("a/x", "p"),
                "too many symbolic links");
        refused(
                "dangling symlinks in a circle",
                tar().symlink("a", "b/no").symlink("b", "a/no").file("a/x", "p"),
                "too many symbolic links");
        harmless(
                "magic link of /proc",
                tar().symlink("fd", "/proc/self/fd/3").file("fd/x", "p"),
                "d proc, d proc/self, d proc/self/fd, d proc/self/fd/3, f proc/self/fd/3/x, l fd");
        harmless(
                "magic link to the root of init",
                tar().symlink("r", "/proc/1/root").file("r" + canary + "/secret", "p"),
                inside("proc/1/root" + canary, "f secret") + ", l r");
        refused("symlink without a target", tar().symlink("s", ""), "no target");
        refused(
                "symlink of 5000 bytes",
                tar().pax("linkpath", "x".repeat(5000)).symlink("s", ""),
                "4095");
        harmless("metadata through a symlink", tar().mode(06777).symlink("s", dir), "l s");
        harmless(
                "a directory entry over a symlink keeps its hands off the target",
                tar().symlink("s", dir).mode(0).directory("s/"),
                "d s");
        harmless(
                "whiteout through a symlink",
                tar().symlink("s", canary).file("s/.wh.secret", ""),
                inside(canary, "w secret") + ", l s");
        harmless(
                "opaque mark through a symlink",
                tar().symlink("s", canary).file("s/.wh..wh..opq", ""),
                inside(canary, "") + ", l s");
        harmless(
                "replacing a tree that holds symlinks out",
                tar().symlink("d/out", dir).symlink("d/file", canary + "/secret").file("d", "p"),
                "f d");
    }

    private void hardlinks() {
        refused(
                "hardlink to an absolute path",
                tar().hardlink("h", canary + "/secret"),
                "hardlink to");
        refused(
                "hardlink by dot-dot",
                tar().hardlink("h", up + "/secret"),
                "leaves the layer's root");
        refused(
                "hardlink through a symlink",
                tar().symlink("s", canary).hardlink("h", "s/secret"),
                "hardlink to");
        harmless(
                "hardlink to a symlink, then written",
                tar().symlink("s", canary + "/secret").hardlink("h", "s").file("h", "pwned"),
                "f h, l s");
        refused("hardlink to a directory", tar().directory("d").hardlink("h", "d"), "a directory");
        refused("hardlink to the root", tar().hardlink("h", "/"), "not a file");
        refused("hardlink to itself, missing", tar().hardlink("h", "h"), "no earlier file");
        harmless("hardlink to itself", tar().file("h", "p").hardlink("h", "h"), "f h");
        refused("hardlink to a whiteout", tar().file(".wh.x", "").hardlink("h", "x"), "no earlier");
        refused(
                "hardlink to a whiteout's name",
                tar().file(".wh.x", "").hardlink("h", ".wh.x"),
                "not a file");
        refused("hardlink to /proc", tar().hardlink("h", "/proc/self/exe"), "hardlink to");
        refused(
                "hardlink that removes its own target",
                tar().file("d/x", "p").hardlink("d", "d/x"),
                "no such file");
        harmless(
                "hardlink changed to a symlink's target by a later entry",
                tar().file("a", "p")
                        .hardlink("b", "a")
                        .symlink("a", canary + "/secret")
                        .file("b", "q"),
                "f b, l a");
        harmless(
                "hardlink named as whiteout",
                tar().file("a", "").hardlink(".wh.b", "a"),
                "f a, w b");
    }

    private void whiteouts() {
        refused("whiteout of dot-dot", tar().file("d/.wh...", ""), "not a name");
        refused("whiteout of dot", tar().file(".wh..", ""), "not a name");
        refused("whiteout of nothing", tar().file(".wh.", ""), "not a name");
        refused(
                "whiteout with a slash",
                tar().file("d/.wh./../x", "").file(".wh./x", ""),
                "like a whiteout");
        refused("file under a whiteout's name", tar().file(".wh.d/x", ""), "like a whiteout");
        refused("opaque mark through dot-dot", tar().file("../.wh..wh..opq", ""), "leaves");
        harmless("opaque mark in the root", tar().file(".wh..wh..opq", ""), "");
        harmless("AUFS metadata", tar().file(".wh..wh.plnk/1.2", "x").file(".wh..wh.aufs", ""), "");
        harmless("whiteout as a symlink", tar().symlink(".wh.x", canary), "w x");
        harmless("whiteout as a directory", tar().directory(".wh.x/"), "w x");
        harmless(
                "entry below what was whited out",
                tar().file(".wh.d", "").file("d/x", ""),
                "d d, f d/x");
        harmless("whiteout after the file", tar().file("f", "").file(".wh.f", ""), "f f");
    }
}
