#!/bin/sh
# The virtual environment of both trainings and evaluations, made once.
set -eu
cd "$(dirname "$0")"
if ! cmp -s requirements.txt .venv/made-from.txt; then
    python3 -m venv --clear .venv
    .venv/bin/pip install --quiet -r requirements.txt
    cp requirements.txt .venv/made-from.txt
fi
