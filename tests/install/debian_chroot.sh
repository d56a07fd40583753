#!/usr/bin/env bash
# The .deb that debian_package.sh has left, installed by apt into a fresh Debian 12 with all that it recommends, runs a
# campaign there under mpirun, and leaves nothing when it is removed. Root alone, with network: 77 where there is no root.
# usage: debian_chroot.sh SCRATCH
set -euo pipefail
deb=$1/winnow.deb
[ "$(id -u)" = 0 ] || exit 77
root=$(mktemp -d)
trap 'umount -q "$root/dev/shm" "$root/proc" || true; rm -rf --one-file-system "$root"' EXIT

# inside COMMAND..
inside() {
    chroot "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin DEBIAN_FRONTEND=noninteractive OMPI_ALLOW_RUN_AS_ROOT=1 \
        OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 OMPI_MCA_rmaps_base_oversubscribe=1 "$@"
}
mmdebstrap --quiet --variant=apt bookworm "$root"
mount -t proc proc "$root/proc"
mkdir -p "$root/dev/shm"
mount -t tmpfs tmpfs "$root/dev/shm"
cp "$deb" "$root/winnow.deb"
inside apt-get update -q # mmdebstrap leaves no lists behind
inside apt-get install -q -y /winnow.deb
inside winnow version
inside sh -c 'sed -E "s/trials: [0-9]+/trials: 4/; s/epochs: [0-9]+/epochs: 2/" /usr/share/winnow/search_spaces/spirals.yaml >/tmp/space.yaml'
inside winnow-launch -n 2 /tmp/space.yaml -o /tmp/space.h5
inside winnow status /tmp/space.h5 --exit-code
inside apt-get remove -q -y --purge winnow
left=$(find "$root/usr" "$root/etc" "$root/var" -name '*winnow*')
[ -z "$left" ] || { echo "FAILED: these are left: $left" >&2; exit 1; }
