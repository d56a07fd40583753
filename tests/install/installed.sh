#!/usr/bin/env bash
# An installation: staged, moved, and run from where it then stands, with nothing of the build but the library names.
# usage: installed.sh BUILD SOURCE_ROOT, in a scratch folder
set -euo pipefail
build=$1 source_root=$2
rm -rf installed
mkdir installed
cd installed
here=$PWD

fail() {
    echo "FAILED: $*" >&2
    exit 1
}

# has FILE TEXT
has() {
    grep -qF -- "$2" "$1" || { cat "$1" >&2; fail "no \"$2\" in $1"; }
}

DESTDIR=$here/stage cmake --install "$build" --prefix /opt/winnow >log 2>&1 || { cat log; fail "cmake --install"; }
version=$(sed -n 's/^project(winnow VERSION \([0-9.]*\).*/\1/p' "$source_root/CMakeLists.txt")
(cd stage/opt/winnow && find . -type f | LC_ALL=C sort) >files
{
    for file in bin/winnow bin/winnow-launch share/bash-completion/completions/winnow{,-launch} \
        share/doc/winnow/{LICENSE,LICENCE.joe-kuo,README.md,CHANGELOG.md} share/man/man1/winnow{,-launch}.1 \
        "share/winnow/modulefiles/winnow/$version"; do
        echo "./$file"
    done
    (cd "$source_root" && find search_spaces -type f) | sed 's|^|./share/winnow/|'
    (cd "$source_root/scripts" && find slurm pbs lsf -type f) | sed 's|^|./share/winnow/|'
} | LC_ALL=C sort >wanted
diff wanted files || fail "other files are installed"
if grep -rlF -e "$build" -e "$source_root" stage/opt/winnow/share stage/opt/winnow/bin/winnow-launch; then
    fail "these name the folder of the build or of the sources"
fi
# Debian's libraries are all where the loader looks by itself.
readelf -d stage/opt/winnow/bin/winnow >dynamic
if grep -E 'RPATH|RUNPATH' dynamic; then fail "the program has a run path"; fi

# --- moved ---

mv stage/opt/winnow moved
prefix=$here/moved
mkdir elsewhere decoy work
ln -s ../moved/bin/winnow-launch elsewhere/winnow-launch
printf '#!/bin/sh\necho "the winnow on PATH" >&2\nexit 1\n' >decoy/winnow
chmod +x decoy/winnow

# clean COMMAND..: with no variable of this shell, in the folder of a user.
clean() {
    (cd work && env -i HOME="$HOME" PATH="$here/decoy:/usr/bin:/bin" OMPI_MCA_rmaps_base_oversubscribe=1 \
        OMPI_MCA_btl_vader_single_copy_mechanism=none "$@")
}
clean "$prefix/bin/winnow" version >log
has log "winnow        $version"

# Examples find their data beside them; winnow-launch finds the program beside it, also by a link.
space=$prefix/share/winnow/search_spaces/csv_table.yaml
sed -E 's/trials: [0-9]+/trials: 4/; s/epochs: [0-9]+/epochs: 1/' "$space" >"$prefix/share/winnow/search_spaces/short.yaml"
clean "$here/elsewhere/winnow-launch" -n 2 "$prefix/share/winnow/search_spaces/short.yaml" -o short.h5 >log 2>&1 ||
    { cat log; fail "winnow-launch ended with $?"; }
clean "$prefix/bin/winnow" status short.h5 --exit-code >log
clean "$here/elsewhere/winnow-launch" --help >log
has log "usage: winnow-launch"
clean "$prefix/bin/winnow" submit "$space" --ntasks 2 --time 1:00:00 --scheduler slurm --dry-run >log
has log "$prefix/bin/winnow-launch"

# The page of the script is that of the program.
(cd moved/share/man && groff -s -man -Tutf8 man1/winnow-launch.1) >page
has page "WINNOW(1)"

# --- the module file, with each of the two that read it ---

environment_modules=$(find /usr/lib/*/modulecmd.tcl /usr/share/Modules/libexec/modulecmd.tcl 2>/dev/null | head -n 1 || true)
lmod=$(find /usr/share/lmod/*/libexec/lmod 2>/dev/null | head -n 1 || true)
[ -n "$environment_modules$lmod" ] || fail "there is neither Environment Modules nor Lmod (scripts/packages test)"
mkdir -p site/winnow
cp "moved/share/winnow/modulefiles/winnow/$version" site/winnow/

for tool in $environment_modules $lmod; do
    interpreter=()
    [ "$tool" = "$lmod" ] || interpreter=(tclsh)
    cat >module <<M
#!/usr/bin/env bash
# module MODULEPATH MANPATH-or-nothing WORDS..
export MODULEPATH=\$1
[ -z "\$2" ] || export MANPATH=\$2
shift 2
for words; do eval "\$(${interpreter[*]} $tool bash \$words)" || exit; done
echo "\$PATH \${MANPATH-none}"
M
    chmod +x module
    plain=$here/decoy:/usr/bin:/bin
    own=$prefix/share/winnow/modulefiles
    # gives WANTED MODULEPATH MANPATH WORDS..
    gives() {
        local wanted=$1 got
        shift
        got=$(clean "$here/module" "$@")
        [ "$got" = "$wanted" ] || fail "$tool: '$*' gives '$got' instead of '$wanted'"
    }
    gives "$prefix/bin:$plain none" "$own" '' "load winnow"
    gives "$prefix/bin:$plain $prefix/share/man:/a" "$own" /a "load winnow/$version"
    gives "$plain /a" "$own" /a "load winnow" "unload winnow"
    # A copy in the site's folder knows where it was installed.
    gives "/opt/winnow/bin:$plain none" "$here/site" '' "load winnow"
    clean env MODULEPATH="$own" ${interpreter[@]+"${interpreter[@]}"} "$tool" bash help winnow >log 2>&1
    has log "$prefix/share/winnow"
done
