#!/usr/bin/env bash
# The scripts for PBS and LSF do what they say, as far as that shows without them: qsub, qstat, bsub and bjobs are stand-ins
# that start the job, tell how much time it has, and put it back into the queue as LSF does. The campaign is the real one:
# stopped by the time limit that the script has worked out, submitted again until it is complete, ended by a TERM for
# good, given up where it fails.
# usage: stand_ins.sh WINNOW TESTS
export WINNOW=$1
TESTS=$2
. "$TESTS/e2e/common.sh"
rm -rf stand_ins
mkdir -p stand_ins/bin "stand_ins/my results"
cd stand_ins || exit
export PATH=$PWD/bin:$PATH HERE=$PWD OMPI_MCA_mpi_yield_when_idle=1
sed 's/examples: 12000/examples: 30000/' "$TESTS/e2e/blobs.yaml" >"it's.yaml"
ranks 2 run "it's.yaml" -o whole.h5 >log 2>&1 || { cat log; fail "the whole campaign"; }

# stand_in NAME: a program of that name, from standard input.
stand_in() {
    cat >"bin/$1"
    chmod +x "bin/$1"
}

# PBS starts a job in the home folder, without the submitting shell's standard files; -V hands the environment on.
stand_in qsub <<'S'
#!/usr/bin/env bash
echo started >>"$HERE/starts"
count=$(wc -l <"$HERE/starts")
printf '%s\n%s\n' "$(hostname)" "$(hostname)" >"$HERE/nodes"
cp "$1" "$HERE/job.$count"
export PBS_JOBID=$count.pbs PBS_O_WORKDIR=$PWD PBS_NODEFILE=$HERE/nodes
cd /
setsid bash "$HERE/job.$count" </dev/null >/dev/null 2>"$HERE/stderr" &
echo $! >"$HERE/process"
echo "$count.pbs"
S
stand_in qstat <<'S'
#!/usr/bin/env bash
printf 'Job Id: %s\n    Resource_List.ncpus = 2\n    Resource_List.walltime = 00:02:00\n    queue = x\n' "$2"
S
# LSF hands the script over on standard input and requeues it when it ends with 75.
stand_in bsub <<'S'
#!/usr/bin/env bash
cat >"$HERE/job.lsf"
printf '%s\n%s\n' "$(hostname)" "$(hostname)" >"$HERE/nodes"
export LSB_JOBID=5 LSB_DJOB_NUMPROC=2 LSB_DJOB_HOSTFILE=$HERE/nodes
{
    for _ in $(seq 40); do
        echo started >>"$HERE/starts"
        setsid bash "$HERE/job.lsf" </dev/null >/dev/null 2>"$HERE/stderr" &
        echo $! >"$HERE/process"
        wait $!
        [ $? = 75 ] || break
    done
} >/dev/null &
echo "Job <5> is submitted to default queue <normal>."
S
stand_in bjobs <<'S'
#!/usr/bin/env bash
echo "0:02 L"
S

# until_said TEXT LOG: the log says so within two minutes.
until_said() {
    for _ in $(seq 1200); do
        ! grep -q -- "$1" "$2" 2>/dev/null || return 0
        sleep 0.1
    done
    cat "$2" stderr
    fail "'$1' is not said"
}

# hand_in: the script as it stands, with an empty log.
hand_in() {
    rm -f starts
    : >"$log"
    case $scheduler in
    pbs) qsub "my results/pbs.pbs" ;;
    lsf) bsub <"my results/lsf.lsf" ;;
    esac >/dev/null
}

# submitted SPARE: a new campaign, whose jobs keep so many seconds to spare.
submitted() {
    rm -rf "my results"/*
    "$WINNOW" submit "it's.yaml" -o "my results/$scheduler.h5" --ntasks 2 --time 600 --scheduler "$scheduler" --dry-run \
        >script || fail "$scheduler: no script"
    sed "s/^spare=.*/spare=$1/" script >"my results/$scheduler.$scheduler"
    hand_in
}

# over STARTS CODE WHAT: the job ends with that code, after so many starts, and stays away.
over() {
    until_said "over with exit code" "$log"
    sleep 1
    if [ "$(wc -l <starts)" != "$1" ] || ! grep -q "over with exit code $2\$" "$log"; then
        cat "$log"
        fail "$scheduler, $3: $(wc -l <starts) starts instead of $1, or another exit code than $2"
    fi
}

# said TEXT: the log says so.
said() {
    grep -q -- "$1" "$log" || { cat "$log"; fail "$scheduler: '$1' is not said"; }
}

for scheduler in pbs lsf; do
    log="my results/$scheduler.log"

    # Told to end.
    submitted 30
    until_said "trials, best" "$log"
    kill -TERM "$(cat process)"
    if [ $scheduler = pbs ]; then over 1 75 "told to end"; else over 1 143 "told to end"; fi
    said "2 ranks on $(hostname) until"
    said "stopped after [0-9]* of 56 trials"

    # A wrong configuration does not come back, though the file holds a campaign that would go on.
    sed -i 's/seed: 99/sede: 99/' "it's.yaml"
    hand_in
    over 1 2 "refused"
    sed -i 's/sede: 99/seed: 99/' "it's.yaml"

    # Warned.
    hand_in
    until_said "trials, best" "$log"
    kill -USR1 "$(cat process)"
    over 2 0 "warned"
    said "stopped; the same winnow run goes on"
    /usr/bin/python3 "$TESTS/e2e/compare_trials.py" whole.h5 "my results/$scheduler.h5" || fail "$scheduler: another table"

    # Jobs of five seconds: of the stand-ins' two minutes all but 115 are spared.
    submitted 115
    until_said "over with exit code" "$log"
    said "over with exit code 0"
    [ "$(wc -l <starts)" -ge 2 ] || { cat "$log"; fail "$scheduler: it was over in one job"; }
    /usr/bin/python3 "$TESTS/e2e/compare_trials.py" whole.h5 "my results/$scheduler.h5" || fail "$scheduler: another table"
done
