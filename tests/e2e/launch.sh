#!/usr/bin/env bash
# scripts/launch ends with the campaign's own code: where it completes, is wrong, is stopped, loses rank 0 or a worker,
# and where mpirun would never end.
# usage: launch.sh WINNOW TESTS LAUNCH
export WINNOW=$1
TESTS=$2 LAUNCH=$3
. "$TESTS/e2e/common.sh"
rm -rf launch
mkdir launch
cd launch || exit
{
    cat "$TESTS/e2e/blobs.yaml"
    echo 'limits: {silence_seconds: 5}'
} >space.yaml

# begin RANKS OPTIONS...: the campaign in the background, until its first trials have rows.
begin() {
    local count=$1
    shift
    : >log
    # What a script starts in the background ignores INT, unless told otherwise.
    env --default-signal=INT "$LAUNCH" -n "$count" --oversubscribe -- space.yaml -o space.h5 "$@" >log 2>&1 &
    launch=$!
    for _ in $(seq 1000); do
        ! grep -q "trials, best" log || break
        sleep 0.02
    done
    grep -q "trials, best" log || { cat log; fail "no trial finished"; }
    mpirun=$(pgrep -P "$launch" mpirun)
    ranks=$(pgrep -P "$mpirun")
    # With the hosts of their trials.
    # shellcheck disable=SC2086
    processes=$(echo $ranks; for rank in $ranks; do pgrep -P "$rank"; done)
}

# process_of RANK: its process.
process_of() {
    for process in $ranks; do
        if tr '\0' '\n' <"/proc/$process/environ" | grep -qx "OMPI_COMM_WORLD_RANK=$1"; then echo "$process"; fi
    done
}

# ends CODE WHAT: so the script ends, with nothing left behind.
ends() {
    local code=0
    wait "$launch" || code=$?
    [ "$code" = "$1" ] || { cat log; fail "$2: it ended with $code instead of $1"; }
    for process in $mpirun $processes; do
        if [ -e "/proc/$process/exe" ]; then fail "$2: process $process is left"; fi
    done
    for left in *.exit.*; do [ ! -e "$left" ] || fail "$2: $left is left"; done
}

# same WHAT: the table of the campaign is that of the undisturbed one.
same() {
    /usr/bin/python3 "$TESTS/e2e/compare_trials.py" whole.h5 space.h5 || fail "$1: the table differs"
}

# --- without harm ---

# Beside it, what scripts have that were killed, and that still run.
touch whole.h5.exit.killed whole.h5.exit.living
exec 8<whole.h5.exit.living
flock --shared 8
"$LAUNCH" -n 2 --oversubscribe -- space.yaml -o whole.h5 >log 2>&1 || { cat log; fail "the whole campaign ended with $?"; }
[ -e whole.h5.exit.living ] || fail "the file of a script that runs is gone"
exec 8<&-
rm whole.h5.exit.living
for left in *.exit.*; do [ ! -e "$left" ] || fail "$left is left"; done
grep -q "whole.h5" log || fail "no summary"
"$LAUNCH" --help | grep -q "^usage:" || fail "no help"

# refused CODE TEXT ARGUMENTS...: so it ends, and says.
refused() {
    local wanted=$1 text=$2 code=0
    shift 2
    "$LAUNCH" "$@" >log 2>&1 || code=$?
    if [ "$code" != "$wanted" ] || ! grep -q "$text" log; then
        cat log
        fail "'$*' ended with $code instead of $wanted, or without '$text'"
    fi
}
echo 'name: [' >wrong.yaml
sed 's/features: 40/features: 41/' space.yaml >other.yaml
refused 2 "winnow: wrong.yaml:" -n 2 --oversubscribe -- wrong.yaml
refused 2 "whole.h5 holds another campaign" -n 2 --oversubscribe -- other.yaml -o whole.h5
refused 2 "unknown option --frehs" -n 2 --oversubscribe -- space.yaml -o whole.h5 --frehs
refused 2 "^usage:"
refused 1 "winnow: .*whole.h5" -n 2 --oversubscribe -- space.yaml -o whole.h5/below.h5

# --- stopped ---

for signal in USR1 TERM HUP INT; do
    rm -rf space.h5*
    begin 2
    kill "-$signal" "$launch"
    ends 75 "$signal"
    grep -q "stopped after [0-9]* of 56 trials" log || { cat log; fail "$signal: no orderly stop"; }
done

# Reading data that are long in coming.
sed 's/ examples: [0-9]*/ examples: 3000000/' space.yaml >long.yaml
"$LAUNCH" -n 2 --oversubscribe -- long.yaml -o long.h5 >log 2>&1 &
launch=$! processes=''
for _ in $(seq 1000); do
    ! grep -qs met long.h5.exit.* || break
    sleep 0.02
done
kill -USR1 "$launch"
ends 75 "USR1 while reading"
grep -q "stopped by a signal while reading synthetic data" log || { cat log; fail "it did not stop reading"; }
[ ! -e long.h5 ] || fail "a campaign was begun"

# Asked to stop before there is an mpirun.
cat >early <<W
#!/usr/bin/env bash
[ "\$1" != sample ] || kill -USR1 "\$(cat process)"
exec "$WINNOW" "\$@"
W
chmod +x early
WINNOW=$PWD/early bash -c 'echo $$ >process && exec "$@"' - "$LAUNCH" -n 2 --oversubscribe -- long.yaml -o long.h5 >log 2>&1 &
launch=$! mpirun=''
ends 75 "USR1 at once"
[ ! -e long.h5 ] || fail "a campaign was begun"

# Where there is no order to be had, a second INT ends all.
begin 2
kill -STOP "$(process_of 0)"
kill -INT "$launch"
sleep 0.1 # two that come at once are one
kill -INT "$launch"
ends 75 "two INT"

# --- ranks lost ---

begin 2
kill -KILL "$(process_of 0)"
ends 75 "rank 0 killed"

begin 3
kill -KILL "$(process_of 1)"
ends 0 "a worker killed"
same "a worker killed"

# mpirun waits for the one that never ends.
rm -rf space.h5*
begin 3
kill -STOP "$(process_of 2)"
ends 0 "a worker frozen"
same "a worker frozen"
