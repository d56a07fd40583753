#!/usr/bin/env bash
# Readers of ONNX that are not ours, which Debian does not have, from PyPI into a virtual environment of the build folder:
# onnxruntime, and the checker and reference evaluator of onnx itself. Does nothing where they are there.
# usage: onnx_readers.sh REQUIREMENTS.txt FOLDER
set -euo pipefail
wanted=$1 folder=$2
if [ -x "$folder/bin/python" ] && diff -q "$wanted" <("$folder/bin/pip" freeze 2>/dev/null) >/dev/null; then exit 0; fi
rm -rf "$folder"
/usr/bin/python3 -m venv "$folder"
"$folder/bin/pip" install --disable-pip-version-check --only-binary :all: --retries 2 --timeout 20 -q -r "$wanted" || {
    rm -rf "$folder"
    echo "FAILED: onnxruntime and onnx could not be installed from PyPI, so nothing can check the ONNX models; is there a" \
        "network, or a mirror in PIP_INDEX_URL?" >&2
    exit 1
}
