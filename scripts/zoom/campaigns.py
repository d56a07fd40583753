"""Campaigns of a configuration, simulated or real."""
import json
import os
import subprocess

import h5py

import spaces

WINNOW = os.environ["WINNOW"]


def command(folder, *words):
    done = subprocess.run([WINNOW, *words], cwd=folder, capture_output=True, text=True)
    if done.returncode not in (0, 1):
        raise SystemExit(f"bench_zoom: winnow {' '.join(words)} ended with {done.returncode}:\n{done.stderr}")
    return done


def formula(folder, space, optimum, noise, campaigns):
    """Regret of each, in accuracy; where no trial finished, all of it."""
    (folder / "formula.yaml").write_text(space)
    done = command(folder, "bench", "search", "formula.yaml", "--campaigns", str(campaigns), "--optimum",
                   f"learning_rate={optimum}", "--noise", str(noise), "--json")
    if done.returncode != 0:
        raise SystemExit(f"bench_zoom: {done.stderr}")
    return [1.0 if run["regret"] is None else run["regret"] for run in json.loads(done.stdout)["runs"]]


def images(folder, seed, optimizer, plan, zoom, low, high):
    """Test accuracy of the trial that validation chose; 0 where none finished."""
    (folder / "images.yaml").write_text(spaces.images(seed, optimizer, plan, zoom, low, high))
    done = command(folder, "run", "images.yaml", "-o", "images.h5")
    try:
        if done.returncode == 1:
            return 0.0
        with h5py.File(folder / "images.h5") as f:
            return float(f["ensemble/single_test_accuracy"][()])
    finally:
        for left in folder.glob("images.h5*"):
            left.unlink()
