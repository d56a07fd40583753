#!/bin/bash
# The structure that the folders promise, read from the include lines:
#   - an outside library's header is included in its door alone
#   - a room includes no header of a room that is listed after it
#   - no source file is longer than 600 lines
# usage: test_doors.sh ROOT | --self-test
# Prints each violation; exit 0 none, 1 some, 2 nothing to look at.
set -u
export LC_ALL=C

ROOMS=(base engine data search ensemble onnx campaign store report rank batch cli)
LONGEST=600

# A header's regular expression, the paths that may include it, and how many of them may ("-": any number).
DOORS=(
    'mpi\.h                                src/campaign/channel/channel_mpi.c               -'
    '(hdf5(_hl)?|H5[A-Za-z]*public)\.h     src/@(store/*hdf5*|data/hdf5.c)          -'
    '(cblas|lapacke|openblas[^">]*|f77blas|openblas/[^">]*)\.h  src/engine/blas.c   -'
    'libfyaml\.h                           src/campaign/config/yaml.c               -'
    'z(lib|conf)\.h                        src/data/*.c                             1'
    'xxh(ash|3)\.h                         src/base/hash.c                          -'
    'jansson[^">]*\.h                      src/base/json.h                          -'
    '(onnx\.pb-c|protobuf-c)\.h            src/onnx/model.c                         -'
    '(n?curses|term|panel)\.h              src/cli/terminal.c                       -'
)

violations=0
violation() {
    printf '%s\n' "$1"
    violations=$((violations + 1))
}

# "file:line:header" of every include under src, a path relative to ROOT.
includes() {
    grep -rnE --include='*.[ch]' '^[[:space:]]*#[[:space:]]*include[[:space:]]*[<"]' src |
        sed -E 's/^([^:]*:[0-9]*):[^<"]*[<"]([^>"]*).*/\1:\2/'
}

