"""Data files that are wrong, each beside a configuration that is sound."""

import gzip
import io
import struct
import zlib

import h5py
import numpy as np

from bad_case import BATCH, Case, STAGES

MANY = 0xFFFFFFFF

IDX = """data:
  format: idx
  train: {images: images, labels: labels}
  test: {images: test_images, labels: test_labels}
  validation: 4
""" + "network: [dense: 4, relu, dense: 3]\n" + STAGES + BATCH

CSV = """data:
  format: csv
  train: train.csv
  test: test.csv
  label: kind
  validation: 4
""" + "network: [dense: 4, relu, dense: 3]\n" + STAGES + BATCH


HDF5 = """data:
  format: hdf5
  train: {file: data.h5, images: /train/x, labels: /train/y}
  test: {file: data.h5, images: /test/x, labels: /test/y}
  validation: 4
""" + "network: [dense: 4, relu, dense: 3]\n" + STAGES + BATCH


def idx(kind, sizes, values):
    """An IDX file: its type, its dimensions, its bytes."""
    return struct.pack(">BBBB", 0, 0, kind, len(sizes)) + struct.pack(f">{len(sizes)}I", *sizes) + bytes(values)


def images(count, height=2, width=2):
    return idx(8, (count, height, width), [i % 251 for i in range(count * height * width)])


def labels(*values):
    return idx(8, (len(values),), values)


THREE = [0, 1, 2] * 4
SOUND_IDX = {"images": images(12), "labels": labels(*THREE), "test_images": images(3), "test_labels": labels(0, 1, 2)}


def wrong_idx(name, changed, place, right):
    return Case(name, IDX.encode(), place, right, {**SOUND_IDX, **changed})


def table(*rows, header="x,y,kind"):
    return "".join(f"{row}\n" for row in (header, *rows)).encode()


ROWS = [f"{i},{i * i},{'abc'[i % 3]}" for i in range(12)]
SOUND_CSV = {"train.csv": table(*ROWS), "test.csv": table("1,2,a", "3,4,b")}


def wrong_train(name, text, place, right):
    data = text if isinstance(text, bytes) else text.encode()
    return Case(name, CSV.encode(), place, right, {**SOUND_CSV, "train.csv": data})


def wrong_test(name, text, place, right):
    return Case(name, CSV.encode(), place, right, {**SOUND_CSV, "test.csv": text.encode()})


