#!/usr/bin/env bash
# A short campaign of convolutions, pools, batch norms and a residual sum on images of three channels; an independent
# program rebuilds every stored network from the documented layout and gets the stored probabilities.
# usage: images.sh WINNOW TESTS
set -euo pipefail
export WINNOW=$1
TESTS=$2
. "$TESTS/e2e/common.sh"
rm -rf images
mkdir images
cd images
/usr/bin/python3 "$TESTS/e2e/make_images.py" images.h5
cp "$TESTS/e2e/images.yaml" .
ranks 2 run images.yaml -o results.h5 || fail "the campaign"
/usr/bin/python3 "$TESTS/e2e/rebuild_members.py" results.h5 images.h5:/train/{images,labels} images.h5:/test/{images,labels}
