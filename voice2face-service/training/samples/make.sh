#!/bin/sh
# Speaks the two bundled samples with flite (Debian package flite 2.2; CMU's voices slt and rms, whose licence lets
# anyone use, copy, modify and distribute them and what is made with them). 16 kHz, mono, 16 bits.
set -eu
out="$(cd "$(dirname "$0")/../../.." && pwd)/deploy/local/src/main/resources/samples"
mkdir -p "$out"
text="Good morning. I would like to know what you see when you only hear me speak. \
Perhaps it is someone who walks along the river every evening, and talks to the dogs on the way. \
Now show me the face."
speak() {
    flite -voice "$1" --setf duration_stretch="$3" -t "$text" -o "$out/$2.wav"
}
speak slt female 1.0
speak rms male 0.95
