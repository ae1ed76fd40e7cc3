#!/bin/sh
# ./run.sh train      trains the face generator and writes its model packs
# ./run.sh evaluate   prints the figures of the model card and writes contact sheets to .cache/sheets
# The portraits are expected in ../shared/data/portraits-cc0 beside the repository (--data DIR to change).
set -eu
cd "$(dirname "$0")"
action=$1
shift
if [ ! -x .venv/bin/python ]; then
    python3 -m venv .venv
    .venv/bin/pip install --quiet -r requirements.txt
fi
exec .venv/bin/python "$action.py" "$@"
