"""Listens to two halves of every recording as if they were two recordings of one speaker.

    python sessions.py OUT.npz [--workers 2]

The analyser that hears a speaker was fitted without him or her (five folds); its features are those that the Java tests are
held against. What it hears is written down for the face generator's evaluation.
"""

from __future__ import annotations

import argparse
from concurrent.futures import ProcessPoolExecutor

import numpy as np

import corpus
import features
import model

# The second session as it was, and as it comes out of a reverberant room and an mp3 at 64 kbit/s.
SESSIONS = ("first", "second", "second, room and mp3")
# As in the service's AgePosterior and Timbre.
AGE_EDGES = np.array([20, 30, 50, 72])
STEADIEST, STEADIEST_SCALE = 6, 1.42

_vad = None


def _listen(job):
    global _vad
    _vad = _vad or features.SileroVad(corpus.vad_model())
    person, session = job
    x = corpus.read(person.path)
    x = x[: len(x) // 2] if session == 0 else x[len(x) // 2 :]
    if session == 2:
        rng = corpus.rng_for(person.id, "session")
        x = corpus.perturb(corpus.perturb(x, "room", [], rng), "mp3", [], rng)
    x = features.condition(x)
    windows = _vad.speech(x)
    found = features.FrameCache.of(x).features(windows)
    return windows.sum() * features.WINDOW / features.RATE, found["mel"], found["mfcc"], found["f0"]


def quantile(timbre: np.ndarray) -> np.ndarray:
    signs = np.where(np.arange(STEADIEST) % 2 == 0, 1, -1)
    x = (np.clip(timbre[:, :STEADIEST], -3 * STEADIEST_SCALE, 3 * STEADIEST_SCALE) * signs).sum(axis=1)
    x = x / np.sqrt(STEADIEST) / STEADIEST_SCALE
    return 1 / (1 + np.exp(-(0.07056 * x**3 + 1.5976 * x)))


def age_at(posterior: np.ndarray, q: np.ndarray) -> np.ndarray:
    ages = np.empty(len(q))
    for i, (share, at) in enumerate(zip(posterior, q)):
        below = np.concatenate([[0], np.cumsum(share)])
        k = next((k for k in range(3) if at <= below[k + 1]), 2)
        within = np.clip((at - below[k]) / max(share[k], 1e-9), 0, 1)
        ages[i] = min(AGE_EDGES[k + 1] - 1, np.floor(AGE_EDGES[k] + within * (AGE_EDGES[k + 1] - AGE_EDGES[k])))
    return ages


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out")
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    people = corpus.speakers()
    fold = corpus.folds(people)
    female = np.array([0 if s.male else 1 for s in people])
    crops = corpus.crops(options.workers)
    cv = corpus.common_voice()
    mel_nets = corpus.cached("mel_nets.pkl", lambda: model.fit_mel_nets(cv))
    age = model.fit_age(cv, np.flatnonzero(cv.age >= 0))
    jobs = [(person, session) for session in range(len(SESSIONS)) for person in people]
    with ProcessPoolExecutor(options.workers) as executor:
        heard = list(executor.map(_listen, jobs, chunksize=8))
    shape = (len(SESSIONS), len(people))
    seconds, mel, mfcc, f0 = (np.array(part).reshape(*shape, -1) for part in zip(*heard))
    timbre, probability = np.zeros((*shape, model.TIMBRE), np.float32), np.zeros(shape)
    for f in range(fold.max() + 1):
        train = [k for k in crops if fold[k.speaker] != f]
        analyser = model.Analyser(mel_nets, model.fit_gender(train, mel_nets, female), 1.0, age, model.fit_timbre_of(train, female))
        for s in range(len(SESSIONS)):
            here = fold == f
            timbre[s, here] = analyser.timbre_of(mfcc[s, here], f0[s, here])
            probability[s, here] = model.sigmoid(analyser.gender_logit(mel[s, here], mfcc[s, here], f0[s, here]))
    posterior = model.Analyser(mel_nets, None, 1.0, age, None).age_posterior(mel.reshape(-1, mel.shape[-1]))
    years = age_at(posterior, quantile(timbre.reshape(-1, model.TIMBRE))).reshape(shape)
    enough = (seconds[..., 0] >= 1.0).all(axis=0)
    np.savez(options.out, sessions=np.array(SESSIONS), speaker=np.array([s.id for s in people]), fold=fold, female=female,
             enough=enough, seconds=seconds[..., 0], timbre=timbre, probability=probability, age=years)
    right = (probability >= 0.5) == (female == 1)
    print(f"{len(people)} speakers heard twice, {seconds[0].mean():.1f} s of speech each; gender right {right.mean():.3f}")


if __name__ == "__main__":
    main()
