"""Voices in place, perturbed copies of them, and the cache of their frame-level features."""

from __future__ import annotations

import csv
import hashlib
import io
import pickle
import subprocess
import tarfile
import zlib
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyworld
import scipy.signal
import soundfile

import features

REPOSITORY = Path(__file__).resolve().parents[3]
DATA = REPOSITORY.parent / "shared" / "data"
CACHE = Path(__file__).resolve().parent / ".cache"
VAD_PACKAGE = "@ricky0123/vad-web@0.0.31"
VAD_SHA256 = "2623a2953f6ff3d2c1e61740c6cdb7168133479b267dfef114a4a3cc5bdd788f"
MAX_SECONDS = 15
RATE = features.RATE

# What happens to a recording on its way to us; every one is measured apart in `evaluate`.
CHANNELS = ("8khz", "telephone", "mp3", "white", "babble", "room", "clip", "quiet", "noisy")
# What a speaker may do: pitch moved with the vocal tract kept (WORLD), with more or less effort.
PITCHES = ("pitch1", "pitch2", "pitch3")


def vad_model() -> Path:
    """Silero VAD v5 (MIT) out of its npm package, the same file that the product runs."""
    model = CACHE / "silero_vad_v5.onnx"
    if not model.exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        subprocess.run(["npm", "pack", "--silent", VAD_PACKAGE, "--pack-destination", str(CACHE)], check=True, stdout=subprocess.DEVNULL)
        with tarfile.open(next(CACHE.glob("*.tgz"))) as package:
            model.write_bytes(package.extractfile("package/dist/silero_vad_v5.onnx").read())
    if hashlib.sha256(model.read_bytes()).hexdigest() != VAD_SHA256:
        raise SystemExit(f"{model} is not the file of {VAD_PACKAGE}")
    return model


@dataclass(frozen=True)
class Speaker:
    id: int
    male: bool
    path: Path


def speakers() -> list[Speaker]:
    folder = DATA / "voice-librispeech" / "librispeech_train-clean-100"
    sex = {}
    for line in (folder / "SPEAKERS.TXT").read_text(encoding="utf-8").splitlines():
        if not line.startswith(";"):
            number, gender, *_ = (part.strip() for part in line.split("|"))
            sex[int(number)] = gender
    found = [Speaker(int(p.name.split("-")[0]), sex[int(p.name.split("-")[0])] == "M", p) for p in folder.glob("*.flac")]
    return sorted(found, key=lambda s: s.id)


def folds(people: list[Speaker], count: int = 5) -> np.ndarray:
    """Fold of every speaker; each fold has its share of women and men."""
    fold = np.empty(len(people), dtype=int)
    rng = np.random.default_rng(11)
    for male in (False, True):
        index = np.array([i for i, s in enumerate(people) if s.male == male])
        fold[rng.permutation(index)] = np.arange(len(index)) % count
    return fold


def read(path: Path) -> np.ndarray:
    x, rate = soundfile.read(path, dtype="float64")
    assert rate == RATE and x.ndim == 1, path
    return x[: MAX_SECONDS * RATE]


def rng_for(*key) -> np.random.Generator:
    return np.random.default_rng(zlib.crc32(repr(key).encode()))


def mix(x: np.ndarray, noise: np.ndarray, snr_db: float) -> np.ndarray:
    return x + noise * np.sqrt((x**2).mean() / (noise**2).mean() * 10 ** (-snr_db / 10))


def babble(x: np.ndarray, others: list[np.ndarray]) -> np.ndarray:
    total = np.zeros(len(x))
    for o in others:
        total += np.resize(o, len(x)) / np.sqrt((o**2).mean())
    return total


