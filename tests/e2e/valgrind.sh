#!/usr/bin/env bash
# Small campaigns under valgrind, every process of theirs: no invalid access, no use of what was never set, no lost memory.
# usage: valgrind.sh WINNOW TESTS
set -euo pipefail
export WINNOW=$1
TESTS=$2
. "$TESTS/e2e/common.sh"
command -v valgrind >/dev/null || fail "Debian's package valgrind is not installed"
"$WINNOW" version | grep -q 'arithmetic *x86-64-v4' && fail "valgrind knows no AVX-512: build with -DWINNOW_NATIVE=OFF"
rm -rf valgrind
mkdir valgrind
cd valgrind
/usr/bin/python3 "$TESTS/e2e/make_images.py" images.h5
sed -E 's/examples: 12000, test_examples: 2000/examples: 400, test_examples: 50/; s/validation: 2000/validation: 100/
        s/trials: 40, epochs: 6/trials: 6, epochs: 2/; s/trials: 16, epochs: 12/trials: 2, epochs: 2/' \
    "$TESTS/e2e/blobs.yaml" >blobs.yaml
sed -E 's/trials: 12, epochs: 3/trials: 4, epochs: 1/; s/trials: 6, epochs: 6/trials: 2, epochs: 2/' \
    "$TESTS/e2e/images.yaml" >images.yaml

for campaign in blobs images; do
    valgrind --quiet --trace-children=yes --leak-check=full --show-leak-kinds=definite \
        --errors-for-leak-kinds=definite --log-file="$campaign.%p.log" \
        "$WINNOW" run $campaign.yaml -o $campaign-results.h5 >$campaign.out 2>&1 || { cat $campaign.out; fail "$campaign"; }
    [ "$(find . -name "$campaign.*.log" | wc -l)" -gt 6 ] || fail "$campaign: the trials ran outside valgrind"
    # Without errors, --quiet says nothing.
    if [ -n "$(find . -name "$campaign.*.log" -size +0)" ]; then
        cat "$campaign".*.log
        fail "valgrind found the above in $campaign"
    fi
    "$WINNOW" top $campaign-results.h5
    "$WINNOW" status $campaign-results.h5 --json |
        /usr/bin/python3 -c 'import json, sys; t = json.load(sys.stdin)["trials"]; print(t); sys.exit(t["failed"])'
done
