#!/usr/bin/python3
"""Ranks that relay for others of their node, and die or stand still: those behind them go on by themselves, and the
campaign completes with the same table.

usage: relay_lost.py WINNOW RANK_FAULTS.so [CASE...]"""
import os
import re
import signal
import sys
import time

import faults
from faults import Launch, check

HERE = os.path.dirname(os.path.abspath(__file__))
SPACE = os.path.join(HERE, "lost.yaml")
FAULTS_SO = os.path.abspath(sys.argv.pop(2))
SHARED = faults.RECOVERY
TCP = faults.TCP
RANKS, RELAY, BEHIND = 4, 2, 3  # ranks 0 and 1 speak to rank 0 themselves
PAIRS = ("--ranks-per-relay", "2")


def undisturbed(winnow):
    faults.run_to_end(winnow, SPACE, "undisturbed.h5", ranks=2)


def relayed(winnow):
    """Nothing dies, and nothing differs."""
    faults.run_to_end(winnow, SPACE, "relayed.h5", ranks=RANKS, options=PAIRS)
    faults.judge_complete(winnow, "relayed.h5", "undisturbed.h5")
    found = {int(lease["rank"]) for lease in faults.leases("relayed.h5")}
    check(found == set(range(RANKS)), f"of {RANKS} ranks only {found} trained")


def outcomes(file, rank, since=0):
    """Of the rank's leases that ended at that time or later."""
    return [lease["outcome"].decode() for lease in faults.leases(file) if lease["rank"] == rank and lease["end"] >= since]


def lost_with(winnow, launch, file, dead, since):
    """It completes; only `dead` are lost, and the rank behind the relay has trained on."""
    launch.gone(90)
    text = launch.output()
    last = text[text.rindex("lost on the way"):] if "lost on the way" in text else ""
    for rank in range(RANKS):
        check((f"rank {rank} " in last) == (rank in dead), f"lost should be {dead}\n{text}")
    faults.judge_complete(winnow, file, "undisturbed.h5")
    if BEHIND in dead:
        return
    after = outcomes(file, BEHIND, since)
    check(after.count("lost") <= 1, f"rank {BEHIND} lost more than a result on its way: {after}\n{text}")
    check("finished" in after, f"rank {BEHIND} did nothing any more\n{text}")


def kill(winnow, mpirun, file, victims):
    with Launch(winnow, SPACE, file, RANKS, mpirun=mpirun, options=PAIRS) as launch:
        seen = faults.wait_for_rows(winnow, file, 2, launch)
        launch.wait_for("job", RELAY)
        launch.wait_for("job", BEHIND)
        since = time.time()
        for rank in victims:
            os.kill(launch.find("rank", rank)[0].pid, signal.SIGKILL)
        lost_with(winnow, launch, file, victims, since)
        faults.judge(winnow, file, seen)


def relay_killed(winnow):
    kill(winnow, SHARED, "relay.h5", [RELAY])


def relay_killed_over_tcp(winnow):
    kill(winnow, TCP, "relay_tcp.h5", [RELAY])


def behind_killed(winnow):
    kill(winnow, SHARED, "behind.h5", [BEHIND])


def both_killed(winnow):
    kill(winnow, TCP, "both.h5", [RELAY, BEHIND])


def relay_killed_again_and_again(winnow):
    """At any moment: what was on its way through it may be anything."""
    kills = 0
    for number in range(12):
        file = f"any{number}.h5"
        with Launch(winnow, SPACE, file, RANKS, mpirun=SHARED, options=PAIRS) as launch:
            launch.wait_for_text("stage coarse", 60)
            time.sleep(0.13 * number)
            relay = launch.find("rank", RELAY)
            if relay and launch.main.poll() is None:
                kills += faults.send(relay[0].pid, signal.SIGKILL)
            launch.gone(90)
            check(f"rank {BEHIND} " not in launch.output(), f"rank {BEHIND} is spoken of\n{launch.output()}")
        faults.judge_complete(winnow, file, "undisturbed.h5")
    check(kills >= 6, f"only {kills} were killed")
    return f"{kills} killed"


