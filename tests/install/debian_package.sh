#!/usr/bin/env bash
# The .deb: for any processor of its architecture, with the dependencies that it has, and it runs from where it is
# unpacked. (tests/install/debian_chroot.sh installs it into a fresh Debian.) Leaves it as winnow.deb.
# usage: debian_package.sh BUILD SOURCE_ROOT, in a scratch folder
set -euo pipefail
build=$1 source_root=$2

fail() {
    echo "FAILED: $*" >&2
    exit 1
}

# --- not from a build for this machine alone ---

if grep -q '^WINNOW_NATIVE:BOOL=ON' "$build/CMakeCache.txt"; then
    if (cd "$build" && cpack -B "$PWD/refused") >log 2>&1; then fail "cpack takes a build for this processor alone"; fi
    grep -q "cmake --preset package" log || { cat log; fail "cpack does not say what to do instead"; }
fi

# --- built ---

make_package() {
    cmake -S "$source_root" -B package -G Ninja -DCMAKE_BUILD_TYPE=Release -DWINNOW_TESTS=OFF -DWINNOW_NATIVE=OFF &&
        cmake --build package && rm -f package/*.deb && (cd package && cpack)
}
make_package >log 2>&1 || { cat log; fail "no package"; }
deb=$(ls package/winnow_*.deb)
cp "$deb" winnow.deb

# A VEX prefix is AVX or later; only the kernels that are chosen at run time may have it.
if [ "$(uname -m)" = x86_64 ]; then
    find package -name '*.o' ! -path '*winnow_tiles_avx*' ! -name 'fma_peak*' -print0 | xargs -0 objdump -d --no-show-raw-insn >code
    [ "$(wc -l <code)" -gt 100000 ] || fail "no code"
    if grep -m 5 -P '\tv[a-z0-9]+ ' code; then fail "instructions that not every x86-64 processor has"; fi
    rm code
    find package -name '*.o' -path '*winnow_tiles_avx*' -print0 | xargs -0 objdump -d | grep '%zmm' >/dev/null ||
        fail "no AVX-512 kernels"
fi

# --- what it says of itself ---

field() {
    dpkg-deb -f winnow.deb "$1"
}
[ "$(field Package)" = winnow ] || fail "its name is $(field Package)"
[ "$(field Architecture)" = "$(dpkg --print-architecture)" ] || fail "its architecture is $(field Architecture)"
[[ $(field Recommends) = *openmpi-bin* ]] || fail "it does not recommend mpirun"
[[ $(field Recommends) = *gnuplot-nox* ]] || fail "it does not recommend gnuplot"
field Depends | tr ',' '\n' | sed 's/ *(.*//; s/^ *//' | sort >depends
rm -rf unpacked
dpkg-deb -x winnow.deb unpacked
objdump -p unpacked/usr/bin/winnow | sed -n 's/^ *NEEDED *//p' | while read -r name; do
    path=$(ldconfig -p 2>/dev/null || /sbin/ldconfig -p)
    path=$(sed -n "s|^\t$name .*=> ||p" <<<"$path" | head -n 1)
    # What update-alternatives links belongs to no package; the packages that it may come from provide one name.
    owner=$(dpkg -S "$path" "/usr$path" 2>/dev/null | sed -n '1s/:.*//p' || true)
    echo "${owner:-libopenblas0}"
done | sort -u >owners
diff owners depends || fail "it depends on other packages (>) than its libraries are from (<)"
# All of them exist in this Debian, as apt sees it.
apt-get install --simulate "$PWD/winnow.deb" >log 2>&1 || { cat log; fail "apt could not install it"; }
grep -q '^Inst winnow ' log || { cat log; fail "apt would not install it"; }

# --- what is in it ---

for file in bin/winnow bin/winnow-launch share/doc/winnow/{copyright,changelog.gz,README.md} \
    share/man/man1/winnow{,-launch}.1.gz share/bash-completion/completions/winnow{,-launch} \
    share/winnow/search_spaces/spirals.yaml share/winnow/slurm/winnow.sbatch share/winnow/pbs/winnow.pbs \
    share/winnow/lsf/winnow.lsf; do
    [ -s "unpacked/usr/$file" ] || fail "it has no $file"
done
[ ! -e unpacked/usr/share/winnow/modulefiles ] || fail "a module for /usr"
[ -z "$(find unpacked ! -path 'unpacked/usr*' ! -name unpacked)" ] || fail "files outside /usr"
if readelf -d unpacked/usr/bin/winnow | grep -E 'RPATH|RUNPATH'; then fail "the program has a run path"; fi
if grep -rlF -e "$build" -e "$source_root" unpacked; then fail "these name the folder of the build or of the sources"; fi

# --- it runs, with the kernels of this processor ---

arithmetic() {
    "$1" version | grep ^arithmetic
}
[ "$(arithmetic unpacked/usr/bin/winnow)" = "$(arithmetic "$build/src/cli/winnow")" ] ||
    fail "its arithmetic is another one than that of a build for this processor"
sed -E 's/trials: [0-9]+/trials: 4/; s/epochs: [0-9]+/epochs: 2/' unpacked/usr/share/winnow/search_spaces/spirals.yaml >spirals.yaml
rm -f spirals.h5*
OMPI_MCA_rmaps_base_oversubscribe=1 unpacked/usr/bin/winnow-launch -n 2 spirals.yaml -o spirals.h5 >log 2>&1 ||
    { cat log; fail "winnow-launch ended with $?"; }
unpacked/usr/bin/winnow status spirals.h5 --exit-code >log || fail "the campaign is not complete"
