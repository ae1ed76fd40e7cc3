"""Prints the figures of the voice analyser; every speaker is judged by a model that never heard him or her.

    python evaluate.py [--workers 2]
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass

import numpy as np
from sklearn.metrics import roc_auc_score

import corpus
import features
import model


@dataclass
class HeldOut:
    """Held-out outputs for every crop."""

    crops: list[corpus.Crop]
    female: np.ndarray  # per crop
    logit: np.ndarray  # not yet divided by the temperature
    timbre: np.ndarray

    def select(self, condition=None, seconds=3.0, speakers=None):
        keep = [
            i
            for i, k in enumerate(self.crops)
            if (condition is None or k.condition == condition) and k.seconds == seconds and (speakers is None or k.speaker in speakers)
        ]
        return np.array(keep, dtype=int)


def held_out(crops: list[corpus.Crop], mel_nets: list[model.MelNet], unheard: tuple[str, ...] = ()) -> HeldOut:
    """`unheard`: conditions that are left out of the training, but judged."""
    people = corpus.speakers()
    female = np.array([0 if s.male else 1 for s in people])
    fold = corpus.folds(people)
    logit = np.zeros(len(crops))
    timbre = np.zeros((len(crops), model.TIMBRE))
    for f in range(fold.max() + 1):
        train = [k for k in crops if fold[k.speaker] != f and k.condition not in unheard]
        test = [i for i, k in enumerate(crops) if fold[k.speaker] == f]
        held = [crops[i] for i in test]
        gender = model.fit_gender(train, mel_nets, female)
        analyser = model.Analyser(mel_nets, gender, 1.0, None, model.fit_timbre_of(train, female))
        mel, mfcc, f0 = (model.stack(held, n) for n in ("mel", "mfcc", "f0"))
        logit[test] = analyser.gender_logit(mel, mfcc, f0)
        timbre[test] = analyser.timbre_of(mfcc, f0)
    return HeldOut(crops, np.array([female[k.speaker] for k in crops]), logit, timbre)


def temperature_of(h: HeldOut) -> float:
    natural = np.array([k.condition not in corpus.PITCHES for k in h.crops])
    weight = np.array([model.crop_weight(k) for k in h.crops])
    return model.fit_temperature(h.logit[natural], h.female[natural], weight[natural])


def same_speaker_auc(h: HeldOut, first: str, second: str) -> float:
    """Two 3 s stretches that do not overlap, same gender, same or different speaker; cosine of the embeddings.

    `first` is the condition of one recording, `second` of the other.
    """
    e = h.timbre / np.linalg.norm(h.timbre, axis=1, keepdims=True)
    by_condition = {c: h.select(c) for c in {first, second}}
    fold = corpus.folds(corpus.speakers())
    scores, labels = [], []
    a, b = by_condition[first], by_condition[second]
    order = {i: n for c in by_condition.values() for n, i in enumerate(c)}
    cosine = e[a] @ e[b].T
    for p, i in enumerate(a):
        for q, j in enumerate(b):
            x, y = h.crops[i], h.crops[j]
            # Pairs come from one fold: embeddings of different folds lie in different spaces.
            if h.female[i] != h.female[j] or fold[x.speaker] != fold[y.speaker]:
                continue
            same = x.speaker == y.speaker
            if same and x.part == y.part:
                continue
            if first == second and order[i] >= order[j]:
                continue
            scores.append(cosine[p, q])
            labels.append(same)
    return roc_auc_score(labels, scores)


def report(h: HeldOut, unmoved: HeldOut, cv: corpus.CommonVoice, mel_nets: list[model.MelNet]) -> None:
    right = (h.logit > 0) == (h.female == 1)
    temperature = temperature_of(h)
    p = model.sigmoid(h.logit / temperature)
    confidence = np.maximum(p, 1 - p)

    print("GENDER, LibriSpeech train-clean-100 subset, 5 folds by speaker")
    for seconds in (None, 6.0, 3.0, 1.0):
        i = h.select("clean", seconds)
        print(f"  clean, {'all speech' if seconds is None else f'{seconds:.0f} s':<12} {right[i].mean():.3f}  ({len(i)} crops)")
    z = np.mean([n.logit(model.stack(h.crops, "mel")) for n in mel_nets], axis=0)
    i = h.select("clean")
    f0 = model.stack(h.crops, "f0")[:, 0]
    print(f"  3 s, mel nets only {(((z > 0) == (h.female == 1))[i]).mean():.3f}, F0 against 165 Hz only {(((f0 > 0) == (h.female == 1))[i]).mean():.3f}")
    base = right[i].mean()
    for condition in corpus.CHANNELS:
        j = h.select(condition)
        print(f"  3 s, {condition:<10} {right[j].mean():.3f}  ({100 * (right[j].mean() - base):+.1f} points, {len(j)} crops)")
    for name, part in (("clean", i), ("all channels", np.concatenate([h.select(c) for c in ("clean", *corpus.CHANNELS)]))):
        sure, unsure = confidence[part] > 0.95, confidence[part] < 0.70
        ece = sum(abs(right[part][b].mean() - confidence[part][b].mean()) * b.mean() for b in [(confidence[part] >= lo) & (confidence[part] < lo + 0.1001) for lo in (0.5, 0.6, 0.7, 0.8, 0.9)] if b.any())
        print(f"  3 s, {name}: confidence > .95 in {sure.mean():.3f}, right there {right[part][sure].mean():.3f}; < .70 in {unsure.mean():.3f}, right there {right[part][unsure].mean():.3f}; calibration error {ece:.3f}")
    print(f"  temperature {temperature:.2f}")

    print("GENDER by F0 of the speech, 3 s, clean; then with the pitch moved by WORLD and the vocal tract kept")
    hz = 165 * 2**f0
    natural = h.select("clean")
    moved = np.concatenate([h.select(c) for c in corpus.PITCHES])
    for female, who in ((0, "men"), (1, "women")):
        for lo, hi in ((60, 110), (110, 135), (135, 160), (160, 190), (190, 230), (230, 300), (300, 500)):
            cells = []
            for part in (natural, moved):
                k = part[(h.female[part] == female) & (hz[part] >= lo) & (hz[part] < hi)]
                cells.append(f"{right[k].mean():.3f} ({len(k):3d})" if len(k) else "     -     ")
            print(f"  {who:<5} {lo:3d}-{hi:3d} Hz   natural {cells[0]}   moved {cells[1]}")
    for female, who in ((0, "men"), (1, "women")):
        k = moved[h.female[moved] == female]
        before = ((unmoved.logit > 0) == (h.female == 1))[k].mean()
        print(f"  {who}, all moved: {right[k].mean():.3f} ({before:.3f} without moved copies in the training)")

    print("GENDER, Common Voice, long-term spectrum alone")
    for part in ("dev", "test"):
        k = cv.split == part
        z = np.mean([n.logit(features.mel_shape(cv.power[k])) for n in mel_nets], axis=0)
        print(f"  {part}: {((z > 0) == (cv.male[k] == 0)).mean():.3f} ({k.sum()} clips; speakers may be shared with the training split)")

    print("SAME SPEAKER OR NOT, same gender, unseen speakers, 3 s, cosine of the timbre embedding: AUC")
    print(f"  clean against clean: {same_speaker_auc(h, 'clean', 'clean'):.3f}")
    for condition in corpus.CHANNELS:
        print(f"  clean against {condition}: {same_speaker_auc(h, 'clean', condition):.3f}")

    print("AGE, Common Voice, 5 folds over the clips with an age")
    rows = np.flatnonzero(cv.age >= 0)
    fold = np.random.default_rng(5).permutation(len(rows)) % 5
    posterior = np.zeros((len(rows), 3))
    for f in range(5):
        a = model.Analyser(mel_nets, None, 1.0, model.fit_age(cv, rows[fold != f]), None)
        posterior[fold == f] = a.age_posterior(features.mel_shape(cv.power[rows[fold == f]]))
    y = cv.age[rows]
    most = np.bincount(y).argmax()
    print(f"  three classes right {(posterior.argmax(axis=1) == y).mean():.3f}, always the commonest {(y == most).mean():.3f}, AUC of 50+ {roc_auc_score(y == 2, posterior[:, 2]):.3f}, of < 30 {roc_auc_score(y == 0, posterior[:, 0]):.3f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    crops = corpus.crops(options.workers)
    cv = corpus.common_voice()
    mel_nets = corpus.cached("mel_nets.pkl", lambda: model.fit_mel_nets(cv))
    report(held_out(crops, mel_nets), held_out(crops, mel_nets, corpus.PITCHES), cv, mel_nets)


if __name__ == "__main__":
    main()
