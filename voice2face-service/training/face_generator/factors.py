"""Step 3: shading, facial parts, hollow body layers and shape out of the canonical portraits."""

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from canonical import (INNER_LIPS, LEFT_BROW, LEFT_EYE, NOSE, OUTER_LIPS, OVAL, RIGHT_BROW, RIGHT_EYE, SIZE,
                       Canonical, Warp, resample)

# The rectangle that holds the face on the canvas.
LEFT, TOP, RIGHT, BOTTOM = 136, 120, 376, 416
WIDTH, HEIGHT = RIGHT - LEFT, BOTTOM - TOP
OFFSET = 8.0
REGIONS = ("forehead", "eyes", "nose", "lower")
SHADING_GRID = 64


def smoothstep(value, low, high):
    t = np.clip((value - low) / (high - low), 0, 1)
    return t * t * (3 - 2 * t)


def blur(image, sigma):
    return cv2.GaussianBlur(image, (0, 0), sigma, borderType=cv2.BORDER_REPLICATE)


def log_rgb(rgb):
    return np.log(rgb.astype(np.float32) + OFFSET)


def lab(rgb):
    return cv2.cvtColor(np.clip(rgb, 0, 255).astype(np.float32) / 255, cv2.COLOR_RGB2LAB)


class Areas:
    """Fixed masks on the canonical canvas."""

    def __init__(self, canonical: Canonical):
        shape = canonical.shape
        self.oval = canonical.polygon(OVAL)
        eyes = np.maximum(canonical.hull(LEFT_EYE, 9), canonical.hull(RIGHT_EYE, 9))
        brows = np.maximum(canonical.hull(LEFT_BROW, 7), canonical.hull(RIGHT_BROW, 7))
        lips = canonical.hull(OUTER_LIPS, 7)
        nostrils = canonical.hull([129, 358, 2, 97, 326, 64, 294], 4)
        self.brows = np.maximum(canonical.hull(LEFT_BROW, 5), canonical.hull(RIGHT_BROW, 5))
        self.features = np.clip(eyes + brows + lips + nostrils, 0, 1)
        # What always belongs to the generated face, whatever hair falls over it.
        core = canonical.hull(LEFT_EYE + RIGHT_EYE + [129, 358] + OUTER_LIPS, 8)
        self.core = core
        y, x = np.mgrid[0:SIZE, 0:SIZE].astype(np.float32)
        self.x, self.y = x, y
        self.inner = canonical.polygon(OVAL, -8)
        self.face = blur(canonical.polygon(OVAL, -6), 3.0)
        self.wide = canonical.polygon(OVAL, 14)
        brow_top = shape[[105, 334], 1].mean()
        eye_bottom = shape[[145, 374], 1].mean()
        hard = np.zeros((4, SIZE, SIZE), np.float32)
        nose = ((np.abs(x - 256) < 22 + 16 * smoothstep(y, 255, 290)) & (y > 222) & (y < 309)).astype(np.float32)
        hard[0] = y < brow_top - 8
        hard[2] = nose
        hard[1] = (y >= brow_top - 8) & (y < eye_bottom + 17) & (nose == 0)
        hard[3] = (y >= eye_bottom + 17) & (nose == 0)
        soft = np.stack([blur(m, 6.0) for m in hard])
        self.regions = soft / soft.sum(0)


@dataclass
class Portrait:
    name: str
    age: float
    male: bool
    rgb: np.ndarray
    alpha: np.ndarray
    inside: np.ndarray
    mesh: np.ndarray
    field: np.ndarray
    back: np.ndarray


def load(paths, canonical: Canonical) -> list[Portrait]:
    portraits = []
    for path in paths:
        data = np.load(path)
        mesh = data["mesh"].astype(np.float64)
        pull = Warp(canonical.shape[canonical.control], mesh[canonical.control])
        push = Warp(mesh[canonical.control], canonical.shape[canonical.control])
        field = pull.field(128)
        inside = data["inside"]
        rgb, alpha = data["rgb"], data["alpha"]
        # Portraits whose frame ends inside the canvas: carry the outermost pixels on.
        columns = np.flatnonzero(inside.mean(0) > 0.3)
        rows = np.flatnonzero(inside.mean(1) > 0.3)
        left, right, bottom = columns[0] + 2, columns[-1] - 2, rows[-1] - 2
        top = rows[0]
        cut_rgb, cut_alpha = rgb[:bottom + 1, left:right + 1], alpha[:bottom + 1, left:right + 1]
        margin = (0, SIZE - 1 - bottom, left, SIZE - 1 - right)
        reflect = cv2.BORDER_REFLECT_101 if max(margin) < min(cut_rgb.shape[:2]) - 1 else cv2.BORDER_REPLICATE
        rgb = cv2.copyMakeBorder(cut_rgb, *margin, reflect)
        alpha = cv2.copyMakeBorder(cut_alpha, *margin, cv2.BORDER_REPLICATE)
        portraits.append(Portrait(
            path.stem, float(data["age"]), bool(data["male"]),
            np.clip(resample(rgb.astype(np.float32), field), 0, 255),
            np.clip(resample(alpha.astype(np.float32) / 255, field), 0, 1),
            np.array([top, bottom, left, right]), mesh, field, push.field(64)))
    return portraits


@dataclass
class Factors:
    """What one portrait is taken apart into."""
    shading: np.ndarray   # log RGB of the bare skin, smooth, on a SHADING_GRID raster
    skin_mean: np.ndarray  # mean of the log RGB shading inside the oval
    lightness: float      # CIE L* of that mean
    detail: np.ndarray    # log ratio of the face to its shading: G, R-G, B-G in the face rectangle
    hair: np.ndarray      # probability that a pixel inside the oval is hair
    hidden: np.ndarray    # share of each region that hair hides
    beard: float          # mean log ratio of green over chin and jaw


