# Shared by the end-to-end tests: launch WINNOW on N ranks, from a scratch folder.
set -euo pipefail
export OPENBLAS_NUM_THREADS=1 OMPI_MCA_rmaps_base_oversubscribe=1 OMPI_MCA_btl_vader_single_copy_mechanism=none
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1

# ranks N ARGUMENTS...: N ranks of the program; one rank runs without mpirun, as users do.
ranks() {
    local n=$1
    shift
    if [ "$n" = 1 ]; then
        "$WINNOW" "$@"
    else
        mpirun --oversubscribe --bind-to none -n "$n" "$WINNOW" "$@"
    fi
}

fail() {
    echo "FAILED: $*" >&2
    exit 1
}

# refused CODE TEXT ARGUMENTS...: the program ends with that code and says that.
refused() {
    local wanted=$1 text=$2 code=0
    shift 2
    "$WINNOW" "$@" >refused.log 2>&1 || code=$?
    [ "$code" = "$wanted" ] || { cat refused.log; fail "$* ended with $code, not $wanted"; }
    grep -qF -- "$text" refused.log || { cat refused.log; fail "$* does not say \"$text\""; }
}