def perturb(x: np.ndarray, name: str, others: list[np.ndarray], rng: np.random.Generator) -> np.ndarray:
    if name == "clean":
        return x
    if name == "8khz":
        return scipy.signal.resample_poly(scipy.signal.resample_poly(x, 1, 2), 2, 1)[: len(x)]
    if name == "telephone":
        sos = scipy.signal.butter(4, [300, 3400], "bandpass", fs=RATE, output="sos")
        y = scipy.signal.sosfilt(sos, x)
        y = scipy.signal.resample_poly(y, 1, 2)
        peak = np.abs(y).max() + 1e-9
        mu = np.round(np.sign(y) * np.log1p(255 * np.abs(y) / peak) / np.log(256) * 127) / 127
        y = np.sign(mu) * np.expm1(np.abs(mu) * np.log(256)) / 255 * peak
        return scipy.signal.resample_poly(y, 2, 1)[: len(x)]
    if name == "mp3":
        buffer = io.BytesIO()
        # libsndfile's constant-bit-rate level: 0.0 is the highest rate of the layer (160 kbit/s at 16 kHz), 0.6 gives 64 kbit/s.
        soundfile.write(buffer, x, RATE, format="MP3", subtype="MPEG_LAYER_III", bitrate_mode="CONSTANT", compression_level=0.6)
        buffer.seek(0)
        return soundfile.read(buffer, dtype="float64")[0][: len(x)]
    if name == "white":
        return mix(x, rng.standard_normal(len(x)), 15)
    if name == "babble":
        return mix(x, babble(x, others), 15)
    if name == "room":
        t = np.arange(int(0.6 * RATE)) / RATE
        tail = rng.standard_normal(len(t)) * np.exp(-6.9 * t / rng.uniform(0.25, 0.6))
        tail[: int(0.004 * RATE)] = 0
        response = tail / np.sqrt((tail**2).sum()) * 10 ** (-rng.uniform(0, 8) / 20)
        response[0] = 1
        return scipy.signal.fftconvolve(x, response)[: len(x)]
    if name == "clip":
        return np.clip(x * 10, -1, 1)
    if name == "quiet":
        return np.round(x * 0.1 * 32768) / 32768
    if name == "noisy":  # any microphone: coloured noise, tilt, a high-pass
        spectrum = np.fft.rfft(rng.standard_normal(len(x)))
        spectrum *= np.maximum(np.arange(len(spectrum)), 20.0) ** (-rng.uniform(0, 1))
        y = mix(x, np.fft.irfft(spectrum, len(x)), rng.uniform(8, 30))
        b = np.array([1, -rng.uniform(-0.4, 0.5)])
        y = scipy.signal.lfilter(b, [1], y)
        return scipy.signal.sosfilt(scipy.signal.butter(1, rng.uniform(40, 250), "high", fs=RATE, output="sos"), y)
    raise ValueError(name)


def pitch_factor(male: bool, name: str, rng: np.random.Generator) -> float:
    """Men go up (calm to excited), women mostly down; both also the other way, so that no artefact tells."""
    if name == "pitch1":
        return rng.uniform(1.2, 1.5) if male else rng.uniform(0.7, 0.9)
    if name == "pitch2":
        return rng.uniform(1.5, 2.0) if male else rng.uniform(1.2, 1.5)
    return rng.uniform(1.1, 1.8) if male else rng.uniform(0.65, 1.4)


@dataclass(frozen=True)
class Voice:
    """What WORLD takes a recording apart into, one row per 5 ms: F0 in Hz (0 if unvoiced), envelope, aperiodicity."""

    f0: np.ndarray
    envelope: np.ndarray
    aperiodicity: np.ndarray

    @staticmethod
    def of(x: np.ndarray) -> "Voice":
        x = np.ascontiguousarray(x)
        f0, t = pyworld.dio(x, RATE, f0_floor=60, f0_ceil=500)
        f0 = pyworld.stonemask(x, f0, t, RATE)
        return Voice(f0, pyworld.cheaptrick(x, f0, t, RATE), pyworld.d4c(x, f0, t, RATE))


def shift_pitch(voice: Voice, length: int, factor: float, rng: np.random.Generator) -> np.ndarray:
    """Moves F0 and its range; the spectral envelope stays but for what effort does to it. At most `length` samples."""
    f0, envelope = voice.f0.copy(), voice.envelope
    voiced = f0 > 0
    if voiced.any():
        centre = np.median(f0[voiced])
        spread = rng.uniform(0.8, 1.6) if factor > 1 else rng.uniform(0.7, 1.2)
        f0[voiced] = np.clip(centre * factor * (f0[voiced] / centre) ** spread, 60, 600)
    hz = np.linspace(0, RATE / 2, envelope.shape[1])
    # Effort flattens the spectrum (Lombard speech) and opens the jaw, which raises F1 a little.
    effort = np.clip(np.log2(factor), -0.5, 1) * rng.uniform(0, 1)
    tilt_db = 6 * effort * np.clip(np.log2(np.maximum(hz, 1) / 500), 0, 4)
    raised = 1 + 0.12 * effort * np.exp(-(((hz - 600) / 400) ** 2))
    envelope = np.stack([np.interp(hz / raised, hz, e) for e in envelope])
    envelope *= 10 ** (tilt_db / 10)
    return pyworld.synthesize(f0, np.ascontiguousarray(envelope), voice.aperiodicity, RATE)[:length]