def relay_killed_in_mid_message(winnow):
    """The rank behind it is blind: its networks go through the relay, which dies within one of them."""
    said = []
    for frame in (2, 5):
        file = f"message{frame}.h5"
        with faults.killed_in_message(winnow, SPACE, file, RANKS, FAULTS_SO, victim=RELAY, frame=frame, blind=BEHIND,
                                      mpirun=TCP, options=PAIRS) as launch:
            launch.gone(90)
            check(f"rank {RELAY} " in launch.output(), f"nothing is said of rank {RELAY}\n{launch.output()}")
        faults.judge_complete(winnow, file, "undisturbed.h5")
        said.append(str(frame))
    return "killed at frames " + ", ".join(said)


def relay_frozen(winnow):
    """Those behind a relay that stands still are silent with it, and back with it."""
    file = "frozen.h5"
    with Launch(winnow, SPACE, file, RANKS, mpirun=SHARED, options=PAIRS) as launch:
        launch.wait_for("job", RELAY, 30)
        faults.wait_for_rows(winnow, file, 1, launch)
        relay = launch.find("rank", RELAY)[0].pid
        faults.send(relay, signal.SIGSTOP)
        launch.wait_for_text(rf"rank {RELAY}.* is lost \(silent", 20)
        faults.send(relay, signal.SIGCONT)
        launch.gone(90)
        check("is back" in launch.output(), f"rank {RELAY} did not come back\n{launch.output()}")
    faults.judge_complete(winnow, file, "undisturbed.h5")


def relay_frozen_for_long(winnow):
    """The rank behind it goes on by itself, and nothing comes of what the relay still has of it when it wakes."""
    space, file = "long.yaml", "frozen_for_long.h5"
    with open(SPACE) as short, open(space, "w") as long:
        long.write(short.read().replace("trials: 4, epochs: 70", "trials: 40, epochs: 150"))
    faults.run_to_end(winnow, space, "long.h5", ranks=2, seconds=300)
    with Launch(winnow, space, file, RANKS, mpirun=SHARED, options=PAIRS) as launch:
        launch.wait_for("job", RELAY, 30)
        launch.wait_for("job", BEHIND, 30)
        relay = launch.find("rank", RELAY)[0].pid
        faults.send(relay, signal.SIGSTOP)
        launch.wait_for_text(rf"rank {BEHIND}.* is back", 60)
        launch.wait_for("job", BEHIND, 30)
        since = time.time()
        check(f"rank {RELAY} is back" not in launch.output(), "the relay was not frozen")
        faults.send(relay, signal.SIGCONT)
        launch.gone(300)
        check(re.search(rf"rank {RELAY}.* is back", launch.output()), f"rank {RELAY} did not come back\n{launch.output()}")
    check("finished" in outcomes(file, BEHIND, since), f"rank {BEHIND} did nothing any more")
    faults.judge_complete(winnow, file, "long.h5")


def end_rank_0(winnow, file, number, seconds, **again):
    """By a signal, once there are two rows: all are gone by then, and the campaign goes on from there."""
    with Launch(winnow, SPACE, file, RANKS, mpirun=SHARED, options=PAIRS) as launch:
        seen = faults.wait_for_rows(winnow, file, 2, launch)
        os.kill(launch.wait_for("rank", 0).pid, number)
        took, text = launch.gone(seconds), launch.output()
    check(faults.state_code(winnow, file) == 75, "status --exit-code is not 75")
    faults.judge(winnow, file, seen)
    faults.run_to_end(winnow, SPACE, file, **again)
    faults.judge_complete(winnow, file, "undisturbed.h5")
    return took, text


def stopped(winnow):
    """Without a loss, and on again with other relays."""
    _, text = end_rank_0(winnow, "stopped.h5", signal.SIGUSR1, 25, ranks=5, options=("--ranks-per-relay", "3"))
    check("0 epochs are lost by the stop" in text, f"something was lost\n{text}")


def rank_0_killed(winnow):
    """Nothing is left running."""
    took, _ = end_rank_0(winnow, "rank0.h5", signal.SIGKILL, 5, ranks=RANKS, options=PAIRS)
    return f"all gone within {took:.1f} s"


if __name__ == "__main__":
    sys.exit(faults.main("relay_lost", [undisturbed, relayed, relay_killed, relay_killed_over_tcp, behind_killed, both_killed,
                                        relay_killed_in_mid_message, relay_frozen, relay_frozen_for_long, stopped, rank_0_killed,
                                        relay_killed_again_and_again]))
