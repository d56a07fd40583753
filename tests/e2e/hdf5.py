#!/usr/bin/python3
"""Data in HDF5 files through whole campaigns: what IDX holds gives the same data and weights, bit for bit, from HDF5; and
networks on images of three channels, with words as labels, are rebuilt from the documented layout alone.

usage: hdf5.py WINNOW, in a scratch folder; Fashion-MNIST comes with Debian's package dataset-fashion-mnist"""
import os
import shutil
import subprocess
import sys

import h5py
import numpy as np

import rebuild_members as rebuild

FASHION = "/usr/share/datasets/fashion-mnist/"
IDX = {"train": ("train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz"),
       "test": ("t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz")}
REST = """
  validation: 10000
seed: 5
network: [dense: $hidden, relu, dense: 10]
parameters:
  hidden: {values: [16, 24]}
  learning_rate: {distribution: log_uniform_values, min: 1e-3, max: 1e-1}
stages: [{name: only, trials: 2, epochs: 1}]
"""
COLOURS = """
data:
  format: hdf5
  train: {file: colours.h5, images: /train/images, labels: /train/kinds}
  test: {file: colours.h5, images: /test/images, labels: /test/kinds}
  validation: 0.25
network: [dense: 12, relu, dense: 3]
parameters: {learning_rate: {min: 0.01, max: 0.1}, batch_size: {value: 16}}
stages: [{name: only, trials: 4, epochs: 3}]
"""
KINDS = ["crow", "gull", "jay"]  # as they are sorted


def run(winnow, name, text):
    with open(f"{name}.yaml", "w") as out:
        out.write(text)
    done = subprocess.run([winnow, "run", f"{name}.yaml", "-o", f"{name}-results.h5"], capture_output=True, text=True)
    if done.returncode != 0:
        rebuild.fail(f"{name} ends with {done.returncode}:\n{done.stderr}")
    return h5py.File(f"{name}-results.h5", "r")


def same_data_same_weights(winnow):
    paths = {part: [FASHION + file for file in files] for part, files in IDX.items()}
    with h5py.File("fashion.h5", "w") as file:
        for part, (images, labels) in paths.items():
            file.create_dataset(f"{part}/images", data=rebuild.read_idx(images), chunks=(1000, 28, 28), compression="gzip",
                                compression_opts=1, shuffle=True)
            file[f"{part}/labels"] = rebuild.read_idx(labels).astype("i8")
    idx = "data:\n  format: idx" + "".join(
        f"\n  {part}: {{images: {images}, labels: {labels}}}" for part, (images, labels) in paths.items())
    hdf5 = "data:\n  format: hdf5" + "".join(
        f"\n  {part}: {{file: fashion.h5, images: /{part}/images, labels: /{part}/labels}}" for part in paths)
    with run(winnow, "idx", idx + REST) as one, run(winnow, "hdf5", hdf5 + REST) as other:
        hashes = [file["data"].attrs["data_hash"] for file in (one, other)]
        if hashes[0] != hashes[1]:
            rebuild.fail(f"the data have the hashes {hashes}")
        weights = [file["trials"]["weights_hash"] for file in (one, other)]
        if 0 in weights[0] or not (weights[0] == weights[1]).all():
            rebuild.fail(f"the weights have the hashes {weights}")
        if one["ensemble/test_accuracy"][()] != other["ensemble/test_accuracy"][()]:
            rebuild.fail("the ensembles differ on the test set")
        print(f"{len(weights[0])} trials have the same weights from IDX and from HDF5")


def draw(random, count):
    """Images whose channels differ in scale a thousandfold, the class in the smallest of them."""
    labels = random.integers(0, 3, count)
    images = random.normal(size=(count, 5, 4, 3)) * [1000, 30, 1] + [-5000, 0, 7]
    images[:, :, :, 2] += 2 * labels[:, None, None]
    return images.astype("f4"), labels


def three_channels(winnow):
    random = np.random.default_rng(1)
    drawn = {part: draw(random, count) for part, count in (("train", 600), ("test", 200))}
    with h5py.File("colours.h5", "w") as file:
        for part, (images, labels) in drawn.items():
            file.create_dataset(f"{part}/images", data=images, dtype=">f8", chunks=True, compression="gzip")
            file[f"{part}/kinds"] = np.array([KINDS[label] for label in labels], dtype=object)
    with run(winnow, "colours", COLOURS) as file:
        data = file["data"]
        if [name.decode() for name in data["class_names"]] != KINDS:
            rebuild.fail(f"the classes are {data['class_names'][...]}")
        (images, labels), (test_images, test_labels) = drawn["train"], drawn["test"]
        index = data["validation_index"][...]
        training = np.delete(images, index, axis=0).astype("f8").reshape(-1, 3)
        for name, expected in ("mean", training.mean(axis=0)), ("deviation", training.std(axis=0)):
            if not np.allclose(data[name], expected, rtol=1e-5):
                rebuild.fail(f"{name} is {data[name][...]}, of the training part {expected}")
        if not (labels[index] == data["validation_labels"][...]).all():
            rebuild.fail("validation_labels are not those of the training part")
        members = rebuild.check_members(file, rebuild.normalise(images[index], data), labels[index])
        rebuild.check_ensemble(file, members, labels[index], rebuild.normalise(test_images, data), test_labels)
        if file["ensemble/test_accuracy"][()] < 0.95:
            rebuild.fail("three channels were not learned")


def main(winnow):
    shutil.rmtree("hdf5", ignore_errors=True)
    os.mkdir("hdf5")
    os.chdir("hdf5")
    same_data_same_weights(winnow)
    three_channels(winnow)


main(os.path.abspath(sys.argv[1]))
