#!/usr/bin/env bash
# winnow bench engine: its figures hang together on a configuration and on made-up data; wrong usage is told.
# usage: test_bench_engine.sh WINNOW, in a scratch folder
set -u
winnow=$1
export OPENBLAS_NUM_THREADS=1
failures=0
rm -rf ./*

fail() {
    echo "FAILED: $*" >&2
    failures=$((failures + 1))
}

# ends CODE COMMAND...: runs it, keeps its output in out and err.
ends() {
    local wanted=$1 code=0
    shift
    "$@" >out 2>err </dev/null || code=$?
    [ "$code" = "$wanted" ] || { fail "'$*' ended with $code instead of $wanted"; cat err >&2; }
}

# so EXPRESSION: a Python expression on the object `j` in out, and its first batch size `b`, is true.
so() {
    /usr/bin/python3 -c 'import json, sys; j = json.load(open("out")); b = j["batches"][0]
sys.exit(0 if eval(sys.argv[1]) else 1)' "$1" || { fail "not so: $1"; head -n 80 out >&2; }
}

has() {
    grep -qF -- "$2" "$1" || { fail "no \"$2\" in $1"; cat "$1" >&2; }
}

ends 0 "$winnow" bench engine --network 784-256-128-10 --batch 32,100 --seconds 0.2 --json
so '[x["batch"] for x in j["batches"]] == [32, 100] and j["data"] == "made-up bytes"'
so 'j["parameters"] == 235146 and j["optimizer"] == "nesterov"'
so 'j["training_flops_per_example"] == 2 * (2 * 234752 + 34048)'
so 'abs(b["gflops"] - b["samples_per_second"] * j["training_flops_per_example"] / 1e9) < 1e-6'
so 'all(0.01 < x["peak_fraction"] < 1.05 and x["train_examples"] >= 8 * x["batch"] for x in j["batches"])'
so 'abs(sum(b["time"].values()) - 1) < 1e-9 and min(b["time"].values()) > 0'
so '[x["name"] for x in b["layers"]] == ["dense1", "relu1", "dense2", "relu2", "dense3"]'
so 'b["layers"][1]["forward_gflops"] is None and b["layers"][0]["forward_gflops"] > 0'
so '0 < b["products"]["dense"]["peak_fraction"] < 1.05'
# The layers lie within their phases; the loss is the rest of forward.
so 'sum(x["forward_share"] for x in b["layers"]) < b["time"]["forward"]'
so 'abs(sum(x["backward_share"] for x in b["layers"]) - b["time"]["backward"]) < 1e-9'

# The middle of the ranges: 32 units in the hidden layer, batches of 16; a shortcut, which has no product.
cat >space.yaml <<'Y'
name: branched
data: {format: synthetic, kind: blobs, examples: 900, validation: 100, features: 8, classes: 3}
network:
  - dense: {units: $hidden, name: a}
  - tanh: {name: b}
  - dense: $hidden
  - add: {from: [b, dense2]}
  - dense: 3
parameters:
  optimizer: {value: adam}
  learning_rate: {distribution: log_uniform_values, min: 1e-4, max: 1}
  hidden: {distribution: q_log_uniform_values, min: 16, max: 64, q: 1}
  batch_size: {values: [16, 64]}
stages: [{name: only, trials: 2, epochs: 1}]
Y
ends 0 "$winnow" bench engine space.yaml --seconds 0.2 --json
so 'j["data"] == "branched" and j["optimizer"] == "adam" and [x["batch"] for x in j["batches"]] == [16]'
so 'j["parameters"] == 8 * 32 + 32 + 32 * 32 + 32 + 32 * 3 + 3'
so 'j["forward_flops_per_example"] == 2 * (8 * 32 + 32 * 32 + 32 * 3)'
so 'b["train_examples"] <= 800 and b["epochs"] >= 5 and b["layers"][3]["forward_gflops"] is None'
[ "$(ls)" = "$(printf 'err\nout\nspace.yaml')" ] || fail "it leaves something: $(ls)"

ends 0 "$winnow" bench engine space.yaml --batch 800 --optimizer sgd --seconds 0.05
for text in "branched: 8 values, 3 classes" "sgd; one thread" "examples/s" "of the peak" "the peak: " gather \
    evaluation "layers at batch 800" add1; do
    has out "$text"
done

ends 2 "$winnow" bench engine --network 784x10
has err '"784x10" is no network'
ends 2 "$winnow" bench engine --batch 32, --seconds 0.05
has err '--batch "32,"'
ends 2 "$winnow" bench engine --optimizer nestrov
has err "must be one of sgd, momentum, nesterov"
ends 2 "$winnow" bench engine --seconds 0
ends 2 "$winnow" bench engine --network 4-2 --batch 60000 --seconds 0.05
has err "a batch of 60000 is more than the 50000 examples"
ends 2 "$winnow" bench engine space.yaml --network 8-3
has err "space.yaml has a network"
ends 2 "$winnow" bench engine missing.yaml
has err "missing.yaml"

exit $((failures > 0))
