#!/bin/sh
# Makes both models, the voice analyser and the face generator, from ../shared/data beside the repository:
#   voice2face-service/training/train.sh
# Everything it needs comes with it: a virtual environment of pinned packages, npm packages compared by their hash.
# What was computed is kept in .venv and */.cache; without them it starts from nothing.
set -eu
cd "$(dirname "$0")"
started=$(date +%s)
export OMP_NUM_THREADS="${OMP_NUM_THREADS:-2}" OPENBLAS_NUM_THREADS="${OMP_NUM_THREADS:-2}"
./environment.sh
.venv/bin/python voice_analyser/train.py
.venv/bin/python face_generator/train.py
echo "both models made in $(($(date +%s) - started)) s; processor time (shell's own, then children's: user, system):"
times
