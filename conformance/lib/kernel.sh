# The virtual machine's kernel: Debian's own, fetched once, and the small first file system that it starts from; sourced after
# scripts/lib/prerequisites.sh and scripts/lib/oci-image.sh.

# kernel_package [APT-OPTION...] : prints the package that linux-image-amd64 stands for; nothing when the lists have none.
kernel_package() {
    { apt-cache "$@" depends linux-image-amd64 2>/dev/null || true; } | awk '$1 == "Depends:" && $2 ~ /^linux-image-/ { print $2; exit }'
}

# archive_options DIRECTORY SUITE : sets apt to the options with which apt knows one suite of Debian's archive, from where this machine
# gets its own packages, and nothing of this machine's; what apt keeps lies in the directory.
archive_options() {
    local uri
    uri=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Origin: Debian' 'Component: main' 2>/dev/null |
        grep -v security | head -n 1)
    mkdir -p "$1/lists/partial" "$1/cache/archives/partial"
    echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] ${uri:-http://deb.debian.org/debian/} $2 main" >"$1/sources.list"
    apt=(-o "Dir::Etc::SourceList=$1/sources.list" -o Dir::Etc::SourceParts=- -o "Dir::State::Lists=$1/lists" -o "Dir::Cache=$1/cache")
}

# fetch_kernel [SUITE] : sets kernel (the image), kernel_version and kernel_modules (its /lib/modules folder), fetching the package that
# linux-image-amd64 stands for, in this machine's release of Debian or in the named suite of its archive, when this machine has not
# got it yet.
fetch_kernel() {
    local store=${XDG_CACHE_HOME:-$HOME/.cache}/gantry/kernel current=current${1:+-$1} package apt=()
    [ "$(uname -m)" = x86_64 ] || { echo "the virtual machine is made for x86_64, and this is $(uname -m)"; return 1; }
    mkdir -p "$store"
    exec {kernel_lock}>"$store/.lock"
    flock "$kernel_lock"
    if [ ! -e "$store/$current" ]; then
        [ -z "${1:-}" ] || archive_options "$store/apt-$1" "$1"
        package=$(kernel_package "${apt[@]}")
        if [ -z "$package" ]; then
            apt-get "${apt[@]}" update >/dev/null 2>&1 || true
            package=$(kernel_package "${apt[@]}")
        fi
        [ -n "$package" ] || { echo "the package lists${1:+ of Debian $1} have no linux-image-amd64; the virtual machine needs Debian's kernel"; return 1; }
        echo "fetching $package for the virtual machine"
        rm -rf "$store/new" && mkdir "$store/new"
        (cd "$store/new" && { apt-get "${apt[@]}" download "$package" || { apt-get "${apt[@]}" update && apt-get "${apt[@]}" download "$package"; }; } >log 2>&1) ||
            { cat "$store/new/log"; return 1; }
        dpkg -x "$store"/new/*.deb "$store/new"
        # Newer releases have what was in /lib in /usr/lib.
        [ ! -d "$store/new/usr/lib/modules" ] || { mkdir -p "$store/new/lib" && mv "$store/new/usr/lib/modules" "$store/new/lib/"; }
        rm -rf "$store"/new/*.deb "$store/new/usr" "$store/apt-${1:-none}"
        depmod -b "$store/new" "${package#linux-image-}"
        rm -rf "${store:?}/$package"
        mv "$store/new" "$store/$package"
        ln -s "$package" "$store/$current"
    fi
    kernel_version=$(readlink "$store/$current")
    kernel_version=${kernel_version#linux-image-}
    kernel=$(realpath "$store/$current/boot/vmlinuz-$kernel_version")
    kernel_modules=$(realpath "$store/$current/lib/modules/$kernel_version")
    exec {kernel_lock}>&-
}

# initramfs ROOT INIT FILE : FILE is a first file system with busybox, INIT, and the modules that it loads, in their order.
initramfs() {
    local root=$1 line module
    mkdir -p "$root"/{bin,proc,sys,dev,modules,host,share,layer,new}
    copy_program "$root" "$(command -v busybox)"
    ln -sf "$(command -v busybox)" "$root/bin/sh"
    [ -e "$root/bin/busybox" ] || ln -s "$(command -v busybox)" "$root/bin/busybox"
    install -m 755 "$2" "$root/init"
    for module in virtio_pci 9pnet_virtio 9p overlay virtio_rng virtio_blk ext4; do
        modprobe -d "${kernel_modules%/lib/modules/*}" -S "$kernel_version" --show-depends "$module"
    done | awk '$1 == "insmod" && !seen[$2]++ { print $2 }' | while read -r line; do
        # The first file system's insmod takes them unpacked only.
        case $line in
        *.xz) xz -dc "$line" >"$root/modules/$(basename "$line" .xz)" ;;
        *) cp "$line" "$root/modules/" ;;
        esac
        basename "$line" .xz
    done >"$root/modules/order"
    (cd "$root" && find . | busybox cpio -o -H newc 2>/dev/null | gzip -1) >"$3"
}

# acceleration : prints qemu's accelerator: KVM where a kernel really runs under it (it need not where this machine is a guest itself),
# else emulation. The answer holds until this machine boots again.
acceleration() {
    local answer
    answer=${XDG_CACHE_HOME:-$HOME/.cache}/gantry/kernel/kvm.$(cat /proc/sys/kernel/random/boot_id)
    if [ ! -e "$answer" ]; then
        rm -f "${answer%/*}"/kvm.*
        # Without a root the kernel panics, and panic=-1 ends the machine.
        if [ -w /dev/kvm ] && timeout 20 qemu-system-x86_64 -nodefaults -no-user-config -display none -no-reboot -nic none -accel kvm -cpu host \
            -m 256 -kernel "$kernel" -append panic=-1 >/dev/null 2>&1 </dev/null; then
            echo kvm >"$answer"
        else
            echo tcg,thread=multi >"$answer"
        fi
    fi
    cat "$answer"
}
