#!/usr/bin/env bash
# What a Tab after these words offers, through the function that `complete` has registered.
# usage: completion.sh WINNOW COMPLETION
set -euo pipefail
winnow=$1
rm -rf completion
mkdir -p completion/folder completion/other.yaml.d
cd completion
touch a.yaml 'b c.yml' results.h5 results.h5.journal table.csv image-ubyte.gz folder/deep.yaml
. "$2"
compopt() { :; } # bash refuses it where nobody presses Tab

fail() {
    echo "FAILED: $*" >&2
    exit 1
}

# offered WORDS..: for the last of the words, as bash splits a line, in order.
offered() {
    local registered
    registered=$(complete -p "${1##*/}")
    [[ $registered =~ -F\ ([^ ]+) ]] || fail "no function in: $registered"
    COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMP_LINE="$*" COMP_POINT=${#COMP_LINE} COMPREPLY=()
    set +e # as where somebody presses Tab
    "${BASH_REMATCH[1]}" "$1" "${!#}" "${COMP_WORDS[COMP_CWORD - 1]}"
    set -e
    # shellcheck disable=SC2034
    offers=$(printf '%s|' "${COMPREPLY[@]+"${COMPREPLY[@]}"}" | tr '|' '\n' | LC_ALL=C sort | sed '/^$/d' | paste -sd '|')
}

# expect OFFERS WORDS..
expect() {
    local wanted=$1
    shift
    offered "$@"
    [ "$offers" = "$wanted" ] || fail "'$*' offers '$offers' instead of '$wanted'"
}

expect "run" winnow ru
expect "sample|status|submit" winnow s
expect "bench" winnow b
expect "dispatch|engine|search" winnow bench ''
expect "engine" winnow bench e
expect "sample|status|submit" winnow help s
expect "dispatch|engine|search" winnow help bench ''
expect "" winnow help run ''
expect "" winnow nonsense ''
expect "--help" winnow --h
expect "run" /opt/winnow/bin/winnow ru

yaml="a.yaml|b c.yml|folder|other.yaml.d"
expect "$yaml" winnow run ''
expect "a.yaml" winnow run a
expect "folder/deep.yaml" winnow check folder/
expect "folder|other.yaml.d|results.h5" winnow status ''
expect "results.h5" winnow merge new.h5 res
expect "$yaml" winnow bench engine ''
expect "--json" winnow version --j
expect "--help|--json|-h" winnow version ''

# Values of options, in the next word or after a "=".
expect "--exit-code" winnow status --e
expect "folder|other.yaml.d|results.h5" winnow run a.yaml --output ''
expect "folder|other.yaml.d|results.h5" winnow run a.yaml -o ''
expect "folder|other.yaml.d|results.h5" winnow run a.yaml --output =
expect "results.h5" winnow run a.yaml --output = res
expect "$yaml" winnow replay results.h5 --space ''
expect "folder|other.yaml.d" winnow bench dispatch --folder ''
expect "folder|other.yaml.d|table.csv" winnow predict results.h5 --table ''
expect "image-ubyte.gz" winnow predict results.h5 --images im
expect "" winnow run --time-limit ''
expect "--threads-per-trial|--time-limit" winnow run --t

expect "$yaml" winnow-launch ''
expect "" winnow-launch -n ''
expect "$yaml" winnow-launch -n 4 ''
expect "--fresh|--from" winnow-launch a.yaml --f

# Every option of every command, as --help tells them.
"$winnow" --help | sed -n '/^commands:/,/^$/s/^  \([a-z]*\( [a-z]*\)\?\)  .*/\1/p' >commands
[ "$(wc -l <commands)" -ge 14 ] || fail "no commands in winnow --help"
while read -r command; do
    read -r -a words <<<"$command"
    offered winnow "${words[0]}"
    grep -qxF "${words[0]}" <<<"${offers//|/$'\n'}" || fail "$command is not offered"
    told=$("$winnow" "${words[@]}" --help | grep -oE '^  (-[A-Za-z], |    )--[a-z-]+' | tr -d ', ' | sed 's/^\(-[A-Za-z]\)-/\1\n-/' |
        LC_ALL=C sort | paste -sd '|')
    expect "$told" winnow "${words[@]}" -
done <commands