check_doors() {
    local door header allowed most place file found
    for door in "${DOORS[@]}"; do
        read -r header allowed most <<<"$door"
        found=()
        while IFS= read -r place; do
            file=${place%%:*}
            # shellcheck disable=SC2053  # the right side is a pattern
            if [[ $file != $allowed ]]; then
                violation "$place: only $allowed may include this"
            elif [[ " ${found[*]-} " != *" $file "* ]]; then
                found+=("$file")
            fi
        done < <(includes | grep -E ":(.*/)?$header\$")
        if [[ $most != - && ${#found[@]} -gt $most ]]; then
            violation "${found[*]}: no more than $most of these may include ${header//\\/}"
        fi
    done
}

room_index() {
    local i
    for i in "${!ROOMS[@]}"; do
        if [[ ${ROOMS[i]} == "$1" ]]; then echo "$i"; fi
    done
}

check_rooms() {
    local place file line header room own other
    while IFS=: read -r file line header; do
        place="$file:$line: $header"
        room=${file#src/}
        room=${room%%/*}
        own=$(room_index "$room")
        if [[ -z $own ]]; then
            violation "$place: $room is not among the rooms"
            continue
        fi
        if [[ $header == *..* ]]; then
            violation "$place: headers are named from src on, without .."
            continue
        fi
        other=$(room_index "${header%%/*}")
        if [[ $header == */* && -n $other && $other -gt $own ]]; then
            violation "$place: $room may not use ${header%%/*}, which comes after it"
        fi
    done < <(includes)
}

check_lengths() {
    local file lines
    while IFS= read -r file; do
        lines=$(wc -l <"$file")
        if ((lines > LONGEST)); then violation "$file: $lines lines, at most $LONGEST"; fi
    done < <(find src tests -name '*.[ch]' 2>/dev/null | sort)
}

check_tree() {
    cd "$1" 2>/dev/null || { echo "no folder $1"; exit 2; }
    if [[ -z $(includes 2>/dev/null) ]]; then
        echo "no sources under $1/src"
        exit 2
    fi
    check_doors
    check_rooms
    check_lengths
    ((violations == 0)) || exit 1
}

# --- the self-test: a sound tree passes, and each planted violation is found and named

failures=0

plant_sound_tree() {
    mkdir -p "$1"/src/{base,engine,data,search,campaign/{channel,config},store,ensemble,onnx,report,rank,batch,cli} "$1"/tests/base
    echo '#include <xxhash.h>' >"$1/src/base/hash.c"
    echo '#include <jansson.h>' >"$1/src/base/json.h"
    echo '#include "onnx.pb-c.h"' >"$1/src/onnx/model.c"
    printf '#include "base/json.h"\n#include "blas.h"\n#include <cblas.h>\n' \
        >"$1/src/engine/blas.c"
    printf '#include <zlib.h>\n/* not #include <mpi.h> */\n#include <sys/types.h>\n' >"$1/src/data/gzip.c"
    printf '#include <mpi.h>\n#include "campaign/channel.h"\n' >"$1/src/campaign/channel/channel_mpi.c"
    echo '#include <libfyaml.h>' >"$1/src/campaign/config/yaml.c"
    echo '#include <hdf5.h>' >"$1/src/store/results_hdf5.c"
    printf '#include "rank/rank.h"\n#include "base/status.h"\n' >"$1/src/cli/main.c"
    echo '#include <curses.h>' >"$1/src/cli/terminal.c"
    yes '' | head -n "$LONGEST" >"$1/src/search/space.c"
}

# expect CODE WORDS FILE TEXT: with FILE holding TEXT as well, the check ends with CODE and its words hold WORDS.
expect() {
    local tree said code
    tree=$(mktemp -d)
    plant_sound_tree "$tree"
    if [[ -n $3 ]]; then
        mkdir -p "$tree/$(dirname "$3")"
        printf '%b' "$4" >>"$tree/$3"
    fi
    said=$(bash "$SCRIPT" "$tree")
    code=$?
    rm -r "$tree"
    if [[ $code -ne $1 || $said != *"$2"* ]]; then
        echo "not as expected with '$4' in ${3:-nothing}: exit code $code, said: $said"
        failures=$((failures + 1))
    fi
}

self_test() {
    local empty
    expect 0 '' '' ''
    expect 1 'src/cli/run.c:2:mpi.h: only' src/cli/run.c '\n#include <mpi.h>\n'
    expect 1 'src/campaign/channel.c:1:mpi.h' src/campaign/channel.c '  #  include "mpi.h"\n'
    expect 0 '' src/data/hdf5.c '#include <hdf5.h>\n'
    expect 1 'src/data/csv.c:1:hdf5.h' src/data/csv.c '#include <hdf5.h>\n'
    expect 1 'src/store/journal.c:1:hdf5_hl.h' src/store/journal.c '#include <hdf5_hl.h>\n'
    expect 1 'src/store/journal.c:1:hdf5/serial/hdf5.h' src/store/journal.c '#include <hdf5/serial/hdf5.h>\n'
    expect 1 'src/engine/dense.c:1:cblas.h' src/engine/dense.c '#include <cblas.h>\n'
    expect 1 'src/engine/dense.c:1:openblas_config.h' src/engine/dense.c '#include <openblas_config.h>\n'
    expect 1 'src/campaign/config.c:1:libfyaml.h' src/campaign/config.c '#include <libfyaml.h>\n'
    expect 1 'src/report/page.c:1:zlib.h' src/report/page.c '#include <zlib.h>\n'
    expect 1 'no more than 1 of these' src/data/other.c '#include <zlib.h>\n'
    expect 1 'src/base/other.c:1:xxhash.h' src/base/other.c '#include <xxhash.h>\n'
    expect 1 'src/report/page.c:1:jansson.h' src/report/page.c '#include <jansson.h>\n'
    expect 1 'src/onnx/layers.c:1:onnx.pb-c.h' src/onnx/layers.c '#include "onnx.pb-c.h"\n'
    expect 1 'src/cli/other.c:1:protobuf-c/protobuf-c.h' src/cli/other.c '#include <protobuf-c/protobuf-c.h>\n'
    expect 1 'src/report/page.c:1:ncursesw/curses.h' src/report/page.c '#include <ncursesw/curses.h>\n'
    expect 1 'base may not use engine' src/base/other.h '#include "engine/real.h"\n'
    expect 1 'rank may not use cli' src/rank/rank.h '#include <cli/command.h>\n'
    expect 1 'engine may not use data' src/engine/ops/dense.c '#include "data/dataset.h"\n'
    expect 1 'without ..' src/data/idx.c '#include "../store/results.h"\n'
    expect 1 'extra is not among the rooms' src/extra/a.c '#include "base/status.h"\n'
    expect 1 'src/search/space.c: 601 lines' src/search/space.c '\n'
    expect 1 'tests/base/long.c: 700 lines' tests/base/long.c "$(printf '\\n%.0s' {1..700})"
    empty=$(mktemp -d)
    bash "$SCRIPT" "$empty" >/dev/null
    if [[ $? -ne 2 ]]; then
        echo "an empty tree passes"
        failures=$((failures + 1))
    fi
    rmdir "$empty"
    ((failures == 0)) || exit 1
}

SCRIPT=$(realpath "$0")
case ${1:-} in
--self-test) self_test ;;
'') echo "usage: test_doors.sh ROOT | --self-test" && exit 2 ;;
*) check_tree "$1" ;;
esac
