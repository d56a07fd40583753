#!/usr/bin/env bash
# winnow bench dispatch: what it counts is so, whatever the time; nothing is left of it; wrong usage is told.
# usage: test_bench.sh WINNOW, in a scratch folder
set -u
winnow=$1
export OMPI_MCA_rmaps_base_oversubscribe=1 OMPI_MCA_btl_vader_single_copy_mechanism=none OPENBLAS_NUM_THREADS=1
failures=0
rm -rf ./* && mkdir results other

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

# so EXPRESSION: a Python expression on the object `j` in out is true.
so() {
    /usr/bin/python3 -c 'import json, sys; j = json.load(open("out")); sys.exit(0 if eval(sys.argv[1]) else 1)' "$1" ||
        { fail "not so: $1"; head -n 40 out >&2; }
}

# nothing_left: no journal, no folder.
nothing_left() {
    [ -z "$(find results other -mindepth 1)" ] || fail "something is left: $(find results other)"
}

root=()
[ "$(id -u)" != 0 ] || root=(--allow-run-as-root)
launch=(mpirun "${root[@]}" --oversubscribe --bind-to none -n)

# Every trial is journaled with its draw, its lease, the lease's end and its row of ten epochs.
ends 0 "$winnow" bench dispatch --trials 30 --json
so 'j["ranks"] == 1 and j["trials"] == 30 and 500 < j["journal_bytes_per_trial"] < 5000'
so '0 < j["syncs"] <= 62 and 0 < j["append_seconds"] + j["sync_seconds"] <= j["seconds"]'
so 'j["acknowledging"]["count"] == j["acknowledgement_own"]["count"] == 30'
so '0 < j["bare_append"]["count"] <= 30 and j["acknowledgement_other_ranks"]["median"] is None'
so '0 < j["acknowledging"]["median"] <= j["acknowledging"]["percentile_95"]'
so 'j["acknowledging"]["median"] <= j["acknowledgement_own"]["median"] and j["ratio"] > 0'
nothing_left

ends 0 "${launch[@]}" 3 "$winnow" bench dispatch --trials 50 --folder other --json
so 'j["ranks"] == 3 and j["trials"] == 50 and j["acknowledging"]["count"] == 50'
so 'j["acknowledgement_own"]["count"] + j["acknowledgement_other_ranks"]["count"] <= 50'
so 'j["acknowledgement_other_ranks"]["count"] > 0 and j["ratio_other_ranks"] > 0'
nothing_left

# Waiting trials take their time: four of half a second to one and a half times that, on two ranks.
ends 0 "${launch[@]}" 2 "$winnow" bench dispatch --trials 4 --trial-seconds 0.2 --json
so 'j["seconds"] > 0.2 and j["acknowledging"]["count"] == 4 and 0 < j["durability_share"] < 1'
nothing_left

ends 0 "$winnow" bench dispatch --trials 5
for text in "5 trials on 1 rank, made up" "trials a second" "coordinator, processor time a trial" " us" "ratio"; do
    grep -qF -- "$text" out || fail "no \"$text\""
done
nothing_left

# Simulated ranks: all trials are done, a stage's end and a sync cost ranks time, and more ranks more of it.
ends 0 "$winnow" bench dispatch --ranks 4,64 --trials 1000 --sync-seconds 0.002 --publish --json
so 'j["trials"] == 1000 and j["stages"] == 3 and [r["ranks"] for r in j["simulated"]] == [4, 64]'
so 'all(0.5 < r["utilisation"] <= r["utilisation_at_once"] < 1 for r in j["simulated"])'
so 'j["simulated"][1]["utilisation"] < j["simulated"][0]["utilisation"]'
so 'all(950 < r["seconds"] * r["ranks"] * r["utilisation"] < 1050 for r in j["simulated"])'
so 'all(r["messages_received"] >= 12000 and r["messages_sent"] >= 2000 for r in j["simulated"])'
so 'all(0 < r["coordinator_processor_seconds_per_trial"] < 0.01 and r["syncs"] > 0 for r in j["simulated"])'
so 'all(r["journal_bytes"] > 500000 and r["results_bytes"] > 10000 and r["memory_bytes"] > 0 for r in j["simulated"])'
so 'all(r["ranks_per_relay"] == 0 for r in j["simulated"])'
so 'all(r["channel_received"] == r["messages_received"] for r in j["simulated"])'
nothing_left

# Relays, which large jobs have unless told otherwise, spare rank 0 messages; none is for more than a node.
ends 0 "$winnow" bench dispatch --ranks 1000,1024 --trials 3000 --sync-seconds 0.002 --json
so '[r["ranks_per_relay"] for r in j["simulated"]] == [0, 64]'
so 'j["simulated"][1]["messages_received"] < j["simulated"][0]["messages_received"] / 2'
so 'j["simulated"][1]["channel_received"] < j["simulated"][1]["messages_received"]'
so 'j["simulated"][1]["channel_sent"] < j["simulated"][1]["messages_sent"]'
ends 0 "$winnow" bench dispatch --ranks 1024 --ranks-per-relay 0 --trials 3000 --sync-seconds 0.002 --json
so 'j["simulated"][0]["ranks_per_relay"] == 0'
so 'j["simulated"][0]["channel_sent"] == j["simulated"][0]["messages_sent"]'
ends 0 "$winnow" bench dispatch --ranks 200 --ranks-per-relay 1000 --trials 1000 --json
so 'j["simulated"][0]["ranks_per_relay"] == 64'
so 'j["simulated"][0]["channel_received"] < j["simulated"][0]["messages_received"]'
ends 0 "$winnow" bench dispatch --ranks 200 --ranks-per-relay 8 --trials 1000
grep -qE "^ *ranks +per relay" out || fail "no column of relays"
grep -qE "^ *200 +8 " out || fail "the column of relays does not tell"
nothing_left

ends 0 "$winnow" bench dispatch --ranks 8 --trials 40 --trial-seconds 10 --stages 1 --spread 0
grep -qF "40 trials of 10 s (+-0 %) in 1 stage on simulated ranks" out || fail "it does not say what it did"
nothing_left

# A signal ends it, and its folder goes.
for simulated in "" "--ranks 4096"; do
    # shellcheck disable=SC2086 # no word or two
    "$winnow" bench dispatch --trials 1000000 --trial-seconds 60 $simulated >out 2>err &
    bench=$!
    for _ in $(seq 500); do
        [ -z "$(ls results)" ] || break
        sleep 0.02
    done
    [ -n "$(ls results)" ] || fail "it never began"
    kill -TERM $bench
    code=0
    wait $bench || code=$?
    if [ $code != 1 ] || ! grep -q "ended by a signal" err; then fail "it does not end in order"; fi
    nothing_left
done

ends 2 "$winnow" bench
ends 2 "$winnow" bench nonsense
grep -q "dispatch or engine or search" err || fail "no way out of nonsense"
ends 2 "$winnow" bench dispatch --trials 0
ends 2 "$winnow" bench dispatch --trial-seconds nan
ends 2 "$winnow" bench dispatch --trial-seconds 1x
ends 2 "$winnow" bench dispatch --ranks 0
ends 2 "$winnow" bench dispatch --ranks 4,,5
ends 2 "$winnow" bench dispatch --ranks 4 --trial-seconds 0
ends 2 "$winnow" bench dispatch --ranks 4 --spread 1.5
ends 2 "$winnow" bench dispatch --stages 2
grep -q -- "--stages is for simulated ranks" err || fail "it is not told what --stages is for"
ends 2 "$winnow" bench dispatch --ranks 4 --ranks-per-relay -1
ends 2 "$winnow" bench dispatch --ranks 4 --ranks-per-relay 1.5
ends 2 "$winnow" bench dispatch --ranks-per-relay 64
grep -q -- "--ranks-per-relay is for simulated ranks" err || fail "it is not told what --ranks-per-relay is for"
ends 2 "${launch[@]}" 2 "$winnow" bench dispatch --ranks 4
ends 1 "$winnow" bench dispatch --folder missing
grep -q "missing" err || fail "the folder is not named"
ends 1 "${launch[@]}" 2 "$winnow" bench dispatch --folder missing
[ "$(grep -c "^winnow: cannot make a folder" err)" = 1 ] || fail "not rank 0 alone speaks of the folder"

exit $((failures > 0))
