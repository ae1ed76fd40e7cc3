"""Step 2: every portrait moved to one symmetric mean shape ("canonical"), mesh and warps."""

from pathlib import Path

import cv2
import numpy as np

SIZE = 512
OVAL = [10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377, 152, 148, 176, 149,
        150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109]
LEFT_EYE = [263, 249, 390, 373, 374, 380, 381, 382, 362, 398, 384, 385, 386, 387, 388, 466]
RIGHT_EYE = [33, 7, 163, 144, 145, 153, 154, 155, 133, 173, 157, 158, 159, 160, 161, 246]
LEFT_BROW = [276, 283, 282, 295, 285, 336, 296, 334, 293, 300]
RIGHT_BROW = [46, 53, 52, 65, 55, 107, 66, 105, 63, 70]
OUTER_LIPS = [61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291, 409, 270, 269, 267, 0, 37, 39, 40, 185]
INNER_LIPS = [78, 95, 88, 178, 87, 14, 317, 402, 318, 324, 308, 415, 310, 311, 312, 13, 82, 81, 80, 191]
NOSE = [168, 6, 197, 195, 5, 4, 1, 19, 94, 2, 98, 97, 326, 327, 129, 358, 64, 294, 48, 278, 115, 344, 220, 440]


def mirror_permutation(shape: np.ndarray) -> np.ndarray:
    """For every landmark the index of its mirror partner."""
    mirrored = shape.copy()
    mirrored[:, 0] = SIZE - mirrored[:, 0]
    distance = np.linalg.norm(mirrored[:, None] - shape[None], axis=2)
    permutation = np.full(len(shape), -1)
    for flat in np.argsort(distance, axis=None):
        i, j = divmod(int(flat), len(shape))
        if permutation[i] < 0 and permutation[j] < 0:
            permutation[i], permutation[j] = j, i
    return permutation


def _kernel(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    squared = ((a[:, None] - b[None]) ** 2).sum(2)
    return 0.5 * squared * np.log(np.maximum(squared, 1e-12))


class Warp:
    """Thin-plate spline that maps points of one shape onto another, borders kept."""

    def __init__(self, source: np.ndarray, target: np.ndarray, smooth: float = 0.01):
        steps = np.linspace(0, SIZE, 9)
        border = np.array([(x, y) for x in steps for y in (0, SIZE)] + [(x, y) for x in (0, SIZE) for y in steps[1:-1]])
        self._scale = 1 / 100.0
        source = np.concatenate([source, border]) * self._scale
        target = np.concatenate([target, border])
        n = len(source)
        system = np.zeros((n + 3, n + 3))
        system[:n, :n] = _kernel(source, source) + smooth * np.eye(n)
        system[:n, n:] = np.column_stack([np.ones(n), source])
        system[n:, :n] = system[:n, n:].T
        right = np.zeros((n + 3, 2))
        right[:n] = target
        self._weights = np.linalg.solve(system, right)
        self._source = source

    def __call__(self, points: np.ndarray) -> np.ndarray:
        points = points.reshape(-1, 2) * self._scale
        basis = np.column_stack([_kernel(points, self._source), np.ones(len(points)), points])
        return basis @ self._weights

    def field(self, grid: int) -> np.ndarray:
        """Displacement (dx, dy) in pixels on a grid x grid raster of pixel-cell centres."""
        centres = (np.arange(grid) + 0.5) * SIZE / grid - 0.5
        x, y = np.meshgrid(centres, centres)
        points = np.column_stack([x.ravel(), y.ravel()])
        return (self(points) - points).reshape(grid, grid, 2).astype(np.float32)


def resample(image: np.ndarray, field: np.ndarray) -> np.ndarray:
    """Pulls an image through a displacement field."""
    full = cv2.resize(field, (SIZE, SIZE), interpolation=cv2.INTER_CUBIC)
    x, y = np.meshgrid(np.arange(SIZE, dtype=np.float32), np.arange(SIZE, dtype=np.float32))
    return cv2.remap(image, x + full[..., 0], y + full[..., 1], cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)


class Canonical:
    """The mean shape, its mirror permutation, the spline's control points."""

    def __init__(self, meshes: np.ndarray):
        mean = np.median(meshes, 0).astype(np.float64)
        for _ in range(3):
            self.permutation = mirror_permutation(mean)
            flipped = mean[self.permutation].copy()
            flipped[:, 0] = SIZE - flipped[:, 0]
            mean = (mean + flipped) / 2
        self.shape = mean
        chosen = list(dict.fromkeys(OVAL + LEFT_EYE + RIGHT_EYE + LEFT_BROW + RIGHT_BROW + OUTER_LIPS + INNER_LIPS + NOSE))
        for i in range(468):
            pair = {i, int(self.permutation[i])}
            if pair & set(chosen):
                continue
            if all(np.linalg.norm(mean[p] - mean[chosen], axis=1).min() >= 14 for p in pair):
                chosen += sorted(pair)
        self.control = np.array(chosen)

    def polygon(self, indices, grow: float = 0.0) -> np.ndarray:
        """Filled polygon of landmarks as a 0/1 mask, grown (or shrunk) by some pixels."""
        mask = np.zeros((SIZE, SIZE), np.uint8)
        cv2.fillPoly(mask, [np.round(self.shape[indices] * 16).astype(np.int32)], 255, shift=4)
        if grow:
            radius = int(abs(grow))
            kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius + 1, 2 * radius + 1))
            mask = cv2.dilate(mask, kernel) if grow > 0 else cv2.erode(mask, kernel)
        return (mask > 127).astype(np.float32)

    def hull(self, indices, grow: float = 0.0) -> np.ndarray:
        points = cv2.convexHull(np.round(self.shape[indices] * 16).astype(np.int32))
        mask = np.zeros((SIZE, SIZE), np.uint8)
        cv2.fillPoly(mask, [points], 255, shift=4)
        if grow:
            kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * int(grow) + 1,) * 2)
            mask = cv2.dilate(mask, kernel)
        return (mask > 127).astype(np.float32)
