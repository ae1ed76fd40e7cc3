"""Reference implementation of the voice features, independent of the Java one.

Everything works on 16 kHz mono float samples. The Java implementation is tested against values that
`golden.py` computes with this file, so every constant here is part of the model's contract.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnxruntime as ort
import scipy.fft

RATE = 16_000
WINDOW = 512  # samples per voice activity decision (32 ms)
CONTEXT = 64

TARGET_RMS = 0.08  # about -22 dBFS for the loud frames
MAX_GAIN = 100.0
SILENCE_RMS = 1e-4

MEL_FIRST, MEL_COUNT = 3, 85
LT_WIN, LT_FFT, LT_HOP = 1486, 2048, 372
MF_WIN, MF_FFT, MF_HOP, MF_BANDS, MF_COEFS = 400, 512, 160, 40, 19
YIN_WIN, YIN_HOP, YIN_MIN, YIN_MAX = 640, 160, 40, 266
YIN_FRAME = YIN_WIN + YIN_MAX + 1


def hann(n: int) -> np.ndarray:
    return 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(n) / n)


def frames(x: np.ndarray, length: int, hop: int) -> np.ndarray:
    """Frames that lie wholly inside the signal, [T, length]; none if it is too short."""
    if len(x) < length:
        return np.empty((0, length))
    return np.lib.stride_tricks.sliding_window_view(x, length)[::hop]


def percentile(v: np.ndarray, q: float) -> float:
    return float(np.percentile(v, q))  # linear interpolation


def condition(x: np.ndarray) -> np.ndarray:
    """Mean removed; scaled so that the 95th percentile of the RMS of 30 ms frames is -22 dBFS."""
    x = np.asarray(x, dtype=np.float64)
    x = x - x.mean()
    f = frames(x, 480, 480)
    if not len(f):
        return x
    rms = percentile(np.sqrt((f**2).mean(axis=1)), 95)
    if rms < SILENCE_RMS:
        return x
    return x * min(MAX_GAIN, TARGET_RMS / rms)


class SileroVad:
    """Silero VAD v5. One probability per 512 samples, the last window padded with zeros."""

    ON, OFF = 0.5, 0.35
    FILL, DROP = 4, 3  # gaps shorter than 4 windows are filled, runs shorter than 3 are dropped

    def __init__(self, model: Path):
        opts = ort.SessionOptions()
        opts.intra_op_num_threads = 1
        opts.inter_op_num_threads = 1
        self.session = ort.InferenceSession(str(model), opts, providers=["CPUExecutionProvider"])

    def probabilities(self, recordings: list[np.ndarray]) -> list[np.ndarray]:
        """Of several recordings at once: the network is so small that most of a call is the calling."""
        counts = [-(-len(x) // WINDOW) for x in recordings]
        padded = np.zeros((len(recordings), CONTEXT + max(counts) * WINDOW), dtype=np.float32)
        for row, x in zip(padded, recordings):
            row[CONTEXT : CONTEXT + len(x)] = x
        state = np.zeros((2, len(recordings), 128), dtype=np.float32)
        rate = np.array(RATE, dtype=np.int64)
        out = np.empty((len(recordings), max(counts)))
        for i in range(max(counts)):
            chunk = padded[:, i * WINDOW : i * WINDOW + WINDOW + CONTEXT]
            p, state = self.session.run(None, {"input": chunk, "state": state, "sr": rate})
            out[:, i] = p[:, 0]
        return [p[:count] for p, count in zip(out, counts)]

    def speech(self, x: np.ndarray) -> np.ndarray:
        """One boolean per 512-sample window."""
        return gate(self.probabilities([x])[0])

    def speech_of(self, recordings: list[np.ndarray]) -> list[np.ndarray]:
        return [gate(p) for p in self.probabilities(recordings)]


def gate(p: np.ndarray) -> np.ndarray:
    mask = np.zeros(len(p), dtype=bool)
    on = False
    for i, v in enumerate(p):
        on = v >= (SileroVad.OFF if on else SileroVad.ON)
        mask[i] = on
    mask = _replace_short_runs(mask, False, SileroVad.FILL, inner=True)
    return _replace_short_runs(mask, True, SileroVad.DROP, inner=False)


def _replace_short_runs(mask: np.ndarray, value: bool, shorter_than: int, inner: bool) -> np.ndarray:
    out = mask.copy()
    i = 0
    while i < len(mask):
        j = i
        while j < len(mask) and mask[j] == mask[i]:
            j += 1
        at_edge = i == 0 or j == len(mask)
        if mask[i] == value and j - i < shorter_than and not (inner and at_edge):
            out[i:j] = not value
        i = j
    return out


def slaney_filters() -> np.ndarray:
    """85 area-normalised Slaney mel filters (bands 3..87 of 128 over 0..11025 Hz) on the 16 kHz bins."""

    def to_mel(f):
        return f / (200 / 3) if f < 1000 else 15 + np.log(f / 1000) * 27 / np.log(6.4)

    def to_hz(m):
        return m * 200 / 3 if m < 15 else 1000 * np.exp((m - 15) * np.log(6.4) / 27)

    edges = np.array([to_hz(m) for m in np.linspace(0, to_mel(11025.0), 130)])
    bins = np.arange(LT_FFT // 2 + 1) * RATE / LT_FFT
    bank = np.zeros((MEL_COUNT, len(bins)))
    for b in range(MEL_COUNT):
        lo, mid, hi = edges[MEL_FIRST + b : MEL_FIRST + b + 3]
        bank[b] = np.clip(np.minimum((bins - lo) / (mid - lo), (hi - bins) / (hi - mid)), 0, None)
        bank[b] *= 2 / (hi - lo)
    return bank


def htk_filters() -> np.ndarray:
    """40 triangles with peak 1, equally spaced on the HTK mel scale over 80..7600 Hz, linear in Hz."""
    to_mel = lambda f: 2595 * np.log10(1 + f / 700)
    edges = 700 * (10 ** (np.linspace(to_mel(80.0), to_mel(7600.0), MF_BANDS + 2) / 2595) - 1)
    bins = np.arange(MF_FFT // 2 + 1) * RATE / MF_FFT
    bank = np.zeros((MF_BANDS, len(bins)))
    for b in range(MF_BANDS):
        lo, mid, hi = edges[b : b + 3]
        bank[b] = np.clip(np.minimum((bins - lo) / (mid - lo), (hi - bins) / (hi - mid)), 0, None)
    return bank


def dct_matrix() -> np.ndarray:
    k = np.arange(1, MF_COEFS + 1)[:, None]
    n = np.arange(MF_BANDS)[None]
    return np.sqrt(2 / MF_BANDS) * np.cos(np.pi * k * (2 * n + 1) / (2 * MF_BANDS))


SLANEY = slaney_filters()
HTK = htk_filters()
DCT = dct_matrix()


def mel_shape(power: np.ndarray) -> np.ndarray:
    """Mean band powers [85] -> level-free log shape [85]."""
    p = power / np.maximum(power.mean(axis=-1, keepdims=True), 1e-30)
    l = np.log(p + 1e-5)
    return l - l.mean(axis=-1, keepdims=True)


@dataclass
class FrameCache:
    """Frame-level quantities of one recording, from which features of any set of windows follow."""

    long_term: np.ndarray  # [T, 85] band powers
    bands: np.ndarray  # [T, 40] band powers
    yin: np.ndarray  # [T, 268] cumulative-mean-normalised difference, index = lag
    energy: np.ndarray  # [T] sum of squares of the 640-sample window

    @staticmethod
    def of(x: np.ndarray, dtype=np.float64) -> "FrameCache":
        lt = np.abs(scipy.fft.rfft(frames(x, LT_WIN, LT_HOP) * hann(LT_WIN), LT_FFT, axis=1)) ** 2 @ SLANEY.T
        mf = np.abs(scipy.fft.rfft(frames(x, MF_WIN, MF_HOP) * hann(MF_WIN), MF_FFT, axis=1)) ** 2 @ HTK.T
        f = frames(x, YIN_FRAME, YIN_HOP)
        head = f[:, :YIN_WIN]
        # d(tau) = sum_j (x_j - x_{j+tau})^2 = e(0) + e(tau) - 2 r(tau)
        squares = np.cumsum(np.pad(f**2, ((0, 0), (1, 0))), axis=1)
        lags = np.arange(YIN_MAX + 2)
        e = squares[:, YIN_WIN : YIN_WIN + len(lags)] - squares[:, : len(lags)]
        spectrum = np.conj(scipy.fft.rfft(head, 2048, axis=1)) * scipy.fft.rfft(f, 2048, axis=1)
        r = scipy.fft.irfft(spectrum, 2048, axis=1)[:, : YIN_MAX + 2]
        d = np.maximum(e[:, :1] + e - 2 * r, 0)
        d[:, 0] = 0
        norm = np.ones_like(d)
        norm[:, 1:] = d[:, 1:] * lags[1:] / np.maximum(np.cumsum(d[:, 1:], axis=1), 1e-20)
        return FrameCache(lt.astype(dtype), mf.astype(dtype), norm.astype(dtype), e[:, 0])

    def features(self, windows: np.ndarray) -> dict[str, np.ndarray]:
        """`windows`: one boolean per 512 samples. A frame counts if its centre lies in a true window."""
        lt = self.long_term[self._inside(len(self.long_term), LT_HOP, LT_WIN // 2, windows)]
        mf_in = self._inside(len(self.bands), MF_HOP, MF_WIN // 2, windows)
        yin_in = self._inside(len(self.yin), YIN_HOP, YIN_FRAME // 2, windows)
        return {
            "mel": mel_shape(lt.mean(axis=0)),
            "mfcc": self._mfcc(mf_in),
            "f0": self._f0(yin_in)[0],
        }

    @staticmethod
    def _inside(count: int, hop: int, centre: int, windows: np.ndarray) -> np.ndarray:
        w = (np.arange(count) * hop + centre) // WINDOW
        return windows[np.minimum(w, len(windows) - 1)]

    def _mfcc(self, inside: np.ndarray) -> np.ndarray:
        s = self.bands.astype(np.float64)
        g = np.exp(np.log(s[inside].sum(axis=1) + 1e-20).mean())
        c = np.log(s + 1e-4 * g / MF_BANDS + 1e-20) @ DCT.T
        pair = inside[2:] & inside[:-2]
        delta = (c[2:] - c[:-2])[pair]
        return np.concatenate([c[inside].mean(axis=0), c[inside].std(axis=0), delta.std(axis=0)])

    def _f0(self, inside: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """(log2(median/165), log2(p90/p10), voiced fraction), and the track; zeros if hardly voiced."""
        d = self.yin[inside].astype(np.float64)
        level = self.energy[inside]
        if not len(d):
            return np.zeros(3), np.empty(0)
        loud = level >= percentile(level, 95) * 10 ** (-2.5)
        d = d[loud]
        first = _pick(d, YIN_MIN, YIN_MAX)
        if len(first) < 5:
            return np.zeros(3), np.empty(0)
        median = np.median(first)
        lo = max(YIN_MIN, int(np.ceil(RATE / (2 * median))))
        hi = min(YIN_MAX, int(np.floor(RATE * 1.8 / median)))
        track = _pick(d, lo, hi)
        if len(track) < 5:
            return np.zeros(3), np.empty(0)
        p10, p50, p90 = np.percentile(track, [10, 50, 90])
        return np.array([np.log2(p50 / 165), np.log2(p90 / p10), len(track) / inside.sum()]), track


def _pick(d: np.ndarray, lo: int, hi: int) -> np.ndarray:
    """F0 in Hz of the frames that are voiced, lags lo..hi inclusive."""
    mid, left, right = d[:, lo : hi + 1], d[:, lo - 1 : hi], d[:, lo + 1 : hi + 2]
    dip = (mid < left) & (mid <= right) & (mid < 0.2)
    lag = np.where(dip.any(axis=1), dip.argmax(axis=1), mid.argmin(axis=1)) + lo
    row = np.arange(len(d))
    a, b, c = d[row, lag - 1], d[row, lag], d[row, lag + 1]
    bend = a - 2 * b + c
    shift = np.where(bend > 1e-12, 0.5 * (a - c) / np.where(bend > 1e-12, bend, 1), 0)
    shift = np.clip(shift, -1, 1)
    return RATE / (lag + shift)[b < 0.25]
