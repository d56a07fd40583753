#!/usr/bin/env bash
# Snapshots from outside: an independent program rebuilds each of them; the same bits on one rank and three, after a kill
# between checkpoints, and joined from shards; every command knows them by trial and epoch; and what cannot be is refused.
# usage: snapshots.sh WINNOW TESTS
set -euo pipefail
export WINNOW=$1
TESTS=$2
. "$TESTS/e2e/common.sh"
rm -rf snapshots
mkdir snapshots
cd snapshots
python=/usr/bin/python3
$python "$TESTS/e2e/make_images.py" images.h5
cp "$TESTS/e2e/snapshots.yaml" space.yaml
parts=(images.h5:/train/{images,labels} images.h5:/test/{images,labels})

# run NAME RANKS SPACE ARGUMENTS...
run() {
    local name=$1 n=$2 space=$3
    shift 3
    ranks "$n" run "$space" -o "$name.h5" "$@" >"$name.log" 2>&1 || { cat "$name.log"; fail "$name: $n ranks"; }
}

# says TEXT ARGUMENTS...
says() {
    local text=$1
    shift
    "$WINNOW" "$@" >said.log 2>&1 || { cat said.log; fail "$*"; }
    grep -qF -- "$text" said.log || { cat said.log; fail "$*: does not say: $text"; }
}

# --- the same bits ---
run one 1 space.yaml
run three 3 space.yaml
# Killed while trials wait at rungs and others run, all with saved states.
states() {
    { find killed.h5.parts -name 'checkpoint-*' 2>/dev/null || true; } | wc -l
}
setsid bash -c '. "$0"; ranks 3 run space.yaml -o killed.h5' "$TESTS/e2e/common.sh" >killed.log 2>&1 &
session=$!
for _ in $(seq 1500); do
    saved=$(states)
    [ "$saved" -lt 6 ] || break
    sleep 0.02
done
[ "$saved" -ge 6 ] || { cat killed.log; fail "only $saved trials were saved"; }
pkill -KILL -s "$session" || fail "the campaign was over before it was killed"
wait || true
[ -e killed.h5.journal ] || fail "no journal is left of a killed campaign"
[ "$(states)" -gt 0 ] || fail "no trial was saved before the kill"
run killed 2 space.yaml
grep -q "going on after" killed.log || { cat killed.log; fail "the killed campaign began anew"; }
$python "$TESTS/e2e/compare_trials.py" one.h5 three.h5 killed.h5

# --- from the documented layout alone ---
$python "$TESTS/e2e/rebuild_members.py" three.h5 "${parts[@]}" >rebuilt.txt || { cat rebuilt.txt; fail "rebuilding"; }
$python - <<'END'
import math

import h5py
import numpy as np

f = h5py.File("three.h5")
trials, curves = {row["id"]: row for row in f["trials"]}, f["curves"][:]


def check(what, holds):
    if not holds:
        raise SystemExit(f"FAILED: {what}")


