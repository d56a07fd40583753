"""A part of Fashion-MNIST small enough that a campaign takes seconds."""
import gzip
import pathlib
import struct

FOLDER = pathlib.Path("/usr/share/datasets/fashion-mnist")
TRAIN, TEST = 2500, 10000  # images; of the former 1000 are for validation
PIXELS = 28 * 28


def write_part(folder, source, target, count):
    """The first `count` images and labels, as IDX files."""
    with gzip.open(FOLDER / f"{source}-images-idx3-ubyte.gz") as f:
        images = f.read(16 + count * PIXELS)[16:]
    with gzip.open(FOLDER / f"{source}-labels-idx1-ubyte.gz") as f:
        labels = f.read(8 + count)[8:]
    (folder / f"{target}-images").write_bytes(struct.pack(">4I", 0x803, count, 28, 28) + images)
    (folder / f"{target}-labels").write_bytes(struct.pack(">2I", 0x801, count) + labels)


def write(folder):
    write_part(folder, "train", "train", TRAIN)
    write_part(folder, "t10k", "test", TEST)
