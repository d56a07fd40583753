#!/usr/bin/env bash
# Signals to a campaign of one rank, and deaths of the processes behind it: what it says and how it ends.
# usage: interrupted.sh WINNOW TESTS
WINNOW=$1 TESTS=$2
. "$TESTS/e2e/common.sh"
rm -rf interrupted
mkdir interrupted
cd interrupted || exit
space=$TESTS/e2e/blobs.yaml

# child PARENT: the process that it forked last, or nothing.
child() {
    { tr ' ' '\n' <"/proc/$1/task/$1/children" | sed '/^$/d' | tail -1; } 2>/dev/null || true
}

# begin OPTIONS...: the campaign in the background, until its first trials have rows.
begin() {
    : >log # else the wait below may read the last campaign's
    "$WINNOW" run "$space" -o blobs.h5 "$@" >log 2>&1 &
    rank=$!
    for _ in $(seq 1000); do
        ! grep -q "trials, best" log || return 0
        sleep 0.02
    done
    cat log
    fail "no trial finished"
}

# runs PROCESS: does it, and is no dead one that nobody has waited for?
runs() {
    [ -n "$1" ] && grep -q "^State:[[:space:]]*[^ZX[:space:]]" "/proc/$1/status" 2>/dev/null
}

# ends CODE TEXT WHAT: so it ends and says, and no process of it is left.
ends() {
    local code=0
    wait "$rank" || code=$?
    if [ "$code" != "$1" ] || ! grep -q "$2" log; then
        cat log
        fail "$3: it ended with $code, or without '$2'"
    fi
    for process in "$host" "$trial"; do
        ! runs "$process" || sleep 0.5
        ! runs "$process" || fail "$3: process $process is left"
    done
}

host='' trial=''
for signal in USR1 TERM INT HUP; do
    rm -rf blobs.h5*
    begin
    host=$(child "$rank") trial=$(child "$host")
    kill "-$signal" "$rank"
    ends 75 "stopped after [0-9]* of 56 trials; the same command continues" "$signal"
    [ -e blobs.h5.journal ] || fail "$signal: no journal is left to go on from"
done

begin
host=$(child "$rank") trial=$(child "$host")
kill -KILL "$host"
ends 75 "trials was ended by signal 9 (Killed); the same command continues" "its host process killed"

# What is set aside stays together, under the first number that is free for all of it.
: >blobs.h5.parts.bak
begin --fresh
for part in '' .journal .parts; do
    [ -e "blobs.h5$part.bak2" ] || fail "blobs.h5$part was not set aside as blobs.h5$part.bak2"
done

host=$(child "$rank") trial=$(child "$host")
kill -USR1 "$rank"
ends 75 "the same command continues" "begun afresh"
