"""The parts of the voice analyser and how they are fitted. Everything is seeded."""

from __future__ import annotations

import functools
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

import numpy as np
import scipy.linalg
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits

import corpus
import features

TIMBRE = 24
# Slaney band centres in Hz, for augmentation in the power domain.
CENTRES = np.array([(features.SLANEY[b] * np.arange(features.SLANEY.shape[1])).sum() / features.SLANEY[b].sum() for b in range(features.MEL_COUNT)]) * features.RATE / features.LT_FFT


def sigmoid(z):
    return 1 / (1 + np.exp(-np.clip(z, -60, 60)))


class MelNet:
    """Long-term mel shape -> logit of female; 85-128-32-1, tanh, Adam with cosine decay."""

    SIZES = (features.MEL_COUNT, 128, 32, 1)

    def __init__(self, seed: int):
        self.rng = np.random.default_rng(seed)
        self.w = [self.rng.standard_normal((a, b)).astype(np.float32) / np.sqrt(a) for a, b in zip(self.SIZES, self.SIZES[1:])]
        self.b = [np.zeros(b, dtype=np.float32) for b in self.SIZES[1:]]
        self.mean = np.zeros(features.MEL_COUNT, dtype=np.float32)
        self.scale = np.ones(features.MEL_COUNT, dtype=np.float32)

    def logit(self, mel: np.ndarray) -> np.ndarray:
        h = (mel - self.mean) / self.scale
        for w, b in zip(self.w[:-1], self.b[:-1]):
            h = np.tanh(h @ w + b)
        return (h @ self.w[-1] + self.b[-1])[..., 0]

    def fit(self, power: np.ndarray, female: np.ndarray, epochs: int = 24, batch: int = 256, decay: float = 4e-4) -> "MelNet":
        shape = features.mel_shape(power)
        self.mean, self.scale = shape.mean(axis=0).astype(np.float32), shape.std(axis=0).astype(np.float32)
        params = self.w + self.b
        m = [np.zeros_like(p) for p in params]
        v = [np.zeros_like(p) for p in params]
        step, total = 0, epochs * (len(power) // batch)
        for _ in range(epochs):
            order = self.rng.permutation(len(power))
            moved = np.where(self.rng.random((len(power), 1)) < 0.5, augment(power, self.rng), power)
            x = ((features.mel_shape(moved) - self.mean) / self.scale).astype(np.float32)
            for i in range(0, len(power) - batch + 1, batch):
                index = order[i : i + batch]
                grads = self._gradients(x[index], female[index].astype(np.float32))
                step += 1
                rate = 3e-3 * 0.5 * (1 + np.cos(np.pi * step / total))
                for k, g in enumerate(grads):
                    m[k] = 0.9 * m[k] + 0.1 * g
                    v[k] = 0.999 * v[k] + 0.001 * g * g
                    params[k] -= rate * (m[k] / (1 - 0.9**step) / (np.sqrt(v[k] / (1 - 0.999**step)) + 1e-8) + (decay * params[k] if params[k].ndim == 2 else 0))
        return self

    def _gradients(self, x, y):
        activations = [x]
        for w, b in zip(self.w[:-1], self.b[:-1]):
            activations.append(np.tanh(activations[-1] @ w + b))
        out = (activations[-1] @ self.w[-1] + self.b[-1])[:, 0]
        delta = ((sigmoid(out) - (0.02 + 0.96 * y)) / len(x))[:, None].astype(np.float32)
        gw, gb = [None] * 3, [None] * 3
        for k in (2, 1, 0):
            gw[k], gb[k] = activations[k].T @ delta, delta.sum(axis=0)
            if k:
                delta = (delta @ self.w[k].T) * (1 - activations[k] ** 2)
        return gw + gb


def augment(power: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Other microphones and lines: tilt, low-pass, low cut, noise; per row."""
    n = len(power)
    f = np.log2(CENTRES / 1000)[None]
    db = rng.normal(0, 2.5, (n, 1)) * f
    low = rng.uniform(3300, 3900, (n, 1))
    db -= np.where(rng.random((n, 1)) < 1 / 3, 40 * np.maximum(0, np.log2(CENTRES[None] / low)) * 4, 0)
    cut = rng.uniform(60, 320, (n, 1))
    db -= np.where(rng.random((n, 1)) < 1 / 2, 12 * np.maximum(0, np.log2(cut / CENTRES[None])), 0)
    p = power * 10 ** (db / 10)
    noise = (CENTRES[None] / 1000) ** (-rng.uniform(0, 1, (n, 1)))
    snr = rng.uniform(5, 45, (n, 1))
    return p + noise / noise.mean(axis=1, keepdims=True) * p.mean(axis=1, keepdims=True) * 10 ** (-snr / 10)


@dataclass
class Linear:
    """y = x·w + b over raw features (standardisation folded in)."""

    w: np.ndarray
    b: np.ndarray

    def __call__(self, x):
        return x @ self.w + self.b


def fit_logistic(x, y, weight, c) -> Linear:
    mean, scale = x.mean(axis=0), x.std(axis=0) + 1e-9
    lr = LogisticRegression(C=c, max_iter=2000).fit((x - mean) / scale, y, sample_weight=weight)
    if len(lr.classes_) == 2:
        w, b = lr.coef_[0] / scale, lr.intercept_[0]
    else:
        w, b = (lr.coef_ / scale).T, lr.intercept_
    return Linear(w, b - mean @ w)


def stack(crops: list[corpus.Crop], name: str) -> np.ndarray:
    return np.stack([getattr(c, name) for c in crops]).astype(np.float64)


def fit_timbre(x: np.ndarray, speaker: np.ndarray, ridge: float = 0.05) -> Linear:
    """LDA with every speaker weighted equally; standardised over the speakers' means."""
    sigma = x.std(axis=0) + 1e-9
    z = x / sigma
    ids = np.unique(speaker)
    means = np.stack([z[speaker == i].mean(axis=0) for i in ids])
    within = np.mean([np.cov(z[speaker == i].T, bias=True) for i in ids], axis=0)
    within += ridge * np.diag(np.diag(within))
    centre = means.mean(axis=0)
    between = np.cov(means.T, bias=True)
    values, vectors = scipy.linalg.eigh(between, within)
    v = vectors[:, ::-1][:, :TIMBRE]
    v = v * np.sign(v[np.abs(v).argmax(axis=0), np.arange(TIMBRE)])
    projected = (means - centre) @ v
    scale = projected.std(axis=0)
    w = v / scale / sigma[:, None]
    return Linear(w, -(centre @ v) / scale)


CHANNEL_WEIGHT = 0.5  # of a perturbed copy against the clean one
# The first directions of an LDA tell speakers apart best and move least between recordings, so they weigh more; the mean
# square is 1, as for standardised values.
STEADINESS = np.linspace(1.6, 0.3, TIMBRE)
STEADINESS *= np.sqrt(TIMBRE / (STEADINESS**2).sum())
# Conditions that stand for what people send.
USUAL = ("clean", "mp3", "quiet", "room")
PITCH_WEIGHT = 0.35  # of a copy with moved pitch


@dataclass
class Analyser:
    mel_nets: list[MelNet]
    gender: Linear  # [mfcc 57, f0 3, mel logit] -> logit of female
    temperature: float
    age: Linear  # mel 85 -> 3 logits
    timbre: Linear  # [mfcc 57, f0 2] -> 24

    def mel_logit(self, mel):
        return np.mean([n.logit(mel) for n in self.mel_nets], axis=0)

    def gender_logit(self, mel, mfcc, f0):
        return self.gender(gender_inputs(mfcc, f0, self.mel_logit(mel))) / self.temperature

    def timbre_of(self, mfcc, f0):
        return self.timbre(np.concatenate([mfcc, f0[..., :2]], axis=-1))

    def age_posterior(self, mel):
        z = self.age(mel)
        e = np.exp(z - z.max(axis=-1, keepdims=True))
        return e / e.sum(axis=-1, keepdims=True)


def gender_inputs(mfcc, f0, mel_logit):
    return np.concatenate([mfcc, f0, np.asarray(mel_logit)[..., None]], axis=-1)


def crop_weight(crop: corpus.Crop) -> float:
    if crop.condition in corpus.PITCHES:
        return PITCH_WEIGHT
    return 1.0 if crop.condition == "clean" else CHANNEL_WEIGHT


def _fit_mel_net(seed: int, power: np.ndarray, female: np.ndarray) -> MelNet:
    # its matrices are small: two threads on each would mostly wait for each other
    with threadpool_limits(1):
        return MelNet(seed).fit(power, female)


def fit_mel_nets(cv: corpus.CommonVoice, workers: int = 2, count: int = 5) -> list[MelNet]:
    train = cv.split == "train"
    fit = functools.partial(_fit_mel_net, power=cv.power[train], female=1 - cv.male[train])
    with ProcessPoolExecutor(workers) as executor:
        return list(executor.map(fit, range(count)))


def fit_gender(crops: list[corpus.Crop], mel_nets: list[MelNet], female: np.ndarray, c: float = 0.003) -> Linear:
    """`female`: one value per speaker index."""
    z = np.mean([n.logit(stack(crops, "mel")) for n in mel_nets], axis=0)
    x = gender_inputs(stack(crops, "mfcc"), stack(crops, "f0"), z)
    return fit_logistic(x, np.array([female[k.speaker] for k in crops]), np.array([crop_weight(k) for k in crops]), c)


def timbre_crops(crops: list[corpus.Crop]) -> list[corpus.Crop]:
    return [k for k in crops if k.condition not in corpus.PITCHES]


def fit_timbre_of(crops: list[corpus.Crop], female: np.ndarray) -> Linear:
    """Timbre without the direction that tells women from men: gender conditions the generator by itself."""
    crops = timbre_crops(crops)
    x = np.concatenate([stack(crops, "mfcc"), stack(crops, "f0")[:, :2]], axis=1)
    speaker = np.array([k.speaker for k in crops])
    linear = fit_timbre(x, speaker)
    # Centre and spread over what a person sends, not over the copies that only teach what to overlook.
    usual = np.array([k.condition in USUAL and k.seconds != 1.0 for k in crops])
    weight = usual / np.bincount(speaker[usual], minlength=speaker.max() + 1)[speaker]
    weight /= weight.sum()
    values = linear(x)
    of = female[speaker].astype(bool)
    direction = np.average(values[of], axis=0, weights=weight[of]) - np.average(values[~of], axis=0, weights=weight[~of])
    direction /= np.linalg.norm(direction)
    project = np.eye(TIMBRE) - np.outer(direction, direction)
    values = values @ project
    centre = np.average(values, axis=0, weights=weight)
    scale = np.sqrt(np.average((values - centre) ** 2, axis=0, weights=weight))
    scale = scale / STEADINESS
    return Linear(linear.w @ project / scale, (linear.b @ project - centre) / scale)


def fit_temperature(logit: np.ndarray, y: np.ndarray, weight: np.ndarray) -> float:
    """Temperature that minimises the cross-entropy of held-out logits."""
    grid = np.exp(np.linspace(np.log(0.5), np.log(4), 80))
    p = lambda t: np.clip(sigmoid(logit / t), 1e-9, 1 - 1e-9)
    loss = [-(weight * (y * np.log(p(t)) + (1 - y) * np.log(1 - p(t)))).sum() for t in grid]
    return float(grid[int(np.argmin(loss))])


def fit_age(cv: corpus.CommonVoice, rows: np.ndarray, c: float = 0.003) -> Linear:
    return fit_logistic(features.mel_shape(cv.power[rows]), cv.age[rows], np.ones(len(rows)), c)
