"""Makes the built-in target clips: people drawn by our own face generator, animated in two and a half dimensions.

    pip install -r requirements.txt        # and the ffmpeg command line tool
    python make_templates.py [ID ...]      # from this folder, after libs/inference was built once

The portrait is cut out of its plain background and set before a soft room. The head turns as the canonical face mesh
does (hair and neck follow with a fall-off), lids close, brows and lips move, eyes keep looking at the camera. Motion
and sound are periodic, so the clips loop. Everything is drawn from seeds: the same generator makes the same clips.
"""

import json
import subprocess
import sys
import tempfile
import wave
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np
import onnxruntime as ort

ROOT = Path(__file__).resolve().parents[2]
MODEL = ROOT / "voice2face-service/src/main/resources/models/face-generator/face-generator.onnx"
MESH = ROOT / "libs/inference/target/classes/models/mediapipe-face-mesh/canonical-face.obj"
OUT = ROOT / "gateway-service/src/main/resources/templates"
SIZE, FPS = 720, 25
# dimension of the identity that says how light the plain background is, and two levels it reaches
BACKGROUND, BACKGROUND_LEVELS = 130, (-2, 2)
ATTRIBUTION = "Drawn by the face generator of this project and animated by faceswap-service/templates; shows nobody."

OVAL = [10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377, 152, 148, 176, 149, 150,
        136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109]
EYES = [[33, 7, 163, 144, 145, 153, 154, 155, 133, 173, 157, 158, 159, 160, 161, 246],
        [263, 249, 390, 373, 374, 380, 381, 382, 362, 398, 384, 385, 386, 387, 388, 466]]
UPPER = [[246, 161, 160, 159, 158, 157, 173], [466, 388, 387, 386, 385, 384, 398]]
LOWER = [[7, 163, 144, 145, 153, 154, 155], [249, 390, 373, 374, 380, 381, 382]]
CREASE = [[247, 30, 29, 27, 28, 56, 190], [467, 260, 259, 257, 258, 286, 414]]
UNDER_BROW = [[113, 225, 224, 223, 222, 221, 189], [342, 445, 444, 443, 442, 441, 413]]
BROWS = [70, 63, 105, 66, 107, 55, 65, 52, 53, 46, 300, 293, 334, 296, 336, 285, 295, 282, 283, 276]
INNER = [78, 95, 88, 178, 87, 14, 317, 402, 318, 324, 308, 415, 310, 311, 312, 13, 82, 81, 80, 191]
RIGID = [33, 133, 263, 362, 168, 6, 197, 195, 5, 4, 1, 10, 151, 9, 8, 127, 356, 234, 454, 54, 284, 93, 323, 50, 280]


@dataclass
class Template:
    id: str
    name: dict
    gender: str
    age: int
    seed: int
    tone: float
    room: tuple
    motion: int
    talk: float = 0.5
    turn: float = 11.0
    smile: float = 0.2
    seconds: float = 4.48
    eye_distance: float = 178.0
    extra: dict = field(default_factory=dict)


# drawn by face generator 1.2.1: another generator draws other people from the same seeds
TEMPLATES = [
    Template("studio-woman", {"en": "A woman talks to you", "ko": "말하는 여자"}, "female", 27, 8106, 0, ((188, 196, 205), (120, 132, 150), (150, 205, 245)), 1, talk=.9, turn=9, smile=.15),
    Template("garden-woman", {"en": "A woman looks around", "ko": "둘러보는 여자"}, "female", 46, 8206, 0, ((150, 178, 168), (92, 120, 104), (200, 235, 235)), 2, talk=.25, turn=14, smile=.3),
    Template("office-man", {"en": "A man talks to you", "ko": "말하는 남자"}, "male", 33, 8315, 0, ((205, 190, 172), (150, 120, 96), (235, 215, 190)), 3, talk=.9, turn=10, smile=.1),
    Template("evening-man", {"en": "A man smiles and nods", "ko": "미소 짓는 남자"}, "male", 58, 8401, 0, ((120, 138, 170), (66, 80, 112), (120, 190, 250)), 4, talk=.25, turn=12, smile=.6),
]


