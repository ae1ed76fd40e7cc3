"""Writes the golden values that the Java features are tested against.

    python golden.py

Signals come from formulae that Java repeats (no file needed), and one synthesised voice of this repository.
"""

from __future__ import annotations

import json

import numpy as np
import soundfile
from python_speech_features import logfbank

import corpus
import features

OUT = corpus.REPOSITORY / "voice2face-service/src/test/resources/golden"
VOICE = OUT / "espeak-voice.wav"


def lcg_noise(count: int, seed: int = 12345) -> np.ndarray:
    """Numerical Recipes' 32-bit linear congruential generator, -1..1."""
    out = np.empty(count)
    state = seed
    for i in range(count):
        state = (1664525 * state + 1013904223) % 2**32
        out[i] = state / 2**31 - 1
    return out


def pulses(hz: float, count: int, rate: int = features.RATE) -> np.ndarray:
    """First 20 harmonics of equal strength with a slow vibrato of 3 %."""
    t = np.arange(count) / rate
    phase = 2 * np.pi * (hz * t - 0.03 * hz / (2 * np.pi * 5) * np.cos(2 * np.pi * 5 * t))
    return sum(np.sin(k * phase) for k in range(1, 21)) / 20


def signals() -> dict[str, np.ndarray]:
    n = 2 * features.RATE
    return {
        "vibrato-120": pulses(120.0, n) + 0.01 * lcg_noise(n),
        "vibrato-230": 0.3 * pulses(230.0, n) + 0.02 * lcg_noise(n) + 0.1,
        "noise": 0.2 * lcg_noise(n),
        "espeak": soundfile.read(VOICE, dtype="float64")[0],
    }


def sphinx(samples: np.ndarray) -> np.ndarray:
    """Log mel spectrum of CMU's baseline, before it is repeated: its published parameters, whole frames only."""
    mel = lambda f: 2595 * np.log10(1 + f / 700)
    edges = 700 * (10 ** (np.linspace(mel(20.0), mel(7200.0), 66) / 2595) - 1)
    bins = np.round(edges * 1024 / features.RATE)
    k = np.arange(513)[:, None]
    left, centre, right = bins[:-2], bins[1:-1], bins[2:]
    with np.errstate(divide="ignore", invalid="ignore"):
        rising = np.where(k < centre, (k - left) / (centre - left), 1.0)
        falling = np.where(k > centre, (right - k) / (right - centre), 1.0)
    bank = np.clip(np.minimum(rising, falling), 0, 1) * 2 / ((right - left) * features.RATE / 1024)
    frames = features.frames(samples * 32768, 400, 160)
    before = np.concatenate([[0.0], frames[:-1, -1]])
    emphasised = frames - 0.97 * np.column_stack([before, frames[:, :-1]])
    power = np.abs(np.fft.rfft(emphasised * np.hamming(400), 1024)) ** 2
    log = np.log(np.maximum(power @ bank, 1e-5))
    return (log - log.mean(axis=0)) / (log.std(axis=0) + np.finfo(np.float32).eps)


def main() -> None:
    vad = features.SileroVad(corpus.vad_model())
    golden = {}
    for name, x in signals().items():
        y = features.condition(x)
        probabilities = vad.probabilities([y])[0] if name == "espeak" else None
        windows = features.gate(probabilities) if probabilities is not None else np.ones(-(-len(y) // features.WINDOW), dtype=bool)
        found = features.FrameCache.of(y).features(windows)
        golden[name] = {
            "gain": float(np.abs(y).max() / np.abs(x - x.mean()).max()),
            "windows": "".join("1" if w else "0" for w in windows),
            **{k: [round(float(v), 7) for v in values] for k, values in found.items()},
        }
        if probabilities is not None:
            golden[name]["vad"] = [round(float(p), 5) for p in probabilities]
    rows = logfbank(signals()["vibrato-120"] * 32768, nfilt=40)
    chosen = {str(t): [round(float(v), 5) for v in rows[t]] for t in (0, 7, 100, len(rows) - 1)}
    golden["log-filterbank"] = {"frames": len(rows), "rows": chosen}
    # The same for weights that were trained at 48 kHz, where the FFT takes the first 512 samples of 1200.
    raised = pulses(120.0, 48_000, 48_000)
    rows = logfbank(raised * 32768, samplerate=48_000, nfilt=40)
    chosen = {str(t): [round(float(v), 5) for v in rows[t]] for t in (0, 7, 50, len(rows) - 1)}
    golden["log-filterbank-48khz"] = {"frames": len(rows), "rows": chosen}
    rows = sphinx(signals()["vibrato-120"])
    chosen = {str(t): [round(float(v), 5) for v in rows[t]] for t in (0, 1, 100, len(rows) - 1)}
    golden["sphinx-log-spectrum"] = {"frames": len(rows), "rows": chosen}
    (OUT / "features.json").write_text(json.dumps(golden, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
