#!/usr/bin/env bash
# `status --watch` in a terminal of 80 x 24 (tmux): while two ranks run, in other sizes, after all of them were killed,
# until the campaign is complete; every way out gives the screen back; elsewhere than on a terminal it writes lines.
# usage: watch.sh WINNOW TESTS
set -euo pipefail
export WINNOW=$1
TESTS=$2
. "$TESTS/e2e/common.sh"
rm -rf watch
mkdir watch
cd watch
cp "$TESTS/e2e/watch.yaml" space.yaml
sed "s/trials: 2000/trials: 8/" space.yaml >short.yaml
file=space.h5 # that is watched
export TMUX_TMPDIR=$PWD LC_ALL=C.UTF-8
unset TMUX
# In the tests' folder its socket's path may be too long.
tmux=(tmux -S "$(mktemp -u /tmp/winnow_watch.XXXXXX)" -f /dev/null)
ranks_pid=
processes_below() {
    local child
    for child in $(pgrep -P "$1" || true); do
        processes_below "$child"
        echo "$child"
    done
}
kill_ranks() {
    local all
    [ -n "$ranks_pid" ] || return 0
    all=$(processes_below "$ranks_pid")
    # shellcheck disable=SC2086  # a list of numbers
    kill -KILL "$ranks_pid" $all 2>/dev/null || true
    wait "$ranks_pid" 2>/dev/null || true
    ranks_pid=
}
clean() {
    kill_ranks
    "${tmux[@]}" kill-server 2>/dev/null || true
}
trap clean EXIT

screen() { "${tmux[@]}" capture-pane -p; }
text() { screen | tr '\n' ' '; } # with broken sentences joined
flag() { "${tmux[@]}" display-message -p "#{$1}"; }
show() { screen >&2; fail "$@"; }
shows() { # shows WORDS [SECONDS]: wait until they stand on the screen
    local turns=$((${2:-8} * 10))
    for ((; turns > 0; turns--)); do
        screen | grep -q -- "$1" && return 0
        sleep 0.1
    done
    show "the screen does not show \"$1\""
}
says() { # says WORDS: wait until they stand on the screen, broken over lines or not
    local turns=80
    for ((; turns > 0; turns--)); do
        ! text | grep -q -- "$1" || return 0
        sleep 0.1
    done
    show "the screen does not say \"$1\""
}
watching() { # watching [VARIABLE=VALUE ..]: the watch in the window, in place of what ran there
    "${tmux[@]}" respawn-pane -k "echo before; env $* $WINNOW status $file --watch; echo \"ended with \$?\"; exec sleep 60"
}
given_back() { # given_back CODE: the screen is as before, with the code below
    shows "ended with $1"
    [ "$(flag alternate_on) $(flag cursor_flag)" = "0 1" ] || show "the screen or its cursor is not given back"
    screen | grep -q "^before" || show "what stood there before is gone"
}
pid_of_watch() { pgrep -P "$(flag pane_pid)"; }

"${tmux[@]}" new-session -d -x 80 -y 24 "exec sleep 100"

wait_for_file() {
    for _ in $(seq 100); do
        [ ! -s "$file" ] || return 0
        sleep 0.1
    done
    fail "no $file is published"
}

# --- while it runs ---
ranks 2 run space.yaml -o space.h5 >run.log 2>&1 &
ranks_pid=$!
wait_for_file
watching
shows "^running, process [0-9]* on .*: training"
shows "^ranks    2 train"
shows "^best     val_accuracy [0-9.]* %, trial"
shows "^         .*█  [0-9.]* % to" 12
shows "^stage    coarse, 1 of 1; [0-9]* of 2000 trials: "
shows "^         \[.*\] *[0-9]* %, about .* left, .* trials/min"
shows "^  rank  host .* trial *epochs *for"
shows "^ *[01]  .* of 100 "
shows "^ *last trials  stage   status     val_accuracy  epochs"
[ "$(flag alternate_on) $(flag cursor_flag)" = "1 0" ] || show "not a screen of its own without a cursor"
screen >running.screen

