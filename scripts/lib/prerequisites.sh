# Finds a JDK 25 and installs Debian packages; sourced by the scripts beside this folder.

# Sets JAVA_HOME to a JDK 25 or newer, or says how to get one and ends.
find_jdk() {
    local home candidates=()
    [ -n "${JAVA_HOME:-}" ] && candidates+=("$JAVA_HOME")
    if command -v javac >/dev/null; then
        candidates+=("$(dirname "$(dirname "$(readlink -f "$(command -v javac)")")")")
    fi
    candidates+=(/usr/lib/jvm/* /opt/java/* /opt/jdk* "$HOME"/.sdkman/candidates/java/*)
    for home in "${candidates[@]}"; do
        [ -x "$home/bin/javac" ] || continue
        local major
        major=$(sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$home/release" 2>/dev/null)
        if [ "${major:-0}" -ge 25 ]; then
            export JAVA_HOME="$home"
            return 0
        fi
    done
    cat >&2 <<'SAY'
Gantry needs a JDK 25 or newer, and none was found (looked at JAVA_HOME, javac on PATH, /usr/lib/jvm, /opt).
How to get one, as root:
  Debian 13 backports, Ubuntu 25.10 and later:   apt-get install openjdk-25-jdk-headless
  any Debian or Ubuntu, from Eclipse Adoptium:   https://adoptium.net/installation/linux (package temurin-25-jdk)
Then run this command again; with several JDKs installed, set JAVA_HOME to the one to use.
SAY
    return 1
}

need_root() {
    [ "$(id -u)" = 0 ] && return 0
    echo "this needs root, for namespaces, mounts and cgroups: run it with sudo" >&2
    return 1
}

# install_packages NAME... : installs those of the Debian packages that are missing; quick when none is.
install_packages() {
    local name missing=()
    for name in "$@"; do
        dpkg-query -W -f '${db:Status-Status}\n' "$name" 2>/dev/null | grep -qx installed || missing+=("$name")
    done
    [ ${#missing[@]} -eq 0 ] && return 0
    if ! command -v apt-get >/dev/null; then
        echo "missing: ${missing[*]} (Debian's names); install them by this system's own package manager" >&2
        return 1
    fi
    echo "installing ${missing[*]}"
    local log
    log=$(mktemp)
    if ! { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "${missing[@]}"; } >"$log" 2>&1 </dev/null; then
        tail -n 20 "$log" >&2
        echo "could not install ${missing[*]} with apt-get (its last words are above)" >&2
        rm -f "$log"
        return 1
    fi
    rm -f "$log"
}

# What building and running Gantry needs, in Debian's and Ubuntu's names.
BUILD_PACKAGES=(gcc make libc6-dev curl ca-certificates unzip)
RUN_PACKAGES=(libseccomp2 containernetworking-plugins iptables iproute2 util-linux)
# What makes it faster, and may be missing when it runs: ISA-L inflates layers.
RECOMMENDED_PACKAGES=(libisal2)
# What its tests need beside: the tools that read the manifests, a registry, programs for images, other tools of images, the other runtime, a client, sanitizers' runtime, readers of EROFS images, bsdtar, a terminal, a database, ssh.
TEST_PACKAGES=(docker-registry busybox nginx-light procps runc jq attr libcap2-bin apache2-utils python3-minimal prometheus systemd libseccomp-dev pkg-config criu dbus skopeo umoci podman erofs-utils libarchive-tools openssl buildah strace tmux postgresql openssh-server openssh-client)
# What its virtual machine needs beside: the machine, file systems with quotas, an init with its bus, and AppArmor with the programs that critest's cases of it call.
VM_PACKAGES=(qemu-system-x86 kmod busybox xz-utils e2fsprogs xfsprogs systemd systemd-sysv dbus apparmor sudo)

# Puts a Go of the version that the field's clients ask for on PATH: the machine's own, or the official toolchain from the module
# proxy, checked and kept below the given directory. Only tests need it.
GO_VERSION=1.26.8
GO_SHA256_amd64=30c2b1bf7dcc88d3eb0a1364e47ddd9128edb3110a30e8a0ef61cd5856b31de7
GO_SHA256_arm64=02b36b6787b3ac767668f630e2998df45a3b1f9ffee08d1bf3ef6487cd658d99
find_go() {
    local into=$1 have arch sum archive
    have=$(PATH="$PATH:/usr/local/go/bin" GOTOOLCHAIN=local go env GOVERSION 2>/dev/null | sed 's/^go//') || true
    if [ -n "$have" ] && [ "$(printf '%s\n' 1.26.2 "$have" | sort -V | head -n 1)" = 1.26.2 ]; then
        export PATH="$PATH:/usr/local/go/bin"
        return 0
    fi
    arch=$(dpkg --print-architecture)
    sum=GO_SHA256_$arch
    if [ ! -x "$into/go/bin/go" ]; then
        echo "fetching Go $GO_VERSION, which builds crictl and critest"
        mkdir -p "$into"
        archive=$into/go.zip
        curl -fsS -o "$archive" "https://proxy.golang.org/golang.org/toolchain/@v/v0.0.1-go$GO_VERSION.linux-$arch.zip" || return 1
        echo "${!sum}  $archive" | sha256sum -c --quiet || return 1
        rm -rf "$into/unpacked"
        unzip -q "$archive" -d "$into/unpacked"
        chmod -R u+w "$into/unpacked"
        find "$into/unpacked" -path '*/bin/*' -o -path '*/pkg/tool/*' | xargs chmod +x
        mv "$into/unpacked/golang.org/toolchain@v0.0.1-go$GO_VERSION.linux-$arch" "$into/go"
        rm -rf "$archive" "$into/unpacked"
    fi
    export PATH="$into/go/bin:$PATH"
}
