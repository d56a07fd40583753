#!/usr/bin/env bash
# A short campaign of convolutions, pools, batch norms and a residual sum on images of three channels; an independent
# program rebuilds every stored network from the documented layout and gets the stored probabilities, and the README's
# own lines show the filters of the first layer.
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
mkdir results
ranks 2 run images.yaml -o results/fashion-cnn.h5 || fail "the campaign"
/usr/bin/python3 "$TESTS/e2e/rebuild_members.py" results/fashion-cnn.h5 images.h5:/train/{images,labels} \
    images.h5:/test/{images,labels}

awk '/^```python/ { piece = ""; wanted = 0 } { piece = piece $0 "\n" } /fashion-cnn.h5/ { wanted = 1 }
     /^```$/ { if (wanted) { print piece; exit } }' "$TESTS/../README.md" | grep -v '^```' >filters.py
/usr/bin/python3 filters.py | tee filters.txt
read -r count shape <filters.txt
[ "$shape" = 'filters of 3 x 5 places and 3 channels, dark to bright:' ] || fail "the README's lines show no filters"
[ "$(wc -l <filters.txt)" = $((1 + count * 4)) ] || fail "the README's lines do not show $count filters of three rows"