# It goes on without blinking: updates are small, and nothing is wiped.
"${tmux[@]}" pipe-pane -O "cat >updates"
sleep 4.5
"${tmux[@]}" pipe-pane
screen | cmp -s - running.screen && show "it stands still"
[ "$(stat -c %s updates)" -lt 6000 ] || fail "$(stat -c %s updates) bytes are written in 4.5 seconds"
grep -qP '\x1b\[(2J|H\x1b\[J)' updates && fail "the screen is wiped to be drawn anew"
read -r _ _ _ _ _ _ _ _ _ _ _ _ _ user system _ <"/proc/$(pid_of_watch)/stat"
[ $((user + system)) -lt 30 ] || fail "watching took $((user + system)) hundredths of a second of the processor"

# Other sizes.
"${tmux[@]}" resize-window -x 60 -y 15
shows "^watched  space.h5 \{36\}q: quit$"
shows "^ *last trials "
"${tmux[@]}" resize-window -x 200 -y 60
shows "^watched  space.h5 \{176\}q: quit$"
shows "^ .* coarse  completed .* learning_rate [0-9.e-]*, hidden [0-9]*$"
"${tmux[@]}" resize-window -x 80 -y 24
shows "^watched  space.h5 \{56\}q: quit$"

# Stopped for a while, as by Ctrl-Z.
kill -TSTP "$(pid_of_watch)"
for _ in $(seq 50); do
    [ "$(flag alternate_on)" = 1 ] || break
    sleep 0.1
done
[ "$(flag alternate_on) $(flag cursor_flag)" = "0 1" ] || show "the screen is not given back by TSTP"
kill -CONT "$(pid_of_watch)"
shows "^watched  space.h5 \{56\}q: quit$"
shows "^ *last trials "

# --- killed ---
[ -e space.h5.journal ] || fail "the campaign was over before it was killed"
kill_ranks
shows "^stopped; the same winnow run goes on with it"
says "no news for [0-9.]* s; last heard of at [0-9:]*, last finished trial [0-9]*; it was killed; continue with: winnow run space.yaml -o space.h5 (last on 2 ranks)"
shows "^ranks    when last heard of: 2 train"
screen >killed.screen
"${tmux[@]}" send-keys q
given_back 0
shows "^watched: stopped; "
watching
says "it was killed"
"${tmux[@]}" send-keys C-c
given_back 0
watching LC_ALL=C
says "it was killed; continue with"
screen | LC_ALL=C grep -q '[^ -~]' && show "not ASCII alone"
kill -TERM "$(pid_of_watch)"
given_back 143
watching TERM=dumb
says "watched: stopped; .*; best "
kill -TERM "$(pid_of_watch)"

timeout 3 "$WINNOW" status space.h5 --watch </dev/null >killed.lines 2>&1 || true
grep -q "^watched: stopped; .* trials: .*continue with: winnow run" killed.lines || { cat killed.lines; fail "no line of the stop"; }
[ "$(wc -l <killed.lines)" = 1 ] || { cat killed.lines; fail "more than one line where nothing happens"; }

# --- to the end ---
file=short.h5
ranks 2 run short.yaml -o short.h5 >run.log 2>&1 &
ranks_pid=$!
wait_for_file
watching
"$WINNOW" status short.h5 --watch </dev/null >lines 2>&1 &
lines=$!
shows "^running, process"
shows "^complete; ended " 20
shows "^ensemble [0-9]* network.*: validation [0-9.]* %, test [0-9.]* %; single [0-9.]* %, [0-9.]* %$"
shows "^ *best trials  stage"
screen >complete.screen
"${tmux[@]}" send-keys q
given_back 0
shows "^watched: complete"
wait $lines || fail "the lines end with $?"
grep -q "^watched: running, process .* trials: .* %" lines || { cat lines; fail "no line of the run"; }
grep -q "^watched: complete$" lines || { cat lines; fail "no summary at the end"; }
[ "$(grep -c "^watched: " lines)" -lt 20 ] || { cat lines; fail "too many lines"; }
! LC_ALL=C grep -q $'\x1b' lines || fail "escape sequences where there is no terminal"