def smoothstep(x, a, b):
    t = np.clip((x - a) / (b - a), 0, 1)
    return t * t * (3 - 2 * t)


def canonical_mesh():
    vertices, triangles = [], []
    for line in MESH.read_text().splitlines():
        parts = line.split()
        if parts[0] == "v":
            vertices.append([float(v) for v in parts[1:4]])
        elif parts[0] == "f":
            triangles.append([int(p.split("/")[0]) - 1 for p in parts[1:4]])
    points = np.array(vertices, np.float32) * np.array([1, -1, -1], np.float32)
    return points, np.array(triangles)


def portrait(template):
    """The person before a darker and before a lighter plain background, 0..255 BGR, and the landmarks."""
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    session = ort.InferenceSession(str(MODEL), options)
    width = next(i.shape[1] for i in session.get_inputs() if i.name == "identity")
    identity = np.random.default_rng(template.seed).standard_normal(width).astype(np.float32)
    pictures = []
    for level in BACKGROUND_LEVELS:
        identity[BACKGROUND] = level
        image, landmarks = session.run(["image", "landmarks"], {
            "gender": np.array([1 if template.gender == "female" else -1], np.float32),
            "age": np.array([template.age], np.float32), "identity": identity.reshape(1, -1),
            "skin_tone": np.array([template.tone], np.float32)})
        pictures.append(image[0].transpose(1, 2, 0)[:, :, ::-1] * 255)
    return *pictures, landmarks[0]


def cut_out(dark, light):
    """Alpha and colours of a figure that was drawn before two backgrounds that differ by one step everywhere.

    What shows of the step is what is not figure (Smith and Blinn, "Blue screen matting", 1996).
    """
    difference = (light - dark).mean(-1)
    step = np.percentile(difference, 98)
    alpha = np.clip(1 - difference / step, 0, 1)
    h, w = alpha.shape
    yy, xx = np.mgrid[-1:1:h * 1j, -1:1:w * 1j]
    basis = np.stack([np.ones_like(xx), xx, yy, xx ** 2, yy ** 2, xx * yy], -1)
    empty = alpha < .004
    backdrop = np.stack([basis @ np.linalg.lstsq(basis[empty], dark[empty][:, c], rcond=None)[0] for c in range(3)], -1)
    a = alpha[..., None]
    clean = np.clip((dark - (1 - a) * backdrop) / np.maximum(a, .05), 0, 255)
    # thin hair still holds light of the photograph's own background: it takes its colour from deeper inside
    solid = smoothstep(cv2.erode(alpha.astype(np.float32), np.ones((5, 5))), .9, 1)
    weight = cv2.GaussianBlur(solid, (0, 0), 6)[..., None]
    bled = cv2.GaussianBlur(clean * solid[..., None], (0, 0), 6) / np.maximum(weight, 1e-5)
    trust = smoothstep(alpha, .6, .98)[..., None]
    return alpha.astype(np.float32), np.clip(clean * trust + bled * (1 - trust), 0, 255).astype(np.float32)


