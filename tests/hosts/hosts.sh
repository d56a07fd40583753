#!/usr/bin/env bash
# Several hosts on one machine: each a network namespace with processes and a name of its own, joined by a bridge. What
# crosses a network is real TCP; ranks of one host do not see another's processes, nor the data files, which only the first
# host has. A campaign completes on three hosts; with one cable pulled, and with one host's processes killed, it completes on
# the others; the table is that of one rank.
# usage: hosts.sh WINNOW TESTS LAUNCH [well|pulled|died|relayed|relay_died ..]
set -euo pipefail
if [ "${1:-}" != inside ]; then
    if [ "$(id -u)" != 0 ] || ! command -v ip >/dev/null || ! unshare --net --mount true 2>/dev/null; then
        echo "SKIPPED: it takes root, who may make network namespaces here, and ip (Debian: iproute2)"
        exit 77
    fi
    # A network and mounts of its own: nothing of this machine's changes, and all is gone at the end.
    exec unshare --net --mount --pid --fork --mount-proc --kill-child bash "$0" inside "$@"
fi
shift
export WINNOW=$1
TESTS=$2 LAUNCH=$3
shift 3
[ $# -gt 0 ] || set -- well pulled died relayed relay_died
. "$TESTS/e2e/common.sh"
rm -rf hosts
mkdir hosts
cd hosts
folder=$PWD

# --- three hosts ---
mkdir -p /run/netns
mount -t tmpfs tmpfs /run/netns
ip link set lo up
ip link add bridge type bridge
ip link set bridge up
for i in 1 2 3; do
    ip netns add "host$i"
    ip link add "cable$i" type veth peer name eth0 netns "host$i"
    ip link set "cable$i" master bridge up
    ip -n "host$i" addr add "10.9.8.$i/24" dev eth0
    ip -n "host$i" link set eth0 up
    ip -n "host$i" link set lo up
done

# mpirun starts its daemons by this: AGENT ADDRESS COMMAND.. As ssh does, it hangs where the other host is gone.
cat >agent <<'END'
#!/bin/bash
host=host${1##*.}
shift
ip netns exec "$host" unshare --uts --pid --fork --mount-proc --mount bash -c '
    hostname "$0"
    mount -t tmpfs tmpfs "$HOSTS_DATA"
    mount -t tmpfs tmpfs /dev/shm
    eval "$*"' "$host" "$@" || exec sleep 600
END
chmod +x agent

# --- the campaign ---
export HOSTS_DATA=$folder/data
mkdir data
cp /usr/share/datasets/fashion-mnist/t10k-*.gz data
cat >space.yaml <<'END'
name: hosts
seed: 3
data:
  format: idx
  train: {images: data/t10k-images-idx3-ubyte.gz, labels: data/t10k-labels-idx1-ubyte.gz}
  validation: 2000
network: [{dense: $hidden}, relu, {dense: 10}]
parameters:
  optimizer: {values: [adam, nesterov]}
  learning_rate: {distribution: log_uniform_values, min: 1e-4, max: 1e-2}
  hidden: {values: [32, 64]}
stages: [{name: coarse, trials: 18, epochs: 4}, {name: fine, trials: 9, epochs: 8}]
ensemble: {size: 3, pool: 5}
limits: {silence_seconds: 5, checkpoint_seconds: 0.5}
END
"$WINNOW" run space.yaml -o whole.h5 >whole.log 2>&1 || { cat whole.log; fail "one rank"; }

# shellcheck disable=SC2054
options=(--host 10.9.8.1:2,10.9.8.2:2,10.9.8.3:2 -n 6 --mca plm_rsh_agent "$folder/agent" --mca plm rsh
         --mca btl self,vader,tcp --mca btl_tcp_if_include 10.9.8.0/24 --mca oob_tcp_if_include 10.9.8.0/24
         --mca mpi_yield_when_idle 1 --mca orte_keep_fqdn_hostnames 1 -x HOSTS_DATA)

# begin NAME OPTIONS..: the campaign on six ranks of three hosts, from the first one.
begin() {
    local name=$1
    shift
    ip netns exec host1 unshare --uts bash -c 'hostname host1; exec "$@"' launch \
        "$LAUNCH" "${options[@]}" -- space.yaml -o "$name.h5" "$@" >"$name.log" 2>&1 &
    launch=$!
}

# rows NAME N: wait until so many trials have rows.
rows() {
    local done=0
    for _ in $(seq 1200); do
        done=$("$WINNOW" status "$1.h5" --json 2>/dev/null |
            /usr/bin/python3 -c 'import json, sys; print(json.load(sys.stdin)["trials"]["finished"])' 2>/dev/null || echo 0)
        [ "$done" -lt "$2" ] || return 0
        sleep 0.05
    done
    cat "$1.log"
    fail "$1: $2 rows were never seen"
}

# completes NAME: and the table is that of one rank.
completes() {
    local code=0
    wait "$launch" || code=$?
    [ "$code" = 0 ] || { cat "$1.log"; fail "$1 ended with $code"; }
    /usr/bin/python3 "$TESTS/e2e/compare_trials.py" whole.h5 "$1.h5" || fail "$1: the table differs"
}

# worked NAME: how many of the hosts have trained.
worked() {
    /usr/bin/python3 -c 'import h5py, sys; print(len(set(h5py.File(sys.argv[1])["leases"]["host"])))' "$1.h5"
}

well() {
    begin well
    completes well
    [ "$(worked well)" = 3 ] || fail "not all three hosts trained"
    if grep -q "lost" well.log; then cat well.log; fail "something was lost where nothing happened"; fi
}

pulled() {
    local began left=yes
    begin pulled
    rows pulled 6
    ip link set cable3 down
    began=$SECONDS
    completes pulled
    grep -q "on host3" pulled.log || { cat pulled.log; fail "the log does not name the lost host"; }
    echo "cable pulled: complete $((SECONDS - began)) s later"
    # Its ranks find that rank 0 is silent. Open MPI's own daemon would stay.
    for _ in $(seq 400); do
        [ -n "$left" ] || break
        sleep 0.05
        left=$(for process in $(ip netns pids host3); do
            [ ! "/proc/$process/exe" -ef "$WINNOW" ] || echo "$process"
        done)
    done
    [ -z "$left" ] || { ps aux; fail "ranks that lost their coordinator are still there"; }
    # shellcheck disable=SC2046
    kill -KILL $(ip netns pids host3)
    ip link set cable3 up
}

# One rank of each of the other hosts relays for the second one there.
relayed() {
    begin relayed --ranks-per-relay 2
    completes relayed
    [ "$(worked relayed)" = 3 ] || fail "not all three hosts trained"
    if grep -q "lost" relayed.log; then cat relayed.log; fail "something was lost where nothing happened"; fi
}

# The rank behind it goes on by itself.
relay_died() {
    local relay
    begin relay_died --ranks-per-relay 2
    rows relay_died 6
    relay=$(for process in $(ip netns pids host3); do
        if [ "/proc/$process/exe" -ef "$WINNOW" ] && grep -qz '^OMPI_COMM_WORLD_RANK=4$' "/proc/$process/environ"; then
            echo "$process" # its host and its children have higher numbers
            break
        fi
    done)
    kill -KILL "$relay"
    completes relay_died
    grep -q "1 rank was lost on the way: rank 4 on host3" relay_died.log || { cat relay_died.log; fail "not rank 4 alone is lost"; }
}

died() {
    local began
    begin died
    rows died 6
    began=$SECONDS
    # shellcheck disable=SC2046
    kill -KILL $(ip netns pids host2)
    completes died
    grep -q "on host2" died.log || { cat died.log; fail "the log does not name the dead host"; }
    echo "host killed: complete $((SECONDS - began)) s later"
}

for case in "$@"; do $case; done
