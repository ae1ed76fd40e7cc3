#!/bin/sh
# Prints every figure of both models and writes contact sheets to face_generator/.cache/sheets:
#   voice2face-service/training/evaluate.sh
# The analyser is judged on speakers that it never heard (five folds); the generator by networks that took no part in its training.
set -eu
cd "$(dirname "$0")"
export OMP_NUM_THREADS="${OMP_NUM_THREADS:-2}" OPENBLAS_NUM_THREADS="${OMP_NUM_THREADS:-2}"
./environment.sh
echo "== voice analyser"
.venv/bin/python voice_analyser/evaluate.py
mkdir -p .cache
echo "== two recordings of one speaker"
.venv/bin/python voice_analyser/sessions.py .cache/sessions.npz
echo "== face generator"
.venv/bin/python face_generator/evaluate.py