# Crops of every recording: seconds of speech (None for all there is) and how many of them.
CROPS = ((None, 1), (6.0, 1), (3.0, 3), (1.0, 2))


@dataclass
class Crop:
    """Features of one stretch of speech."""

    speaker: int  # index in `speakers()`
    condition: str
    factor: float  # by which the pitch was moved
    seconds: float | None
    part: int  # crops of one length and different parts do not overlap, whatever their conditions
    mel: np.ndarray
    mfcc: np.ndarray
    f0: np.ndarray


def crops_of(windows: np.ndarray, cache: features.FrameCache, rng: np.random.Generator):
    speech = np.flatnonzero(windows)
    for seconds, count in CROPS:
        need = 30 if seconds is None else round(seconds * RATE / features.WINDOW)
        # Part k lies in the k-th of equal shares of the speech; a margin covers masks that differ by condition.
        count = min(count, len(speech) // (need if count == 1 else need + 6))
        share = len(speech) // max(count, 1)
        for part in range(count):
            chosen = np.zeros_like(windows)
            start = 0 if seconds is None else part * share + rng.integers(0, share - need + 1)
            chosen[speech if seconds is None else speech[start : start + need]] = True
            yield seconds, part, cache.features(chosen)


_vad = None


def _record(job) -> list[Crop]:
    global _vad
    _vad = _vad or features.SileroVad(vad_model())
    index, person, other_paths = job
    x = read(person.path)
    others = [read(p) for p in other_paths]
    voice = Voice.of(x)
    versions = []
    for name in ("clean", *CHANNELS, *PITCHES):
        rng = rng_for(person.id, name)
        factor = 1.0
        if name in PITCHES:
            factor = pitch_factor(person.male, name, rng)
            y = shift_pitch(voice, len(x), factor, rng)
        else:
            y = perturb(x, name, others, rng)
        versions.append((name, factor, features.condition(y), rng))
    result = []
    speech = _vad.speech_of([y for _, _, y, _ in versions])
    for (name, factor, y, rng), windows in zip(versions, speech):
        for seconds, part, f in crops_of(windows, features.FrameCache.of(y), rng):
            result.append(Crop(index, name, factor, seconds, part, **{k: v.astype(np.float32) for k, v in f.items()}))
    return result


def crops(workers: int) -> list[Crop]:
    """All speakers under all conditions; computed once, then read from the cache."""
    cache = CACHE / "crops.pkl"
    vad_model()
    if cache.exists():
        return pickle.loads(cache.read_bytes())
    people = speakers()
    fold = folds(people)
    jobs = []
    for i, person in enumerate(people):
        # Babble comes from people of the same fold, so that nobody is heard on both sides of a split.
        pool = [p.path for j, p in enumerate(people) if fold[j] == fold[i] and j != i]
        jobs.append((i, person, [pool[k] for k in rng_for(person.id, "others").choice(len(pool), 6, replace=False)]))
    with ProcessPoolExecutor(workers) as executor:
        found = [r for group in executor.map(_record, jobs, chunksize=4) for r in group]
    cache.write_bytes(pickle.dumps(found))
    return found


@dataclass
class CommonVoice:
    power: np.ndarray  # [N, 85] mean band powers, bands 3..87
    male: np.ndarray  # [N]
    split: np.ndarray  # [N] train, dev or test
    age: np.ndarray  # [N] 0 (<30), 1 (30-49), 2 (50+), -1 unknown


def common_voice() -> CommonVoice:
    folder = DATA / "voice-common-voice"
    with np.load(folder / "cv_mel128.npz") as z:
        power = z["X"].astype(np.float64)[:, features.MEL_FIRST : features.MEL_FIRST + features.MEL_COUNT]
        male = z["male"].astype(float)
        names = [str(n).removeprefix("data/").removesuffix(".npy") for n in z["name"]]
    split = np.array([n.split("/")[0].split("-")[-1] for n in names])
    decade = {"teens": 0, "twenties": 0, "thirties": 1, "fourties": 1}
    ages = {}
    for part in ("dev", "test"):
        with open(folder / f"cv-valid-{part}.csv", newline="", encoding="utf-8") as file:
            for row in csv.DictReader(file):
                if row["age"]:
                    ages[row["filename"].removesuffix(".mp3")] = decade.get(row["age"], 2)
    return CommonVoice(power, male, split, np.array([ages.get(n, -1) for n in names]))


def cached(name: str, make):
    """Value of `make`, kept in the cache folder between the commands."""
    path = CACHE / name
    if not path.exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        path.write_bytes(pickle.dumps(make()))
    return pickle.loads(path.read_bytes())