def room(template, rng):
    """A soft room: wall, floor line, furniture shapes and a few lights, far out of focus."""
    wall, shade, light = (np.array(c, np.float32) for c in template.room)
    s = SIZE + 80
    yy, xx = np.mgrid[0:s, 0:s].astype(np.float32) / s
    side = rng.uniform(.15, .85)
    mix = np.clip(.25 + .75 * np.abs(xx - side) + .25 * yy, 0, 1)[..., None]
    picture = wall * (1 - mix) + shade * mix
    for _ in range(5):
        x, y = rng.uniform(0, s * .9), rng.uniform(s * .35, s * .9)
        w, h = rng.uniform(60, 220), rng.uniform(80, 320)
        tint = shade * rng.uniform(.45, 1.05) + rng.normal(0, 10, 3)
        cv2.rectangle(picture, (int(x), int(y)), (int(x + w), int(y + h)), tint.tolist(), -1)
    x = int((.08 if side > .5 else .7) * s)
    cv2.rectangle(picture, (x, int(.08 * s)), (x + int(.2 * s), int(.5 * s)), (light * .95).tolist(), -1)
    cv2.line(picture, (x + int(.1 * s), int(.08 * s)), (x + int(.1 * s), int(.5 * s)), (shade * .8).tolist(), 9)
    picture = cv2.GaussianBlur(picture, (0, 0), 17)
    lamps = np.zeros_like(picture)
    for _ in range(7):
        centre = (int(rng.uniform(0, s)), int(rng.uniform(0, s * .6)))
        cv2.circle(lamps, centre, int(rng.uniform(9, 26)), (light * rng.uniform(.12, .4)).tolist(), -1, cv2.LINE_AA)
    picture = cv2.GaussianBlur(picture, (0, 0), 7) + cv2.GaussianBlur(lamps, (0, 0), 4)
    return np.clip(picture, 0, 250)


def wave_of(rng, phases, t, low=1, high=3):
    """Periodic smooth noise over t in 0..1 with zero mean and a peak of about 1."""
    total = np.zeros_like(t)
    for k in range(low, high + 1):
        total += np.sin(2 * np.pi * (k * t + rng.uniform())) * rng.uniform(.5, 1) / k ** phases
    return total / np.abs(total).max()


def motion(template, frames):
    rng = np.random.default_rng(template.motion)
    t = np.arange(frames) / frames
    m = {
        "yaw": np.radians(template.turn) * wave_of(rng, .6, t, 1, 3),
        "pitch": np.radians(4.5) * wave_of(rng, .5, t, 1, 4),
        "roll": np.radians(3.2) * wave_of(rng, .7, t, 1, 3),
        "x": 9 * wave_of(rng, .8, t, 1, 2), "y": 5 * wave_of(rng, .8, t, 1, 3), "zoom": 1 + .012 * wave_of(rng, 1, t, 1, 2),
        "breath": np.sin(2 * np.pi * (t + .2)), "brow": np.clip(.5 * wave_of(rng, .3, t, 2, 5), -.25, 1),
        "smile": template.smile * (.6 + .4 * wave_of(rng, .8, t, 1, 2)),
        "camx": 2.5 * wave_of(rng, .9, t, 1, 3), "camy": 2 * wave_of(rng, .9, t, 1, 3),
    }
    seconds = frames / FPS
    time = t * seconds
    lids = np.zeros(frames)
    for moment in (.22, .71):
        at = (moment + rng.uniform(-.05, .05)) * seconds
        d = time - at
        lids = np.maximum(lids, np.where(d < 0, smoothstep(d, -.12, -.02), 1 - smoothstep(d, .05, .24)))
    m["lids"] = lids
    # speech: syllables of about 4.5 a second in phrases with pauses between them
    syllables = .5 + .5 * np.sin(2 * np.pi * (round(4.4 * seconds) * t + .35 * wave_of(rng, .5, t, 2, 5)))
    phrases = smoothstep(wave_of(rng, .4, t, 1, 3), -.35, .1)
    m["open"] = template.talk * phrases * (.18 + .82 * syllables * (.6 + .4 * wave_of(rng, .2, t, 3, 8)))
    m["wide"] = template.talk * phrases * .5 * wave_of(rng, .2, t, 4, 9)
    return m


