#!/usr/bin/env bash
# A Slurm cluster of one machine, for tests: its own munged, slurmctld and slurmds, as root or not, without systemd, and
# with nothing outside of its folder.
#
# usage: cluster.sh FOLDER up          starts it and prints what to put into SLURM_CONF
#        cluster.sh FOLDER down        ends it, with all jobs
#        cluster.sh FOLDER kill NODE   as if the node lost its power: its slurmd and all processes under it, KILL
#        cluster.sh FOLDER start NODE  the node comes back
#
# Partition "one" is the node that is called as this host: mpirun starts the ranks there itself. Partition "two" is the
# nodes n1 and n2, "real" is n3: mpirun reaches them through srun. n3 has the cores that there are, the others pretend to
# have 4. Set OMPI_MCA_mpi_yield_when_idle=1 for jobs, and OMPI_MCA_btl=self,tcp for those on two nodes, which share a
# memory.
set -euo pipefail
usage() {
    sed -n '5,8s/^# //p' "$0" >&2
    exit 2
}
[ $# -ge 2 ] || usage
mkdir -p "$1"
folder=$(cd "$1" && pwd)
host=$(hostname -s)
port=${CLUSTER_PORT:-17600}
export SLURM_CONF=$folder/slurm.conf PATH=$PATH:/usr/sbin

configuration() {
    cat <<CONF
ClusterName=test
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=$port
SlurmUser=$(id -un)
SlurmdUser=$(id -un)
AuthType=auth/munge
# A job that was requeued waits until its old credential has expired.
AuthInfo=socket=$folder/munge.sock,cred_expire=5
CredType=cred/munge
StateSaveLocation=$folder/state
SlurmdSpoolDir=$folder/spool-%n
TmpFS=$folder/tmp-%n
SlurmctldPidFile=$folder/slurmctld.pid
SlurmdPidFile=$folder/slurmd-%n.pid
SlurmctldLogFile=$folder/slurmctld.log
SlurmdLogFile=$folder/slurmd-%n.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
MpiDefault=none
SwitchType=switch/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SchedulerParameters=sched_interval=1,sched_min_interval=0,batch_sched_delay=0,bf_interval=1
SlurmdParameters=config_overrides
SlurmdTimeout=8
ReturnToService=2
NodeName=$host NodeAddr=127.0.0.1 Port=$((port + 1)) CPUs=4
NodeName=n1 NodeHostname=$host NodeAddr=127.0.0.1 Port=$((port + 2)) CPUs=4
NodeName=n2 NodeHostname=$host NodeAddr=127.0.0.1 Port=$((port + 3)) CPUs=4
NodeName=n3 NodeHostname=$host NodeAddr=127.0.0.1 Port=$((port + 4)) CPUs=$(nproc)
PartitionName=one Nodes=$host Default=YES MaxTime=60
PartitionName=two Nodes=n1,n2 MaxTime=60
PartitionName=real Nodes=n3 MaxTime=60
CONF
}

# waits WHAT COMMAND..: until the command succeeds, 20 seconds at most.
waits() {
    local what=$1
    shift
    for _ in $(seq 200); do
        ! "$@" >/dev/null 2>&1 || return 0
        sleep 0.1
    done
    echo "cluster: $what; see the logs in $folder" >&2
    return 1
}

is_idle() { [ "$(sinfo -h -n "$1" -N -o %T | sort -u)" = idle ]; }
is_gone() { ! kill -0 "$1"; }

# The process of a daemon, by the file in which it says so, if it lives.
process_of() {
    local process
    process=$(cat "$folder/$1.pid" 2>/dev/null) || return 0
    ! grep -qsxE 'munged|slurmctld|slurmd' "/proc/$process/comm" || echo "$process"
}

end() {
    local process
    process=$(process_of "$1")
    [ -n "$process" ] || return 0
    kill "$process"
    waits "$1 does not end" is_gone "$process" || kill -KILL "$process"
    rm -f "$folder/$1.pid"
}

# Every process that writes this node's log, its slurmd and the keepers of its jobs, and all below them.
processes_of_node() {
    local all found process parent size=-1
    found=" $(find /proc/[0-9]*/fd -lname "$folder/slurmd-$1.log" 2>/dev/null | cut -d/ -f3 | sort -u | xargs) "
    all=$(ps -e -o pid=,ppid=)
    while [ ${#found} != "$size" ]; do
        size=${#found}
        while read -r process parent; do
            if [[ $found == *" $parent "* && $found != *" $process "* ]]; then found+="$process "; fi
        done <<<"$all"
    done
    echo "$found"
}

kill_node() {
    local processes
    # shellcheck disable=SC2046
    kill -STOP $(processes_of_node "$1") 2>/dev/null || true # nothing starts while the rest is found
    processes=$(processes_of_node "$1")
    # shellcheck disable=SC2086
    kill -KILL $processes 2>/dev/null || true
    rm -f "$folder/slurmd-$1.pid"
}

up() {
    local node
    for command in munged slurmctld slurmd sbatch; do
        command -v $command >/dev/null || {
            echo "cluster: there is no $command; scripts/packages slurm installs it" >&2
            exit 1
        }
    done
    down
    rm -rf "${folder:?}"/{state,spool-*,tmp-*,*.log}
    mkdir -p "$folder/state"
    chmod 755 "$folder"
    [ -s "$folder/munge.key" ] || (umask 077 && head -c 128 /dev/urandom >"$folder/munge.key")
    configuration >"$SLURM_CONF"
    munged --key-file="$folder/munge.key" --socket="$folder/munge.sock" --pid-file="$folder/munged.pid" \
        --log-file="$folder/munged.log" --seed-file="$folder/munged.seed" --num-threads=2
    slurmctld -f "$SLURM_CONF"
    for node in "$host" n1 n2 n3; do start "$node"; done
    echo "$SLURM_CONF"
}

start() {
    mkdir -p "$folder/tmp-$1"
    slurmd -N "$1" -f "$SLURM_CONF"
    waits "node $1 does not come up" is_idle "$1"
}

down() {
    local node
    if [ -n "$(process_of slurmctld)" ]; then
        timeout 5 scancel --full --signal=KILL --user="$(id -un)" 2>/dev/null || true
        timeout 5 scancel --user="$(id -un)" 2>/dev/null || true
        end slurmctld
    fi
    for node in "$host" n1 n2 n3; do
        [ ! -e "$folder/slurmd-$node.log" ] || kill_node "$node"
    done
    end munged
}

case $2 in
up | down) "$2" ;;
kill) kill_node "${3:?which node?}" ;;
start) start "${3:?which node?}" ;;
*) usage ;;
esac
