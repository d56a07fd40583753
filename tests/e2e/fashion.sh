#!/usr/bin/env bash
# A short campaign on the real Fashion-MNIST; an independent program rebuilds every stored network from the documented
# layout and gets the stored probabilities and the stored test accuracy.
# usage: fashion.sh WINNOW TESTS
set -euo pipefail
export WINNOW=$1
TESTS=$2
. "$TESTS/e2e/common.sh"
rm -rf fashion
mkdir fashion
cd fashion
images=/usr/share/datasets/fashion-mnist
[ -e $images/train-images-idx3-ubyte.gz ] || fail "Debian's package dataset-fashion-mnist is not installed"
ranks 2 run "$TESTS/e2e/fashion.yaml" -o fashion.h5 || fail "the campaign"
/usr/bin/python3 "$TESTS/e2e/rebuild_members.py" fashion.h5 $images/train-images-idx3-ubyte.gz \
    $images/train-labels-idx1-ubyte.gz $images/t10k-images-idx3-ubyte.gz $images/t10k-labels-idx1-ubyte.gz