def factorise(portrait: Portrait, areas: Areas) -> Factors:
    log = log_rgb(portrait.rgb)
    bare = areas.inner * (1 - areas.features)
    # Robust start from the cheeks and the nose, then whatever is close to its own smooth version.
    seed = areas.core * (1 - areas.features)
    weight = seed * bare
    for rounds, (sigma, tolerance) in enumerate(((40, 0.45), (24, 0.35), (16, 0.30), (14, 0.28))):
        total = blur(weight, sigma)
        far = blur(weight, 60)
        smooth = (blur(log * weight[..., None], sigma) + 0.002 * blur(log * weight[..., None], 60)) / (
            total + 0.002 * far + 1e-9)[..., None]
        difference = np.abs(log - smooth)
        distance = 0.5 * difference[..., 1] + np.abs((log - smooth)[..., 0] - (log - smooth)[..., 2])
        dark = np.maximum(smooth[..., 1] - log[..., 1], 0)
        weight = bare * (distance < tolerance) * (dark < tolerance)
    shading = smooth
    residual = log - shading
    spread = blur(residual, 1.2)
    darker, brighter = np.maximum(-spread[..., 1], 0), np.maximum(spread[..., 1], 0)
    off = 1.3 * darker + 0.6 * brighter + 1.0 * np.abs(spread[..., 0] - spread[..., 2])
    # A bright spot on dark skin is a highlight, not hair.
    glow = brighter > 0.05
    off = np.where(glow, off * smoothstep(lab((np.exp(shading) - OFFSET))[..., 0], 48, 66), off)
    hair = smoothstep(off, 0.24, 0.46)
    # Hair enters from outside the oval: what is not connected to its rim is a shadow or a mark.
    candidates = ((hair > 0.5) & (areas.wide > 0)).astype(np.uint8)
    candidates[(areas.core > 0) | (areas.brows > 0)] = 0
    count, labels = cv2.connectedComponents(candidates)
    rim = (areas.wide > 0) & (areas.inner == 0)
    outside = np.unique(labels[rim & (candidates > 0)])
    attached = np.isin(labels, outside[outside > 0]).astype(np.float32)
    hair = hair * np.clip(blur(cv2.dilate(attached, np.ones((5, 5))), 1.0), 0, 1)
    if portrait.male:
        hair = hair * (1 - smoothstep(areas.y, 255, 275))
    window = (slice(TOP, BOTTOM), slice(LEFT, RIGHT))
    keep = (1 - hair)[..., None]
    detail = np.stack([residual[..., 1], residual[..., 0] - residual[..., 1], residual[..., 2] - residual[..., 1]], -1)
    detail = np.clip(detail * keep, -2, 2)[window]
    hidden = np.array([(hair * r * areas.inner).sum() / (r * areas.inner).sum() for r in areas.regions])
    inside = areas.inner * (1 - areas.features)
    mean = (shading * inside[..., None]).sum((0, 1)) / inside.sum()
    lightness = float(lab((np.exp(mean) - OFFSET)[None, None])[0, 0, 0])
    chin = areas.inner * (1 - areas.features) * smoothstep(areas.y, 335, 345) * (1 - hair)
    beard = float((residual[..., 1] * chin).sum() / chin.sum())
    centres = (np.arange(SHADING_GRID) + 0.5) * SIZE / SHADING_GRID - 0.5
    grid = cv2.resize(shading, (SHADING_GRID, SHADING_GRID), interpolation=cv2.INTER_AREA)
    return Factors(grid, mean, lightness, detail.astype(np.float32), hair, hidden, beard)


def skin_probability(portrait: Portrait, factors: Factors, areas: Areas) -> np.ndarray:
    """Soft mask of bare skin over the whole canvas (ears, neck, shoulders and face)."""
    colour = lab(portrait.rgb)
    inside = (areas.inner * (1 - areas.features) * (1 - factors.hair)) > 0.5
    sample = colour[inside]
    chroma = sample[:, 1:]
    mean, covariance = chroma.mean(0), np.cov(chroma.T) + np.eye(2) * 9
    difference = colour[..., 1:] - mean
    mahalanobis = np.einsum("yxi,ij,yxj->yx", difference, np.linalg.inv(covariance), difference)
    lightness = sample[:, 0]
    low, high = np.percentile(lightness, [2, 98])
    below = np.maximum(low - 12 - colour[..., 0], 0) / 10
    above = np.maximum(colour[..., 0] - high - 4, 0) / 6
    skin = np.exp(-0.5 * (mahalanobis / 4 + below ** 2 + above ** 2))
    # Texture tells hair and cloth from skin: skin is smooth.
    y = colour[..., 0]
    rough = np.sqrt(blur((y - blur(y, 1.5)) ** 2, 4.0))
    skin *= 1 - smoothstep(rough, 2.5, 6.0)
    skin = blur(skin, 1.5)
    skin = smoothstep(skin, 0.25, 0.6)
    skin = np.maximum(skin, areas.inner * (1 - factors.hair))
    return cv2.ximgproc.guidedFilter(y, skin, 6, 20) if hasattr(cv2, "ximgproc") else blur(skin, 1.5)


def hole(factors: Factors, areas: Areas) -> np.ndarray:
    """Where the body layer gives way to the generated face, 0..1."""
    open_skin = areas.inner * (1 - factors.hair)
    mask = np.maximum(open_skin, areas.core)
    mask = cv2.erode(mask, np.ones((3, 3)))
    return blur(mask, 3.0) * smoothstep(blur(areas.inner, 2.0), 0.05, 0.5)