class Puppet:
    """One portrait, ready to be posed."""

    def __init__(self, template):
        dark, light, marks = portrait(template)
        alpha, colours = cut_out(dark, light)
        mesh, self.triangles = canonical_mesh()
        unit = np.hypot(*(marks[263] - marks[33]))
        centre_x = (marks[33, 0] + marks[263, 0]) / 2
        # shoulders that end before the picture does would be drawn out into streaks
        filling = (SIZE / 2 + 16) / min(centre_x, dark.shape[1] - centre_x)
        scale = max(template.eye_distance / unit, filling)
        top = np.argmax(alpha[:, 150:362].max(1) > .5)
        offset_y = min(top - .09 * SIZE / scale, 512 - SIZE / scale - 4)
        place = np.array([[scale, 0, SIZE / 2 - scale * centre_x], [0, scale, -scale * offset_y]])
        warp = lambda m: cv2.warpAffine(m, place, (SIZE, SIZE), flags=cv2.INTER_LANCZOS4, borderMode=cv2.BORDER_REPLICATE)
        picture = np.clip(warp(colours), 0, 255)
        picture += .4 * (picture - cv2.GaussianBlur(picture, (0, 0), 1.6))
        self.colours = np.clip(picture, 0, 255)
        self.alpha = np.clip(warp(alpha), 0, 1)
        self.points = (np.c_[marks, np.ones(468)] @ place.T).astype(np.float32)
        self.unit = scale * unit
        self.depth = self._depth(mesh)
        self.rest = np.c_[self.points, self.depth].astype(np.float32)
        self._fields()

    def _depth(self, mesh):
        a = mesh[RIGID, :2] - mesh[RIGID, :2].mean(0)
        b = self.points[RIGID] - self.points[RIGID].mean(0)
        size = np.sqrt((b ** 2).sum() / (a ** 2).sum())
        z = (mesh[:, 2] - mesh[RIGID, 2].mean()) * size
        return z - z[[234, 454]].mean()

    def _fields(self):
        """Depth and the share of the head's motion for every pixel, in and around the face."""
        inside = np.zeros((SIZE, SIZE), np.uint8)
        cv2.fillPoly(inside, [np.round(self.points[OVAL]).astype(np.int32)], 1)
        u = self.unit
        depth = raster(self.points, self.triangles, self.depth[:, None])[0][..., 0]
        ring = np.ones((SIZE, SIZE), np.uint8)
        spots = []
        for i, p in enumerate(OVAL):
            x, y = np.round(self.points[p]).astype(int)
            if 0 <= x < SIZE and 0 <= y < SIZE:
                ring[y, x] = 0
                spots.append((x, y, self.depth[p]))
        _, labels = cv2.distanceTransformWithLabels(ring, cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL)
        table = np.zeros(labels.max() + 1, np.float32)
        for x, y, z in spots:
            table[labels[y, x]] = z
        distance = cv2.distanceTransform(1 - inside, cv2.DIST_L2, 5)
        behind = table[labels] + .55 * u * (1 - np.exp(-1.3 * distance / u))
        z = np.where(inside > 0, depth, behind).astype(np.float32)
        # smooth across the outline, or the picture folds there
        edge = smoothstep(distance - cv2.distanceTransform(inside, cv2.DIST_L2, 5), -.2 * u, .05 * u)
        self.z = z * (1 - edge) + cv2.GaussianBlur(z, (0, 0), .18 * u) * edge
        yy, xx = np.mgrid[0:SIZE, 0:SIZE].astype(np.float32)
        chin = self.points[152, 1]
        centre = self.points[1, 0]
        hang = 1 - smoothstep(yy, chin - .12 * u, chin + .95 * u)
        wide = 1 - smoothstep(np.abs(xx - centre), 1.25 * u, 2.6 * u)
        self.share = cv2.GaussianBlur((hang * wide).astype(np.float32), (0, 0), .1 * u)
        self.grid = np.stack([xx, yy], -1)
        self.pivot = np.array([centre, chin + .45 * u, .75 * u], np.float32)
        feather = cv2.distanceTransform(inside, cv2.DIST_L2, 5)
        self.face_weight = smoothstep(feather, .02 * u, .14 * u).astype(np.float32)

    def turn(self, points, m, i):
        """Rotates points about the neck and projects them with a mild perspective."""
        cy, sy, cp, sp, cr, sr = (f(m[k][i]) for k in ("yaw", "pitch", "roll") for f in (np.cos, np.sin))
        around_y = np.array([[cy, 0, -sy], [0, 1, 0], [sy, 0, cy]])
        around_x = np.array([[1, 0, 0], [0, cp, -sp], [0, sp, cp]])
        around_z = np.array([[cr, -sr, 0], [sr, cr, 0], [0, 0, 1]])
        turned = (points - self.pivot) @ (around_z @ around_x @ around_y).T.astype(np.float32)
        focal = 9 * self.unit
        near = focal / (focal + turned[..., 2:3] - (points - self.pivot)[..., 2:3])
        flat = turned[..., :2] * near * m["zoom"][i] + self.pivot[:2]
        return flat + np.array([m["x"][i], m["y"][i]], np.float32)

    def express(self, m, i):
        p, u = self.rest.copy(), self.unit
        base = self.rest
        p[BROWS, 1] -= .045 * u * m["brow"][i]
        for side in range(2):
            for up, low, crease, brow in zip(UPPER[side], LOWER[side], CREASE[side], UNDER_BROW[side]):
                gap = base[low] - base[up]
                shut = m["lids"][i]
                p[up] += .90 * shut * gap
                p[low] -= .10 * shut * gap
                p[crease] += .45 * shut * gap
                p[brow] += .12 * shut * gap
                p[[up, crease, brow], 1] += .012 * u * np.array([-.4, -.5, -.8]) * m["brow"][i]
        mouth = base[INNER].mean(0)
        lip_y = base[13, 1]
        jaw = m["open"][i] * .15 * u
        below = smoothstep(base[:, 1], lip_y + .002 * u, lip_y + .02 * u)
        corner = np.clip(1 - np.abs(base[:, 0] - mouth[0]) / (.30 * u), 0, 1) ** .6
        chin_share = smoothstep(base[:, 1], lip_y + .12 * u, lip_y + .3 * u)
        face_width = 1 - smoothstep(np.abs(base[:, 0] - mouth[0]), .55 * u, .85 * u)
        p[:, 1] += jaw * below * np.maximum(corner * (1 - .25 * chin_share), .75 * chin_share * face_width)
        above = smoothstep(base[:, 1], lip_y - .16 * u, lip_y - .01 * u) * (1 - below)
        p[:, 1] -= .18 * jaw * above * corner
        for sign, tip in ((-1, 61), (1, 291)):
            d = np.hypot(base[:, 0] - base[tip, 0], base[:, 1] - base[tip, 1])
            near = np.exp(-(d / (.2 * u)) ** 2)
            p[:, 0] += near * u * sign * (.055 * m["smile"][i] - .03 * m["wide"][i] - .02 * m["open"][i])
            p[:, 1] -= near * u * .055 * m["smile"][i]
            cheek = base[205 if sign < 0 else 425]
            lift = np.exp(-(np.hypot(base[:, 0] - cheek[0], base[:, 1] - cheek[1]) / (.25 * u)) ** 2)
            p[:, 1] -= lift * u * .03 * m["smile"][i]
        return p

    def frame(self, m, i):
        grid3 = np.concatenate([self.grid, self.z[..., None]], -1)
        step = 4
        coarse = grid3[::step, ::step].reshape(-1, 3)
        moved = self.turn(coarse, m, i) - coarse[:, :2]
        share = self.share[::step, ::step].reshape(-1, 1)
        body = np.array([.35 * m["x"][i], .2 * m["y"][i] - 2.2 * m["breath"][i]], np.float32)
        shift = (share * moved + (1 - share) * body).reshape(SIZE // step, SIZE // step, 2).astype(np.float32)
        shift = cv2.resize(shift, (SIZE, SIZE), interpolation=cv2.INTER_CUBIC)
        # where depth falls off steeply a full step goes to and fro: half steps settle
        back = -shift
        for _ in range(12):
            at = self.grid + back
            back = .5 * back - .5 * cv2.remap(shift, at[..., 0], at[..., 1], cv2.INTER_LINEAR,
                                              borderMode=cv2.BORDER_REPLICATE)
        at = self.grid + back
        layer = cv2.remap(np.dstack([self.colours, self.alpha * 255]), at[..., 0], at[..., 1], cv2.INTER_CUBIC,
                          borderMode=cv2.BORDER_REPLICATE)
        self._face(layer, m, i)
        return np.clip(layer, 0, 255)

    def _face(self, layer, m, i):
        pose = self.express(m, i)
        share = np.array([self.share[int(np.clip(y, 0, SIZE - 1)), int(np.clip(x, 0, SIZE - 1))] for x, y in self.points])
        body = np.array([.35 * m["x"][i], .2 * m["y"][i] - 2.2 * m["breath"][i]], np.float32)
        flat = share[:, None] * (self.turn(pose, m, i) - pose[:, :2]) + (1 - share[:, None]) * body + pose[:, :2]
        uv, cover = raster(flat, self.triangles, self.points)
        # slight smoothing takes the facets off, except in the eyes, whose lids must stay sharp
        weight = cover[..., None]
        blur = cv2.GaussianBlur(uv * weight, (0, 0), 2) / np.maximum(cv2.GaussianBlur(cover, (0, 0), 2), 1e-3)[..., None]
        eyes = np.zeros((SIZE, SIZE), np.float32)
        for side in EYES:
            hull = cv2.convexHull(np.round(flat[side]).astype(np.int32))
            cv2.fillConvexPoly(eyes, hull, 1)
        near_eyes = cv2.GaussianBlur(cv2.dilate(eyes, np.ones((15, 15))), (0, 0), 3)[..., None]
        uv = np.where(weight > 0, uv * near_eyes + blur * (1 - near_eyes), 0).astype(np.float32)
        self._gaze(uv, flat, m, i)
        face = cv2.remap(self.colours, uv[..., 0], uv[..., 1], cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
        self._mouth(face, flat, pose)
        # where the cheek turns away the feather of the portrait narrows to nothing: the picture has one of its own
        smooth = (cv2.GaussianBlur(cover, (0, 0), .04 * self.unit) > .6).astype(np.uint8)
        rim = cv2.distanceTransform(smooth, cv2.DIST_L2, 5)
        a = cv2.remap(self.face_weight, uv[..., 0], uv[..., 1], cv2.INTER_LINEAR) * smoothstep(rim, 0, .10 * self.unit)
        a = cv2.GaussianBlur(a, (0, 0), 1.2) * cover
        layer[..., :3] = layer[..., :3] * (1 - a[..., None]) + face * a[..., None]
        layer[..., 3] = np.maximum(layer[..., 3], a * 255)

    def _gaze(self, uv, flat, m, i):
        """Eyes turn against the head, so that the look stays on the camera."""
        for side in EYES:
            mask = np.zeros((SIZE, SIZE), np.uint8)
            cv2.fillPoly(mask, [np.round(flat[side]).astype(np.int32)], 1)
            if not mask.any():
                continue
            inner = smoothstep(cv2.distanceTransform(mask, cv2.DIST_L2, 5), .3, .045 * self.unit)
            reach = .13 * self.unit
            uv[..., 0] += (inner * reach * np.sin(m["yaw"][i])).astype(np.float32)
            uv[..., 1] += (inner * reach * .5 * np.sin(m["pitch"][i])).astype(np.float32)

    def _mouth(self, face, flat, pose):
        gap = pose[14, 1] - pose[13, 1] - (self.rest[14, 1] - self.rest[13, 1])
        show = float(smoothstep(gap / self.unit, .006, .03))
        if show == 0:
            return
        u = self.unit
        lips = flat[INNER]
        mask = np.zeros((SIZE, SIZE), np.float32)
        cv2.fillPoly(mask, [np.round(lips * 16).astype(np.int32)], 1, cv2.LINE_AA, 4)
        mask = cv2.GaussianBlur(mask, (0, 0), 1.1)
        x0, y0 = np.maximum(np.floor(lips.min(0)).astype(int) - 6, 0)
        x1, y1 = np.ceil(lips.max(0)).astype(int) + 6
        yy, xx = np.mgrid[y0:y1, x0:x1].astype(np.float32)
        centre = (flat[78] + flat[308]) / 2
        half = np.hypot(*(flat[308] - flat[78])) / 2
        across = (xx - centre[0]) / half
        upper = np.interp(xx[0], *upper_lip(flat))[None, :]
        lower = np.interp(xx[0], *lower_lip(flat))[None, :]
        inside = np.full(yy.shape + (3,), (22, 16, 40), np.float32)
        tongue = smoothstep(yy, lower - .07 * u, lower - .01 * u) * (1 - smoothstep(np.abs(across), .45, .8))
        inside += tongue[..., None] * np.array([38, 34, 86], np.float32)
        edge = upper + .085 * u * (1 - .45 * across ** 2)
        teeth = smoothstep(edge - yy, 0, .012 * u) * (1 - smoothstep(np.abs(across), .62, .84))
        shade = (.68 + .30 * smoothstep(yy - upper, 0, .05 * u)) * (1 - .42 * across ** 2)
        between = 1 - .10 * np.exp(-((np.abs(((xx - centre[0]) / (.062 * u)) % 1 - .5) - .5) / .07) ** 2)
        enamel = np.array([186, 206, 222], np.float32) * (shade * between)[..., None]
        inside = inside * (1 - teeth[..., None]) + enamel * teeth[..., None]
        inside = cv2.GaussianBlur(inside, (0, 0), .9)
        depth = .45 + .55 * smoothstep(cv2.distanceTransform((mask[y0:y1, x0:x1] > .5).astype(np.uint8), cv2.DIST_L2, 5), 0, .035 * u)
        inside *= depth[..., None]
        a = (mask[y0:y1, x0:x1] * show)[..., None]
        face[y0:y1, x0:x1] = face[y0:y1, x0:x1] * (1 - a) + inside * a


def upper_lip(flat):
    chain = [78, 191, 80, 81, 82, 13, 312, 311, 310, 415, 308]
    return flat[chain, 0], flat[chain, 1]


def lower_lip(flat):
    chain = [78, 95, 88, 178, 87, 14, 317, 402, 318, 324, 308]
    return flat[chain, 0], flat[chain, 1]


def raster(points, triangles, values):
    """Values interpolated over the triangles, and coverage; triangles turned away are left out."""
    out = np.zeros((SIZE, SIZE, values.shape[1]), np.float32)
    cover = np.zeros((SIZE, SIZE), np.float32)
    for a, b, c in triangles:
        pa, pb, pc = points[a], points[b], points[c]
        area = (pb[0] - pa[0]) * (pc[1] - pa[1]) - (pc[0] - pa[0]) * (pb[1] - pa[1])
        if area > -1e-3:
            continue
        x0, y0 = int(max(0, np.floor(min(pa[0], pb[0], pc[0])))), int(max(0, np.floor(min(pa[1], pb[1], pc[1]))))
        x1, y1 = int(min(SIZE - 1, np.ceil(max(pa[0], pb[0], pc[0])))), int(min(SIZE - 1, np.ceil(max(pa[1], pb[1], pc[1]))))
        if x1 < x0 or y1 < y0:
            continue
        xs = np.arange(x0, x1 + 1)[None, :] - pa[0]
        ys = np.arange(y0, y1 + 1)[:, None] - pa[1]
        w1 = (xs * (pc[1] - pa[1]) - (pc[0] - pa[0]) * ys) / area
        w2 = ((pb[0] - pa[0]) * ys - xs * (pb[1] - pa[1])) / area
        hit = (w1 >= -1e-4) & (w2 >= -1e-4) & (w1 + w2 <= 1 + 1e-4)
        if not hit.any():
            continue
        value = (1 - w1 - w2)[..., None] * values[a] + w1[..., None] * values[b] + w2[..., None] * values[c]
        out[y0:y1 + 1, x0:x1 + 1][hit] = value[hit]
        cover[y0:y1 + 1, x0:x1 + 1][hit] = 1
    return out, cover


def sound(template, path):
    """Room tone under a slow, very quiet chord; periodic, like the picture."""
    rate = 48_000
    n = int(round(template.seconds * rate))
    rng = np.random.default_rng(template.motion + 50)
    frequencies = np.fft.rfftfreq(n, 1 / rate)
    spectrum = rng.standard_normal(len(frequencies)) + 1j * rng.standard_normal(len(frequencies))
    spectrum *= 1 / (1 + (frequencies / 180) ** 1.1) * (frequencies > 30)
    tone = np.fft.irfft(spectrum, n)
    tone *= .004 / np.sqrt((tone ** 2).mean())
    t = np.arange(n) / rate
    root = 110 * 2 ** (rng.integers(0, 8) / 12)
    for ratio, level in ((1, .010), (1.5, .006), (2, .005), (2.5, .003)):
        f = round(root * ratio * template.seconds) / template.seconds
        swell = .6 + .4 * np.sin(2 * np.pi * (round(rng.integers(1, 3)) * t / template.seconds + rng.uniform()))
        tone += level * swell * np.sin(2 * np.pi * f * t)
    samples = np.round(np.clip(tone, -1, 1) * 32767).astype("<i2")
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(rate)
        out.writeframes(samples.tobytes())


def make(template):
    rng = np.random.default_rng(template.motion + 100)
    puppet = Puppet(template)
    backdrop = room(template, rng)
    frames = int(round(template.seconds * FPS))
    m = motion(template, frames)
    folder = OUT / template.id
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as work:
        track = Path(work) / "sound.wav"
        sound(template, track)
        encoder = subprocess.Popen(
            ["ffmpeg", "-v", "error", "-y", "-f", "rawvideo", "-pix_fmt", "bgr24", "-s", f"{SIZE}x{SIZE}", "-r", str(FPS),
             "-i", "-", "-i", str(track), "-c:v", "libx264", "-preset", "slow", "-crf", "19", "-pix_fmt", "yuv420p",
             "-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709",
             "-vf", "scale=out_color_matrix=bt709:out_range=tv", "-g", str(FPS * 2), "-threads", "2",
             "-c:a", "aac", "-b:a", "64k", "-metadata", "comment=" + ATTRIBUTION, "-movflags", "+faststart",
             "-map", "0:v", "-map", "1:a", str(folder / "clip.mp4")], stdin=subprocess.PIPE)
        still = None
        for i in range(frames):
            layer = puppet.frame(m, i)
            shift = np.array([[1, 0, m["camx"][i] - 40], [0, 1, m["camy"][i] - 40]], np.float32)
            behind = cv2.warpAffine(backdrop.astype(np.float32), shift, (SIZE, SIZE))
            a = layer[..., 3:] / 255
            wrap = cv2.GaussianBlur(layer[..., 3], (0, 0), 5)[..., None] / 255
            tinted = layer[..., :3] * (1 - .10 * (1 - wrap)) + behind * .10 * (1 - wrap)
            picture = behind * (1 - a) + tinted * a
            picture += rng.normal(0, 1.1, (SIZE, SIZE, 1))
            picture = np.clip(np.round(picture), 0, 255).astype(np.uint8)
            if still is None and m["lids"][i] < .02 and m["open"][i] < .12:
                still = picture
            encoder.stdin.write(picture.tobytes())
        encoder.stdin.close()
        if encoder.wait() != 0:
            raise SystemExit("ffmpeg failed")
    cv2.imwrite(str(folder / "poster.jpg"), still if still is not None else picture, [cv2.IMWRITE_JPEG_QUALITY, 88])
    print(template.id, (folder / "clip.mp4").stat().st_size // 1024, "KiB", flush=True)


def describe():
    made = [t for t in TEMPLATES if (OUT / t.id / "clip.mp4").exists()]
    (OUT / "templates.json").write_text(json.dumps([{
        "id": t.id, "name": t.name, "gender": t.gender, "width": SIZE, "height": SIZE, "fps": FPS,
        "seconds": t.seconds, "attribution": ATTRIBUTION} for t in made], ensure_ascii=False, indent=2) + "\n")


if __name__ == "__main__":
    cv2.setNumThreads(1)
    wanted = sys.argv[1:]
    for template in TEMPLATES:
        if not wanted or template.id in wanted:
            make(template)
    describe()