def rate(row, epoch, epochs):
    """By the formulas of the README; epoch from 0."""
    if epoch < row["warmup_epochs"]:
        return (epoch + 1) / row["warmup_epochs"]
    e, span = epoch - row["warmup_epochs"], epochs - row["warmup_epochs"]
    if row["lr_schedule"] == b"step":
        third = math.ceil(epochs / 3)
        return 0.5 ** (e // third)
    cycles = min(int(row["lr_cycles"]), span)
    begins = [k * span // cycles for k in range(cycles + 1)]
    k = max(k for k in range(cycles) if begins[k] <= e)
    return (1 + math.cos(math.pi * (e - begins[k]) / (begins[k + 1] - begins[k]))) / 2


snapshots = 0
for row in trials.values():
    epochs = 12 if row["stage"] == 0 else 24
    curve = curves[curves["trial"] == row["id"]]
    wanted = [row["learning_rate"] * rate(row, epoch, epochs) for epoch in range(epochs)]
    check(f"rates of trial {row['id']}", np.allclose(curve["learning_rate"], wanted[:len(curve)], rtol=1e-9, atol=0))
    if str(row["id"]) not in f["members"]:
        continue
    # Minima after the warm-up, and the last epoch that was run; the best epoch is the member itself.
    minima = {e + 1 for e in range(max(1, int(row["warmup_epochs"])), row["epochs"] - 1)
              if wanted[e] <= wanted[e - 1] and wanted[e] < wanted[e + 1]}
    minima |= {int(row["epochs"])}
    found = {int(name) for name in f[f"members/{row['id']}"].get("snapshots", {})}
    check(f"trial {row['id']}: snapshots {found}, minima {minima}", found == minima - {int(row["best_epoch"])})
    snapshots += len(found)
check(f"{snapshots} snapshots are stored", snapshots >= 10)
members, epochs = f["ensemble/members"][:], f["ensemble/epochs"][:]
check("no snapshot was chosen", any(trials[m]["best_epoch"] != e for m, e in zip(members, epochs)))
check("a network is in the ensemble twice", len(set(zip(members, epochs))) == len(members))
words = " ".join(f"{m}*{c}" if trials[m]["best_epoch"] == e else f"{m}@{e}*{c}"
                 for m, e, c in zip(members, epochs, f["ensemble/counts"][:]))
check("test_evaluations name the members", f["ensemble/test_evaluations"]["members"][-1].decode() == words)
with open("chosen.txt", "w") as out:
    m, e = next((m, e) for m, e in zip(members, epochs) if trials[m]["best_epoch"] != e)
    print(m, e, file=out)
END
read -r trial epoch <chosen.txt
name="$trial at epoch $epoch"

# --- every command by name ---
says "up to 6 of a trial's networks" check space.yaml
says "$name x" ensemble three.h5 --size 8
says "at epoch $epoch x" top three.h5 -n 30
grep -qF "$name x" three.log || { cat three.log; fail "run does not name $name"; }
says "the same bits" replay three.h5 --trial "$trial"
grep -q "stored networks\? of other epochs, the same" said.log || { cat said.log; fail "replay passes snapshots over"; }
"$WINNOW" report three.h5 -o three.html >/dev/null || fail "report"
grep -qF ">$name<" three.html || fail "the report does not name $name"
"$WINNOW" predict three.h5 --images images.h5:/test/images --trial "$trial@$epoch" -o snapshot.h5 2>/dev/null ||
    fail "predict --trial $trial@$epoch"
"$WINNOW" predict three.h5 --images images.h5:/test/images -o ensemble.h5 2>/dev/null || fail "predict"
"$WINNOW" export three.h5 --format onnx -o model --members >exported.txt || fail "export"
grep -qx "model.trial-$trial-epoch-$epoch.onnx" exported.txt || { cat exported.txt; fail "no model of $name"; }
"$WINNOW" export three.h5 --format onnx -o alone --trial "$trial@$epoch" >/dev/null || fail "export --trial"
cmp "alone.trial-$trial-epoch-$epoch.onnx" "model.trial-$trial-epoch-$epoch.onnx" || fail "two models of $name"
"$WINNOW" ensemble three.h5 --size 6 --method top --json >top.json || fail "ensemble --json"
$python - "$TESTS/e2e" "$trial" "$epoch" <<'END'
import json
import sys

sys.path.insert(0, sys.argv[1])
import h5py
import numpy as np
import rebuild_members as rebuild

f, trial, epoch = h5py.File("three.h5"), int(sys.argv[2]), int(sys.argv[3])
x = rebuild.normalise(rebuild.read_array("images.h5:/test/images"), f["data"])
found = rebuild.Member(f[f"members/{trial}/snapshots/{epoch}"]).probabilities(x)
rebuild.same_probabilities("predict", found, h5py.File("snapshot.h5")["probabilities"][:])
said = h5py.File("ensemble.h5")["probabilities"][:]
if not (said == f["ensemble/test_probabilities"][:]).all():
    raise SystemExit("FAILED: predict has other bits than the ensemble")

# The best six of all networks, once each: by accuracy, then trial, then epoch.
trials = {row["id"]: row for row in f["trials"]}
networks = {}
for name, group in f["members"].items():
    networks[int(name), int(group.attrs["epoch"])] = group
    for at, part in group.get("snapshots", {}).items():
        networks[int(name), int(at)] = part
labels = f["data/validation_labels"][:]
right = {key: (part["validation_probabilities"][:].argmax(1) == labels).sum() for key, part in networks.items()}
best = sorted(networks, key=lambda key: (-right[key], key))[:6]
chosen = json.load(open("top.json"))
if chosen["pool"] != len(networks):
    raise SystemExit(f"FAILED: a pool of {chosen['pool']}, with {len(networks)} networks stored")
members = [(m["trial"], m["epoch"]) for m in chosen["ensembles"][0]["members"]]
if members != sorted(best):
    raise SystemExit(f"FAILED: the best six are {sorted(best)}, not {members}")
mean = np.mean([networks[key]["validation_probabilities"][:].astype("f8") for key in members], axis=0)
rebuild.same_accuracy("top six", mean, labels, chosen["ensembles"][0]["val_accuracy"])
rebuild.near("top six", rebuild.mean_loss(mean, labels), chosen["ensembles"][0]["val_loss"])
print(f"{len(networks)} networks of {len(f['members'])} trials; predictions and ensembles are theirs")
END
"$WINNOW" ensemble three.h5 --size 4 --method greedy --test >tested.txt || { cat tested.txt; fail "ensemble --test"; }
refused 1 "the network of trial $trial at epoch 1 is not stored" predict three.h5 --images images.h5:/test/images \
    --trial "$trial@1"
refused 2 "must be a whole number" predict three.h5 --images images.h5:/test/images --trial "$trial@x"

# --- shards, joined ---
sed 's/, early_terminate: {.*}}/}/' space.yaml >plain.yaml
run whole 2 plain.yaml
for stage in coarse fine; do
    from=()
    [ $stage = coarse ] || from=(--from coarse.h5)
    for i in 1 2; do run "$stage$i" 1 plain.yaml --shard "$i/2" "${from[@]}"; done
    "$WINNOW" merge $stage.h5 ${stage}1.h5 ${stage}2.h5 >merge.log 2>&1 || { cat merge.log; fail "merge of $stage"; }
done
run fine 1 plain.yaml
$python "$TESTS/e2e/compare_trials.py" whole.h5 fine.h5

# --- without them ---
sed 's/, snapshots: true//' plain.yaml >without.yaml
run without 2 without.yaml
$python - <<'END'
import h5py

with_them, without = h5py.File("whole.h5"), h5py.File("without.h5")
if (with_them["trials"]["weights_hash"] != without["trials"]["weights_hash"]).any():
    raise SystemExit("FAILED: taking snapshots changes a trial")
if with_them.attrs["config_hash"] != without.attrs["config_hash"]:
    raise SystemExit("FAILED: snapshots change the configuration's hash")
if any("snapshots" in group for group in without["members"].values()):
    raise SystemExit("FAILED: snapshots that nobody asked for")
END
refused 2 "snapshots may not be turned on" run plain.yaml -o without.h5
run whole 1 without.yaml # turned off: the ensemble is chosen again, from the same networks as if there were none
$python - <<'END'
import h5py

f, without = h5py.File("whole.h5")["ensemble"], h5py.File("without.h5")["ensemble"]
for name in "members", "epochs", "counts", "test_probabilities":
    if (f[name][:] != without[name][:]).any():
        raise SystemExit(f"FAILED: with snapshots turned off, /ensemble/{name} is another")
END
echo "snapshots are what they are said to be"
