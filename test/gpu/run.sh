#!/usr/bin/env bash
# Runs the GPU tests of this kit: ./run.sh OUT_FOLDER [TEST…]. Needs a CUDA driver and nvcc; python3 with PyTorch for its tests.
set -euo pipefail
kit=$(cd "$(dirname "$0")" && pwd)
out=${1:?usage: ./run.sh OUT_FOLDER [TEST...]}
shift
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
xz -dc "$kit/node.xz" >"$work/node"
chmod +x "$work/node"
mkdir -p "$out"
"$work/node" "$kit/out/node/gpu-tests.js" --kit "$kit" --work "$work" --out "$out" "$@"