def gzip_bomb(piece, megabytes):
    """Gzip that expands a thousand times."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    chunk = piece * ((1 << 20) // len(piece))
    return b"".join(packer.compress(chunk) for _ in range(megabytes)) + packer.flush()


packed = gzip.compress(images(12), mtime=0)
packed_table = gzip.compress(table(*ROWS), mtime=0)
zeros = gzip_bomb(b"\0", 256)
lines = gzip_bomb(b"\n", 256)
digits = gzip_bomb(b"1", 256)
header_alone = struct.pack(">BBBBIII", 0, 0, 8, 3, 60000, 28, 28)

idx_files = [
    wrong_idx("dimensions that overflow", {"images": idx(8, (MANY, MANY, MANY), [])}, "images: byte 4: ",
              "more than any file can hold"),
    wrong_idx("four dimensions that overflow to a small product",
              {"images": idx(8, (1 << 31, 1 << 31, 4, 1), [])}, "images: byte 4: ", "more than any file can hold"),
    wrong_idx("dimensions that the file cannot hold", {"images": header_alone}, "images: byte 4: ",
              "the file can hold at most 0"),
    wrong_idx("no examples", {"images": idx(8, (0, 28, 28), [])}, "images: byte 4: ", "at least 1 is needed"),
    wrong_idx("images without width", {"images": idx(8, (12, 28, 0), [])}, "images: byte 12: ", "at least 1 is needed"),
    wrong_idx("a wrong magic", {"images": b"PK\3\4" + bytes(100)}, "images: byte 0: ", "an IDX file with 00 00"),
    wrong_idx("values of type float", {"images": idx(13, (12, 2, 2), bytes(192))}, "images: byte 2: ",
              "only 0x08 (unsigned byte) is supported"),
    wrong_idx("labels in place of images", {"images": labels(*THREE)}, "images: byte 3: ",
              "images have 3: [examples, height, width]"),
    wrong_idx("images in place of labels", {"labels": images(12)}, "labels: byte 3: ", "labels have 1: [examples]"),
    wrong_idx("an empty file", {"images": b""}, "images: byte 0: ", "images in IDX are expected"),
    wrong_idx("two bytes", {"labels": b"\0\0"}, "labels: byte 2: ", "the first 4 bytes of the IDX header"),
    wrong_idx("half a header", {"labels": b"\0\0\x08\1\0\0"}, "labels: byte 6: ", "4 bytes should follow from byte 4"),
    wrong_idx("images cut short", {"images": images(12)[:-1]}, "images: byte 4: ", "it is damaged or cut short"),
    wrong_idx("labels cut short", {"labels": labels(*THREE)[:-5]}, "labels: byte 4: ", "it is damaged or cut short"),
    wrong_idx("bytes after the images", {"images": images(12) + b"x"}, "images: byte 64: ", "promises 48 bytes"),
    wrong_idx("bytes after the labels", {"labels": labels(*THREE) + b"x"}, "labels: byte 20: ", "promises 12 bytes"),
    wrong_idx("more images than labels", {"images": images(13)}, "labels: byte 4: ", "13 training images in images"),
    wrong_idx("more labels than images", {"labels": labels(*THREE, 0)}, "labels: byte 4: ",
              "12 training images in images"),
    wrong_idx("fewer test labels than images", {"test_labels": labels(0, 1)}, "test_labels: byte 4: ",
              "3 test images in test_images"),
    wrong_idx("a training label that the network has no class for", {"labels": labels(*THREE[:-1], 9)},
              "bad.yaml:6:27: ", "must be '- dense: 10'"),
    wrong_idx("a test label out of range", {"test_labels": labels(0, 3, 2)}, "test_labels: byte 9: ",
              "the training labels go from 0 to 2"),
    wrong_idx("one class alone", {"labels": labels(*[0] * 12), "test_labels": labels(0, 0, 0)}, "labels: ",
              "at least 2 classes are needed"),
    wrong_idx("test images of another size", {"test_images": images(3, 2, 3)}, "test_images: byte 8: ",
              "the training images are 2 x 2 x 1"),
    wrong_idx("truncated gzip", {"images": packed[:-20]}, "images: byte ", "the file is cut short"),
    wrong_idx("gzip without its last byte", {"images": packed[:-1]}, "images: byte 64: ", "the file is cut short"),
    wrong_idx("gzip's header alone", {"images": packed[:10]}, "images: byte 0: ", "the file is cut short"),
    wrong_idx("corrupt gzip", {"images": packed[:10] + b"\7" + packed[11:]}, "images: byte ",
              "the gzip data is damaged here"),
    wrong_idx("a wrong checksum", {"images": packed[:-5] + b"\0" + packed[-4:]}, "images: byte 64: ",
              "the gzip data is damaged here"),
    wrong_idx("a gzip bomb behind the images", {"images": packed + zeros}, "images: byte 64: ",
              "promises 48 bytes of values and then the end"),
    wrong_idx("a gzip bomb for a header", {"images": zeros}, "images: byte 2: ", "only 0x08 (unsigned byte)"),
    wrong_idx("a missing file", {"labels": "missing"}, "labels: cannot be read: ", "No such file"),
    wrong_idx("a folder in place of a file", {"test_images": None}, "test_images: cannot be read: ",
              "it is a folder, not a regular file"),
    wrong_idx("a pipe in place of a file", {"images": "pipe"}, "images: cannot be read: ",
              "it is a device or a pipe, not a regular file"),
    Case("more validation than images", IDX.replace("validation: 4", "validation: 12").encode(), "bad.yaml:5:15: ",
         "the training file has 12", SOUND_IDX),
    Case("more selection than images", IDX.replace("validation: 4", "validation: 4\n  selection: 8").encode(),
         "bad.yaml:6:14: ", "beside the 4 that validate", SOUND_IDX),
]

tables = [
    wrong_train("NaN", table(*ROWS, "nan,1,a"), "train.csv:14:1: ", "no finite decimal number"),
    wrong_train("infinity", table(*ROWS, "1,-inf,a"), "train.csv:14:3: ", "no finite decimal number"),
    wrong_train("a hexadecimal number", table(*ROWS, "1,0x10,a"), "train.csv:14:3: ", "no finite decimal number"),
    wrong_train("1e999", table(*ROWS, "1,1e999,a"), "train.csv:14:3: ", "no finite decimal number"),
    wrong_train("1e39", table(*ROWS, "1,1e39,a"), "train.csv:14:3: ", "values go up to 3.4e38"),
    wrong_train("a word among the numbers", table(*ROWS, "1,two,a"), "train.csv:14:3: ",
                "every column but the label must hold such numbers"),
    wrong_train("a decimal comma", table(*ROWS, '"1,5",2,a'), "train.csv:14:1: ", "no finite decimal number"),
    wrong_train("a missing value", table(*ROWS, "1,,a"), "train.csv:14:3: ", "fill it in or remove the row"),
    wrong_train("a missing label", table(*ROWS, "1,2,"), "train.csv:14:5: ", "fill it in or remove the row"),
    wrong_train("a short row", table(*ROWS, "1,2"), "train.csv:14:1: ", "2 fields, the header has 3"),
    wrong_train("a long row", table(*ROWS, "1,2,a,b"), "train.csv:14:1: ", "4 fields, the header has 3"),
    wrong_train("an empty line", table(*ROWS[:2], "", *ROWS[2:]), "train.csv:4:1: ", "remove it"),
    wrong_train("no label column", table(*ROWS, header="x,y,kimd"), "train.csv:1:1: ", "did you mean 'kimd'?"),
    wrong_train("a column twice", table(*ROWS, header="x,x,kind"), "train.csv:1:3: ", "names must differ"),
    wrong_train("a column without name", table(*ROWS, header="x,,kind"), "train.csv:1:3: ", "every column needs one"),
    wrong_train("one column", table(*"abcabc", header="kind"), "train.csv:1:1: ", "separated by commas"),
    wrong_train("semicolons", table(*[row.replace(",", ";") for row in ROWS], header="x;y;kind"), "train.csv:1:1: ",
                "separated by commas"),
    wrong_train("an empty file", b"", "train.csv:1:1: ", "a header line with the names of the columns is expected"),
    wrong_train("a header alone", table(), "train.csv:1:1: ", "at least one is needed"),
    Case("one class alone", CSV.encode(), "train.csv: ", "at least 2 classes are needed",
         {"train.csv": table(*["1,2,a"] * 12), "test.csv": table("3,4,a")}),
    wrong_train("a quote that stays open", table(*ROWS, '1,2,"a'), "train.csv:14:5: ", "ends with a quote"),
    wrong_train("a quote in mid-field", table(*ROWS, '1,2,a"b"'), "train.csv:14:6: ", "put quotes around the whole"),
    wrong_train("carriage returns alone", table(*ROWS).replace(b"\n", b"\r"), "train.csv:1:9: ",
                "lines end in LF or CRLF"),
    wrong_train("a zero byte", table(*ROWS, "1,\0,a"), "train.csv:14:3: ", "a table is plain text"),
    wrong_train("UTF-16", table(*ROWS).decode().encode("utf-16-le"), "train.csv:1:2: ", "a table is plain text"),
    wrong_train("a label that is no UTF-8", table(*ROWS).replace(b",c", b",\xe9t\xe9"), "train.csv:4:5: ",
                "save the file with UTF-8"),
    wrong_train("a label of 5000 letters", table(*ROWS, "1,2," + "a" * 5000), "train.csv:14:5: ",
                "255 is the most"),
    wrong_train("truncated gzip", packed_table[:-12], "train.csv: byte ", "the file is cut short"),
    wrong_train("corrupt gzip", packed_table[:40] + b"\xff\xff\xff" + packed_table[43:], "train.csv: byte ",
                "the gzip data is damaged here"),
    wrong_train("a gzip bomb of zero bytes", zeros, "train.csv", "a table is plain text"),
    wrong_train("a gzip bomb of empty lines", lines, "train.csv", "decompress it if it is one"),
    wrong_train("a gzip bomb of one line", digits, "train.csv", "decompress it if it is one"),
    wrong_test("a label that training has not", "x,y,kind\n1,2,d\n", "test.csv:2:5: ", "its classes are: a, b, c"),
    wrong_test("columns in another order", "y,x,kind\n1,2,a\n", "test.csv:1:1: ", "in the same order"),
    wrong_test("a column less", "x,kind\n1,a\n", "test.csv:1:3: ", "both must have the same columns"),
    wrong_test("a column more", "x,y,kind,z\n1,2,a,3\n", "test.csv:1:1: ", "both must have the same"),
    wrong_test("NaN in the test table", "x,y,kind\n1,nan,a\n", "test.csv:2:3: ", "no finite decimal number"),
    wrong_test("an empty test table", "", "test.csv:1:1: ", "a header line with the names of the columns is expected"),
    Case("a missing table", CSV.encode(), "train.csv: cannot be read: ", "No such file", {}),
    Case("a missing test table", CSV.encode(), "test.csv: cannot be read: ", "No such file",
         {"train.csv": table(*ROWS)}),
    Case("a folder in place of a table", CSV.encode(), "train.csv: cannot be read: ",
         "it is a folder, not a regular file", {**SOUND_CSV, "train.csv": None}),
    Case("more validation than rows", CSV.replace("validation: 4", "validation: 100").encode(), "bad.yaml:6:15: ",
         "the training file has 12", SOUND_CSV),
    Case("validation that leaves a class nothing", CSV.replace("validation: 4", "validation: 0.9").encode(),
         "bad.yaml:6:15: ", "each of its 3 classes needs one to train on", SOUND_CSV),
    Case("selection that leaves a class nothing", CSV.replace("validation: 4", "validation: 4\n  selection: 6").encode(),
         "bad.yaml:7:14: ", "each of its 3 classes needs one to train on, which leaves 5", SOUND_CSV),
    Case("selection without a number", CSV.replace("validation: 4", "selection: a few").encode(), "bad.yaml:6:14: ",
         "selection is the word a few, but must be a number above 0", SOUND_CSV),
]

X = np.arange(48, dtype="f4").reshape(12, 2, 2)
SOUND_SETS = {"train/x": X, "train/y": THREE, "test/x": X[:3], "test/y": [0, 1, 2]}


def hdf5(sets, **options):
    """The bytes of an HDF5 file with these data sets."""
    out = io.BytesIO()
    with h5py.File(out, "w") as file:
        for name, values in sets.items():
            if isinstance(values, (h5py.ExternalLink, h5py.SoftLink)):
                file[name] = values
            elif values is not None:
                file.create_dataset(name, data=values, **options)
    return out.getvalue()


def wrong_set(name, changed, place, right):
    return Case(name, HDF5.encode(), place, right, {"data.h5": hdf5({**SOUND_SETS, **changed})})


def wrong_file(name, content, place, right):
    return Case(name, HDF5.encode(), place, right, {"data.h5": content})


def with_nan(values):
    values = values.copy()
    values[7, 0, 1] = np.nan
    return values


sound_file = hdf5(SOUND_SETS)
packed_file = hdf5(SOUND_SETS, compression="gzip")

hdf5_files = [
    wrong_file("no file", "missing", "data.h5: cannot be read: ", "No such file"),
    wrong_file("a folder", None, "data.h5: cannot be read: ", "it is a folder, not a regular file"),
    wrong_file("no HDF5", table(*ROWS), "data.h5: no readable HDF5 file: ", ""),
    wrong_file("a truncated file", sound_file[:-100], "data.h5: no readable HDF5 file: ", "truncated file"),
    wrong_file("damaged gzip data", packed_file.replace(b"\x78\x5e", b"\x79\x5f"), "data.h5: /train/", "inflate() failed"),
    wrong_set("no such data set", {"train/x": None, "train/images": X}, "data.h5: /train/x: ", "/train holds: images, y"),
    wrong_set("a group", {"train/x": None, "train/x/values": X}, "data.h5: /train/x: ", "/train/x holds: values"),
    wrong_set("an external link", {"train/x": h5py.ExternalLink("data.h5", "/test/x")}, "data.h5: /train/x: ",
              "name that file itself"),
    wrong_set("a table of columns", {"train/x": np.zeros(12, "i4,f8")}, "data.h5: /train/x: ",
              "plain numbers (or strings, for labels) are needed"),
    wrong_set("complex numbers", {"train/x": X.astype("c8")}, "data.h5: /train/x: ", "plain numbers"),
    wrong_set("one dimension", {"train/x": X[:, 0, 0]}, "data.h5: /train/x: ", "tables [examples, features]"),
    wrong_set("no examples", {"train/x": X[:0]}, "data.h5: /train/x: ", "dimension 1 is 0"),
    wrong_set("NaN", {"train/x": with_nan(X)}, "data.h5: /train/x[7, 0, 1]: ", "every value must be a finite number"),
    wrong_set("too large a number", {"train/x": X.astype("f8") * 1e38}, "data.h5: /train/x[1, 0, 0]: ", "at most 3.4e38"),
    wrong_set("one-hot labels", {"train/y": np.eye(3)[THREE].astype("i4")}, "data.h5: /train/y: ", "store the argmax of each row"),
    wrong_set("float labels", {"train/y": np.array(THREE, "f4")}, "data.h5: /train/y: ", "labels are whole numbers from 0"),
    wrong_set("a negative label", {"train/y": [*THREE[:11], -1]}, "data.h5: /train/y[11]: ", "labels go from 0"),
    wrong_set("fewer labels", {"train/y": THREE[:11]}, "data.h5: /train/y: ", "12 training images in /train/x"),
    wrong_set("a test label out of range", {"test/y": [0, 1, 3]}, "data.h5: /test/y[2]: ", "the training labels go from 0 to 2"),
    wrong_set("a test label that training has not", {"train/y": [*"abc" * 4], "test/y": [*"abd"]},
              "data.h5: /test/y[2]: ", "the classes are: a, b, c"),
    wrong_set("test images of another type", {"test/x": X[:3].astype("u1")}, "data.h5: /test/x: ", "write both alike"),
    wrong_set("test images of another size", {"test/x": X[:3, :1]}, "data.h5: /test/x: ", "the training images are 2 x 2 x 1"),
]

cases = idx_files + tables + hdf5_files
