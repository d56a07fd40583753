#!/usr/bin/env bash
# The man page is sound for groff, and tells every command, option, exit code and variable that there is.
# usage: man_page.sh WINNOW PAGE SOURCE_ROOT
set -euo pipefail
winnow=$1 page=$2 source_root=$3

fail() {
    echo "FAILED: $*" >&2
    exit 1
}

groff -man -Tascii -ww -rLL=400n -P-cbou "$page" >page.txt 2>warnings
[ ! -s warnings ] || { cat warnings; fail "groff warns"; }
tr -s ' ' <page.txt >words.txt

# tells TEXT: the page does, whatever the gaps.
tells() {
    grep -qF -- "$(tr -s ' ' <<<"$1")" words.txt || fail "the page does not tell: $1"
}

# section TITLE: its lines.
section() {
    sed -n "/^$1\$/,/^[A-Z]/p" page.txt
}

for title in NAME SYNOPSIS DESCRIPTION COMMANDS "EXIT STATUS" SIGNALS ENVIRONMENT FILES EXAMPLES "SEE ALSO"; do
    grep -qx "$title" page.txt || fail "no section $title"
done

# --- what --help says of each command ---

"$winnow" --help | sed -n '/^commands:/,/^$/s/^  \([a-z]*\( [a-z]*\)\?\)  .*/\1/p' >commands
[ "$(wc -l <commands)" -ge 14 ] || fail "no commands in winnow --help"
while read -r command; do
    # shellcheck disable=SC2086
    "$winnow" $command --help >help
    grep -q "^ *winnow $command\( .*\)\?$" page.txt || fail "no heading for $command"
    sed -n '/^options:/,/^example:/p' help | grep '^  ' | grep -v 'print this and end$' >options || true
    while IFS= read -r line; do
        [[ $line =~ ^' '*((-[A-Za-z0-9], )?--[a-z-]+( [^ ]+)?)' '+(.*)$ ]] || fail "no option: $line"
        tells "${BASH_REMATCH[1]}"
        tells "${BASH_REMATCH[4]}"
    done <options
    sed -n '/^exit codes:/,$p' help | tail -n +2 >codes
    [ -s codes ] || fail "$command --help tells no exit codes"
    while IFS= read -r line; do tells "${line#  }"; done <codes
    sed -n '/^example:/,/^$/p' help | sed -n 2p >example
    tells "$(cat example)"
done <commands

# --- exit codes and variables, as the sources have them ---

for code in 0 75 2 1; do
    section "EXIT STATUS" | grep -q "^ *$code " || fail "EXIT STATUS lacks $code"
done
{
    grep -rhoE --include='*.c' '"(OMPI|PMIX|PMI|SLURM|WINNOW|OPENBLAS|PBS|LSB)_[A-Za-z_]+"' "$source_root/src" |
        grep -v WINNOW_VERSION | tr -d '"'
    grep -rhoE --include='*.c' 'getenv\("[A-Za-z_]+"' "$source_root/src" | sed 's/.*"\(.*\)"/\1/'
    grep -oE '\$\{(WINNOW|TMPDIR|OPENBLAS|SLURM)[A-Z_]*' "$source_root/scripts/launch" | sed 's/^..//'
} | sort -u >variables
[ "$(wc -l <variables)" -ge 10 ] || fail "too few variables in the sources"
section ENVIRONMENT >environment
while read -r variable; do
    grep -qw "$variable" environment || fail "ENVIRONMENT lacks $variable"
done <variables
for signal in USR1 TERM INT HUP; do
    section SIGNALS | grep -qw "$signal" || fail "SIGNALS lacks $signal"
done
for file in FILE.h5.journal FILE.h5.parts/ FILE.h5.live FILE.h5.lock FILE.h5.bak; do
    section FILES | grep -qF "$file" || fail "FILES lacks $file"
done
