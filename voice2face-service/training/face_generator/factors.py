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
# Shaven or bald: what lies above the forehead is skin.
BALD = {f"male-{n}" for n in (0, 14, 19, 25, 26, 31, 41, 53, 55, 60, 61, 69)}
# No hair hangs into the face: what looks like it is a cast shadow.
OPEN = {f"female-{n}" for n in (0, 10, 95)}
# Women whose hair ends above the shoulders.
SHORT = {f"female-{n}" for n in (4, 5, 10, 15, 20, 23, 33, 34, 35, 50, 52, 55, 61, 63, 75, 81, 83, 93, 96)}
# Jackets and prints that look like the hair above them: hair ends where they begin.
DARK_CLOTHES = {f"female-{n}" for n in (49, 53, 84)}
# Clothes of which a part would keep its colour.
UNDYED = {f"male-{n}" for n in (6, 52, 56, 75)}
REGIONS = ("forehead", "eyes", "nose", "lower")
SHADING_GRID = 64


def smoothstep(value, low, high):
    t = np.clip((value - low) / (high - low), 0, 1)
    return t * t * (3 - 2 * t)


def blur(image, sigma):
    return cv2.GaussianBlur(image, (0, 0), sigma, borderType=cv2.BORDER_REPLICATE)


def wide_blur(image, sigma):
    """Gaussian blur for large sigmas, computed at a quarter of the size."""
    small = cv2.resize(image, (SIZE // 4, SIZE // 4), interpolation=cv2.INTER_AREA)
    small = cv2.GaussianBlur(small, (0, 0), sigma / 4, borderType=cv2.BORDER_REPLICATE)
    return cv2.resize(small, (SIZE, SIZE), interpolation=cv2.INTER_LINEAR)


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
        # The outer ends of the brows and what lies beside them.
        self.y, self.x = np.mgrid[0:SIZE, 0:SIZE].astype(np.float32)
        end = np.abs(shape[[46, 70, 276, 300], 0] - 256).max()
        self.brow_ends = blur(cv2.dilate(brows, np.ones((15, 15))), 2.0) * smoothstep(np.abs(self.x - 256), end - 17, end - 4)
        self.sockets = eyes
        self.features = np.clip(eyes + brows + lips + nostrils, 0, 1)
        self.tight = np.clip(canonical.hull(LEFT_EYE, 2) + canonical.hull(RIGHT_EYE, 2) + canonical.hull(OUTER_LIPS, 2), 0, 1)
        # How bright (log) a pixel may be against its shading: eyes and teeth shine, lips hardly, skin a little.
        shining = np.maximum(np.maximum(canonical.hull(LEFT_EYE, 2), canonical.hull(RIGHT_EYE, 2)), canonical.hull(INNER_LIPS, 1))
        self.lips = blur(canonical.hull(OUTER_LIPS, 3), 1.0)
        bound = np.where(self.lips > 0.5, 0.14, 0.30)
        self.glare = np.exp(blur(np.log(np.where(shining > 0, 2.0, bound)).astype(np.float32), 1.0))
        # What always belongs to the generated face, whatever hair falls over it.
        core = canonical.hull(LEFT_EYE + RIGHT_EYE + [129, 358] + OUTER_LIPS, 8)
        self.core = core
        x, y = self.x, self.y
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
    mesh: np.ndarray
    back: np.ndarray


def clean(rgb, alpha):
    """Takes out loose specks of the matte and the old background's colour in the hair's outline."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats((alpha > 0.12).astype(np.uint8))
    main = 1 + int(np.argmax(stats[1:, cv2.CC_STAT_AREA]))
    keep = cv2.dilate((labels == main).astype(np.uint8), np.ones((5, 5)))
    alpha = alpha * keep
    sure = cv2.erode((alpha > 0.97).astype(np.float32), cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (9, 9)))
    ycc = cv2.cvtColor(rgb / 255, cv2.COLOR_RGB2YCrCb)
    chroma = ycc[..., 1:]
    filled, got = chroma * sure[..., None], sure.copy()
    for sigma in (3, 8, 20):
        weight = blur(sure, sigma)
        spread = blur(chroma * sure[..., None], sigma) / np.maximum(weight, 1e-5)[..., None]
        take = np.clip(weight / 0.05, 0, 1) * (1 - got)
        filled += spread * take[..., None]
        got += take
    filled += chroma * (1 - got)[..., None]
    edge = 1 - blur(cv2.erode((alpha > 0.97).astype(np.float32), np.ones((3, 3))), 1.5)
    ycc[..., 1:] = chroma + (filled - chroma) * edge[..., None]
    return np.clip(cv2.cvtColor(ycc, cv2.COLOR_YCrCb2RGB) * 255, 0, 255), alpha


def load(paths, canonical: Canonical) -> list[Portrait]:
    """Portraits in canonical shape, cached beside the aligned ones."""
    portraits = []
    for path in paths:
        data = np.load(path)
        mesh = data["mesh"].astype(np.float64)
        cached = path.parent.parent / "canonical" / path.name
        if cached.exists():
            stored = np.load(cached)
        else:
            pull = Warp(canonical.shape[canonical.control], mesh[canonical.control])
            push = Warp(mesh[canonical.control], canonical.shape[canonical.control])
            field = pull.field(128)
            inside, rgb, alpha = data["inside"], data["rgb"], data["alpha"]
            # Portraits whose frame ends inside the canvas: carry the outermost pixels on.
            columns, rows = np.flatnonzero(inside.mean(0) > 0.3), np.flatnonzero(inside.mean(1) > 0.3)
            left, right, bottom = columns[0] + 2, columns[-1] - 2, rows[-1] - 2
            # The matting network lets go of a sleeve some pixels before the frame ends: what is whole beside the rim goes on to it.
            sleeve = slice(300, None)
            alpha = alpha.copy()
            alpha[sleeve, :left + 12] = np.maximum(alpha[sleeve, :left + 12], alpha[sleeve, left + 12:left + 13])
            alpha[sleeve, right - 11:] = np.maximum(alpha[sleeve, right - 11:], alpha[sleeve, right - 12:right - 11])
            margin = (0, SIZE - 1 - bottom, left, SIZE - 1 - right)
            rgb = cv2.copyMakeBorder(rgb[:bottom + 1, left:right + 1], *margin, cv2.BORDER_REFLECT_101)
            alpha = cv2.copyMakeBorder(alpha[:bottom + 1, left:right + 1], *margin, cv2.BORDER_REPLICATE)
            rgb, alpha = clean(rgb.astype(np.float32), alpha.astype(np.float32) / 255)
            stored = {"rgb": np.clip(resample(rgb, field), 0, 255).round().astype(np.uint8),
                      "alpha": np.clip(resample(alpha, field), 0, 1).astype(np.float32), "back": push.field(64)}
            cached.parent.mkdir(exist_ok=True)
            np.savez(cached, **stored)
        portraits.append(Portrait(path.stem, float(data["age"]), bool(data["male"]), stored["rgb"].astype(np.float32),
                                  stored["alpha"], mesh, stored["back"]))
    return portraits


@dataclass
class Factors:
    """What one portrait is taken apart into."""
    shading: np.ndarray   # log RGB of the bare skin, smooth, on a SHADING_GRID raster
    skin_mean: np.ndarray  # mean of the log RGB shading inside the oval
    lightness: float      # CIE L* of that mean
    detail: np.ndarray    # log ratio of the face to its shading: G, R-G, B-G in the face rectangle
    contrast: np.ndarray  # the same without forgiving highlights
    off: np.ndarray       # distance of every pixel from the shading, extrapolated over the head
    hair: np.ndarray      # probability that a pixel inside the oval is hair
    hidden: np.ndarray    # share of each region that hair hides
    fringe: float         # share of the brows under hair
    stained: float        # share of the skin around the eyes that is very dark
    beard: float          # mean log ratio of green over chin and jaw
    light: float          # how much brighter (log) the right half of the face is than the left
    tint: np.ndarray      # what was taken from the smooth light's colour, over the whole canvas
    patches: float        # cast shadows and highlights: spread of the medium detail on bare skin


def factorise(portrait: Portrait, areas: Areas) -> Factors:
    log = log_rgb(portrait.rgb)
    bare = areas.inner * (1 - areas.features)
    # Robust start from the cheeks and the nose, then whatever is close to its own smooth version.
    seed = areas.core * (1 - areas.features)
    weight = seed * bare
    for rounds, (sigma, tolerance) in enumerate(((40, 0.45), (24, 0.35), (18, 0.30), (16, 0.28))):
        total, far = wide_blur(weight, sigma), wide_blur(weight, 60)
        lit = log * weight[..., None]
        smooth = (wide_blur(lit, sigma) + 0.004 * wide_blur(lit, 60)) / (total + 0.004 * far + 1e-7)[..., None]
        difference = np.abs(log - smooth)
        distance = 0.5 * difference[..., 1] + np.abs((log - smooth)[..., 0] - (log - smooth)[..., 2])
        dark = np.maximum(smooth[..., 1] - log[..., 1], 0)
        weight = bare * (distance < tolerance) * (dark < tolerance)
    shading = smooth
    residual = log - shading
    shading, tint = without_sheen(shading, bare)
    spread = blur(residual, 1.2)
    darker, brighter = np.maximum(-spread[..., 1], 0), np.maximum(spread[..., 1], 0)
    off = 1.3 * darker + 0.6 * brighter + 1.0 * np.abs(spread[..., 0] - spread[..., 2])
    # A bright spot on dark skin is a highlight, not hair.
    contrast = off
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
    fringe = float((hair * areas.brows).sum() / areas.brows.sum())
    hair = hair * (1 - blur(areas.brows, 1.5))
    if portrait.male:
        hair = hair * (1 - smoothstep(areas.y, 255, 275))
    if portrait.name in BALD | OPEN:
        hair = np.zeros_like(hair)
    inside = areas.inner * (1 - areas.features)
    half = areas.x > SIZE / 2
    light = float(shading[(inside > 0) & half, 1].mean() - shading[(inside > 0) & ~half, 1].mean())
    medium = wide_blur(residual[..., 1] * bare * (1 - hair), 6) / (wide_blur(bare * (1 - hair), 6) + 1e-3)
    upper = (bare * (1 - hair) > 0.5) & (areas.y < 330)
    patches = float(medium[upper].std() + 0.35 * shading[inside > 0, 1].std())
    # Cast shadows and shiny patches belong to one light and one head: they are held down in the
    # detail, wrinkles and features are not. A beard is left as it is.
    window = (slice(TOP, BOTTOM), slice(LEFT, RIGHT))
    open_skin = bare * (1 - hair)
    weight = wide_blur(open_skin, 6)
    residual[..., 0] -= residual[..., 1]
    residual[..., 2] -= residual[..., 1]
    for channel, bound in ((0, 0.06), (1, 0.14), (2, 0.06)):
        middle = wide_blur(residual[..., channel] * open_skin, 6) / (weight + 1e-2)
        excess = middle - bound * np.tanh(middle / bound)
        where = np.clip(weight * 1.3, 0, 1) * (1 - (areas.features if channel == 1 else areas.tight))
        if portrait.male:
            where = where * (1 - smoothstep(areas.y, 285, 310))
        residual[..., channel] -= excess * blur(where, 3.0)
    # Sockets in deep shade would look like paint on an evenly lit face.
    ring = np.clip(areas.sockets - areas.tight - areas.brows, 0, 1)
    near = blur(ring, 4.0)
    for channel, bound in ((0, 0.08), (1, 0.20), (2, 0.08)):
        middle = blur(residual[..., channel] * ring, 4.0) / (near + 1e-2)
        residual[..., channel] -= (middle - bound * np.tanh(middle / bound)) * blur(ring, 1.5)
    keep = (1 - hair)[..., None]
    residual[..., 0] += residual[..., 1]
    residual[..., 2] += residual[..., 1]
    muted = 1 - 0.5 * blur(areas.brows, 2.0)
    residual[..., 0] = residual[..., 1] + (residual[..., 0] - residual[..., 1]) * muted
    residual[..., 2] = residual[..., 1] + (residual[..., 2] - residual[..., 1]) * muted
    detail = np.stack([residual[..., 1], residual[..., 0] - residual[..., 1], residual[..., 2] - residual[..., 1]], -1)
    detail = np.clip(detail * keep, -2, 2)[window]
    around = areas.regions[1] * areas.inner * (1 - cv2.dilate(areas.features, np.ones((3, 3))))
    stained = float((around * (residual[..., 1] < -0.6)).sum() / around.sum())
    hidden = np.array([(hair * r * areas.inner).sum() / (r * areas.inner).sum() for r in areas.regions])
    mean = (shading * inside[..., None]).sum((0, 1)) / inside.sum()
    lightness = float(lab((np.exp(mean) - OFFSET)[None, None])[0, 0, 0])
    chin = areas.inner * (1 - areas.features) * smoothstep(areas.y, 335, 345) * (1 - hair)
    beard = float((residual[..., 1] * chin).sum() / chin.sum())
    # A brow tapers; what is as dark at its end is the hair beside it.
    dark = np.minimum(detail[..., :1], 0)
    ends = areas.brow_ends[window][..., None]
    detail[..., :1] += (-0.16 * np.tanh(-dark / 0.16) - dark) * ends
    detail[..., 1:] *= 1 - 0.8 * ends
    detail = without_burns(detail, areas.glare[window], areas.lips[window])
    grid = cv2.resize(shading, (SHADING_GRID, SHADING_GRID), interpolation=cv2.INTER_AREA)
    return Factors(grid, mean, lightness, detail.astype(np.float32), contrast, off, hair, hidden, fringe, stained, beard, light, tint, patches)


# How far (log) red and blue over green may stray from the face's mean over bare skin: red, less red, blue, less blue.
SHEEN = (0.10, 0.10, 0.05, 0.10)


def without_sheen(shading, bare):
    """Smooth light whose colour keeps to the skin's: a blue sky on a dark forehead is a blotch on somebody else's.

    Returns the shading and what was added to it.
    """
    mean = (shading * bare[..., None]).sum((0, 1)) / bare.sum()
    even = shading.copy()
    for channel, high, low in ((0, SHEEN[0], SHEEN[1]), (2, SHEEN[2], SHEEN[3])):
        away = (shading[..., channel] - shading[..., 1]) - (mean[channel] - mean[1])
        bound = np.where(away > 0, high, low).astype(np.float32)
        even[..., channel] += bound * np.tanh(away / bound) - away
    return even, even - shading


def without_burns(detail, bound, lips):
    """Highlights held down to a bound for each pixel, their colour with them.

    A burnt highlight is white: against brown skin its log colour ratios are as large as its luma.
    Whatever share of the luma stays, the same share of the colour stays, or the spot turns green;
    on skin a highlight takes the skin's own colour.
    """
    luma = detail[..., 0]
    share = np.where(luma > 1e-4, bound * np.tanh(luma / bound) / np.maximum(luma, 1e-4), 1)
    white = smoothstep(luma, 0.08, 0.28) * (1 - lips) * (bound < 0.5)
    colour = 0.45 * np.tanh(detail[..., 1:] / 0.45)
    return np.concatenate([(luma * share)[..., None], colour * (share * (1 - white))[..., None]], -1)


def materials(portrait: Portrait, factors: Factors, areas: Areas) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Soft masks of bare skin and of hair over the whole canvas, and of hair that falls into the face.

    Three colour models (a few k-means centres each) are seeded where a portrait surely shows skin,
    hair and cloth, and weighted by where on the canvas each can be.
    """
    x, y, cover = areas.x, areas.y, portrait.alpha
    colour = lab(blur(portrait.rgb, 1.0)) * np.array([0.7, 1, 1], np.float32)
    bare = (areas.inner * (1 - areas.features) * (1 - factors.hair)) > 0.5
    solid = cover > 0.9
    outside = solid & (areas.wide == 0)
    hue = np.linalg.norm(colour[..., 1:] - colour[bare][:, 1:].mean(0), axis=2)
    unlike = (factors.contrast > 0.40) | (hue > 11)
    hair_seed = outside & unlike & ((y < 120) | ((y < 380) & (np.abs(x - 256) > 128) & (not portrait.male) & (portrait.name not in SHORT)))
    hair_seed |= solid & (factors.hair > 0.8) & (y < 300)

    def distance(seed, minimum):
        if seed.sum() < minimum:
            return np.full(y.shape, 60, np.float32)
        sample = np.ascontiguousarray(colour[seed][:: max(1, int(seed.sum()) // 3000)])
        cv2.setRNGSeed(1)
        _, _, centres = cv2.kmeans(sample, 5, None, (3, 20, 0.5), 2, cv2.KMEANS_PP_CENTERS)
        return np.min([np.linalg.norm(colour - c, axis=2) for c in centres], axis=0)

    to_skin, to_hair = distance(bare, 100), distance(hair_seed, 400)
    cloth_seed = solid & (y > 450) & ((factors.contrast > 0.35) | (hue > 14))
    if not portrait.male and portrait.name not in SHORT:
        cloth_seed &= to_hair > 13
    to_cloth = distance(cloth_seed, 200)
    # A neck lies in the chin's shadow: the lightness of skin may sink there, its hue not.
    neck = smoothstep(y, 375, 400) * (np.abs(x - 256) < 110)
    to_skin = np.where(neck > 0.5, np.minimum(to_skin, hue + 2), to_skin)
    low = 1 - smoothstep(y, 285, 310) if portrait.male else 1 - 0.3 * smoothstep(y, 430, 510)
    collar = smoothstep(y, 395, 410) * (1 - smoothstep(np.abs(x - 256), 42, 58))
    ears = np.exp(-0.5 * (((np.abs(x - 256) - 116) / 14) ** 2 + ((y - 262) / 34) ** 2))
    if portrait.name in BALD:
        low = low * 0
    if portrait.name in SHORT:
        low = low * (1 - smoothstep(y, 325, 365))
    # Around the forehead, shade and shine are skin: hair differs in hue or differs much in lightness.
    evidence = hue / 16 + factors.contrast / 0.9
    brow = (1 - smoothstep(y, 290, 310)) * (1 - smoothstep(np.abs(x - 256), 105, 125)) * smoothstep(y, 90, 120)
    skin_light, hair_light = np.median(colour[bare][:, 0]), np.median(colour[hair_seed][:, 0]) if hair_seed.sum() > 400 else 0.0
    # But for what is rough and of another hue: grey hair is as light as skin.
    rough = roughness(portrait)
    calm = 1.3 * np.percentile(rough[bare & (areas.regions[0] > 0.5)], 90)
    saturation = np.linalg.norm(colour[..., 1:], axis=2)
    paler = np.median(saturation[bare]) - saturation
    grizzled = smoothstep(rough, 0.9 * max(0.035, calm), 1.5 * max(0.04, calm)) * smoothstep(paler, 5, 12) * (1 - areas.inner) * (1 - smoothstep(y, 270, 300)) * float(portrait.age >= 40)
    # A narrow one is an edge: bright skin beside dark hair.
    grizzled = np.minimum(grizzled, blur(cv2.morphologyEx(grizzled, cv2.MORPH_OPEN, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (11, 11))), 1.0))
    # Nor is what is lighter than the skin under hair that is much darker.
    grizzled *= 1 - (1 - smoothstep(hair_light / skin_light, 0.45, 0.65)) * smoothstep(colour[..., 0], skin_light - 3, skin_light + 3)
    to_skin, to_hair = to_skin + 30 * grizzled, to_hair * (1 - 0.8 * grizzled)
    # And what is calm, of the skin's hue and not quite dark is the forehead's own shade.
    even = blur(1 - smoothstep(rough, 0.6 * max(0.045, calm), max(0.045, calm)), 1.5) * (1 - smoothstep(hue, 9, 13))
    shade = brow * even * smoothstep(colour[..., 0], hair_light + 0.2 * (skin_light - hair_light), hair_light + 0.4 * (skin_light - hair_light))
    brow = brow * (1 - grizzled)
    if hair_light < skin_light - 5:
        low = low * (1 - shade) * (1 - brow * smoothstep(colour[..., 0] - skin_light, -6, 2))
    low = low * (1 - brow * (1 - smoothstep(evidence, 0.5, 0.95)))
    # The shadow under the chin is no beard and no hair.
    jaw = areas.wide * smoothstep(y, 300, 315)
    throat = smoothstep(y, 335, 350) * (1 - smoothstep(np.abs(x - 256), 66, 84))
    low = low * (1 - 0.98 * np.maximum(blur(jaw, 2.0), throat * (1 - 0.3 * smoothstep(y, 430, 450))))
    hair_prior = low * (1 - 0.7 * collar) * (1 - areas.core) * (1 - 0.6 * ears) + 1e-4
    skin_prior = (1.0 if portrait.name in BALD else 0.45) + 0.55 * np.maximum(np.maximum(areas.wide, ears), neck)
    cloth_prior = smoothstep(y, 345, 400) + 1e-4
    width = 9.0
    scores = [prior * np.exp(-0.5 * np.minimum(d / width, 12) ** 2) + 1e-9 * prior
              for prior, d in ((skin_prior, to_skin), (hair_prior, to_hair), (cloth_prior, to_cloth))]
    total = sum(scores)
    skin, hair = blur((scores[0] / total).astype(np.float32), 1.3), blur((scores[1] / total).astype(np.float32), 1.3)
    skin, hair = smoothstep(skin, 0.3, 0.7), smoothstep(hair, 0.35, 0.75)
    fringe = whole_locks(factors.hair * smoothstep(hair, 0.1, 0.5), factors.contrast, areas)
    # Loose islands of skin in cloth or hair, or of hair in cloth, are mistakes.
    for name, mask, anchor in (("skin", skin, bare), ("hair", hair, hair_seed)):
        _, labels = cv2.connectedComponents((mask > 0.4).astype(np.uint8))
        anchored = np.unique(labels[anchor & (labels > 0)])
        if name == "hair":
            # What lies in the face, or beside it alone, is a mark.
            anchored = np.intersect1d(anchored, labels[(areas.wide == 0) & (labels > 0)])
        joined = np.isin(labels, anchored).astype(np.float32)
        if name == "skin":
            shoulders = (y > 385) & (mask > 0.4)
            _, labels = cv2.connectedComponents(shoulders.astype(np.uint8))
            sizes = np.bincount(labels.ravel())
            joined = np.maximum(joined, ((sizes[labels] > 900) & (labels > 0)).astype(np.float32))
        mask *= np.clip(blur(cv2.dilate(joined, np.ones((5, 5))), 1.2), 0, 1)
    skin = np.maximum(skin, areas.inner * (1 - fringe))
    # Small holes in the skin of the face are skin.
    _, labels, stats, _ = cv2.connectedComponentsWithStats(((skin < 0.9) & (hair < 0.5)).astype(np.uint8))
    holes = np.isin(labels, np.flatnonzero(stats[:, cv2.CC_STAT_AREA] < 500)) & (areas.wide > 0) & (labels > 0)
    skin = np.maximum(skin, np.clip(blur(cv2.dilate(holes.astype(np.float32), np.ones((5, 5))), 1.2), 0, 1) * (1 - hair))
    hair *= (1 - areas.core) * (1 - areas.inner * (1 - smoothstep(fringe, 0.1, 0.4)))
    if portrait.name in DARK_CLOTHES:
        hair *= 1 - smoothstep(y, 350, 425)
    # Flying hair: what is half transparent beside hair is hair, whatever colour shone through it.
    flying = smoothstep(blur(cv2.dilate((hair > 0.6).astype(np.float32), np.ones((13, 13))), 4.0), 0.3, 0.8)
    flying *= (1 - smoothstep(cover, 0.90, 0.99)) * (1 - smoothstep(y, 395, 420) * smoothstep(np.abs(x - 256), 150, 175))
    hair = np.maximum(hair, flying * (1 - areas.wide))
    hair = np.minimum(hair, 1 - skin * 0.9)
    # At the hairline a pixel is skin as far as it is not hair: nothing there keeps its first tone.
    line = blur(canonical_band(areas), 3.0) * (1 - smoothstep(y, 215, 250)) * smoothstep(cover, 0.85, 0.97)
    skin = np.maximum(skin, line * (1 - grizzled) * (1 - hair) * smoothstep(to_hair - to_skin, -20, 4))
    # Pale and half transparent: thin grey hair with the old background behind it.
    skin = skin * (1 - (1 - smoothstep(cover, 0.85, 0.98)) * smoothstep(paler, 5, 12) * (1 - areas.inner) * (1 - smoothstep(y, 290, 320)))
    dyed = cloth(colour, hue, scores[2] / total, hair, cover, areas)
    return skin, hair, fringe, np.zeros_like(dyed) if portrait.name in UNDYED else dyed


def roughness(portrait: Portrait) -> np.ndarray:
    """Spread of the fine texture (log luma): hair .1 to .6, skin of a forehead .01 to .1."""
    luma = log_rgb(portrait.rgb).mean(2)
    fine = luma - blur(luma, 2.0)
    return np.sqrt(np.maximum(blur(fine * fine, 4.0), 0))


def whole_locks(fringe: np.ndarray, contrast: np.ndarray, areas: Areas) -> np.ndarray:
    """Hair in the face without specks and thin bridges: such are shade on skin, and the face is drawn over them.

    A lock that falls across the end of a brow goes on over the brow.
    """
    thick = cv2.morphologyEx((fringe > 0.5).astype(np.uint8), cv2.MORPH_OPEN, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (17, 17)))
    _, labels, stats, _ = cv2.connectedComponentsWithStats(thick)
    rim = np.unique(labels[(areas.wide > 0) & (areas.inner == 0) & (thick > 0)])
    locks = np.isin(labels, [k for k in rim if k > 0 and stats[k, cv2.CC_STAT_AREA] > 250]).astype(np.uint8)
    closed = cv2.morphologyEx(locks, cv2.MORPH_CLOSE, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (45, 45)))
    across = closed * (contrast > 0.3) * (cv2.dilate(areas.brows, np.ones((15, 15))) > 0) * (areas.core == 0)
    locks = np.maximum(fringe * np.clip(blur(cv2.dilate(locks, np.ones((7, 7))).astype(np.float32), 1.5), 0, 1), across.astype(np.float32))
    # Its outline is smooth: hooks and notches are where shade or a brow was taken for hair, or hair for them.
    smooth = smoothstep(blur(locks, 6.0), 0.38, 0.62)
    return np.where(areas.inner > 0, smooth, locks)


def cloth(colour, hue, likely, hair, cover, areas: Areas) -> np.ndarray:
    """Soft mask of clothes that can be given another colour, empty where they cannot be told from skin for sure."""
    aside = smoothstep(np.abs(areas.x - 256), 100, 125) * smoothstep(areas.y, 310, 330)
    below = np.maximum(smoothstep(areas.y, 360, 395), aside) * (cover > 0.5)
    unlike_skin = smoothstep(hue, 11, 15)
    mask = blur((likely * unlike_skin).astype(np.float32), 1.5)
    mask = smoothstep(mask, 0.35, 0.65) * (1 - smoothstep(hair, 0.1, 0.4))
    _, labels = cv2.connectedComponents((mask > 0.5).astype(np.uint8))
    sizes = np.bincount(labels.ravel())
    sizes[0] = 0
    mask = mask * np.clip(blur(cv2.dilate((sizes[labels] > 800).astype(np.float32), np.ones((5, 5))), 1.2), 0, 1) * below
    # What is neither surely cloth nor surely skin or hair would keep its colour beside cloth that lost it.
    doubtful = (below > 0.5) & (cover > 0.9) & (hair < 0.3) & (mask < 0.6) & (hue > 9)
    if (mask > 0.6).sum() < 4000 or doubtful.sum() > 0.06 * (mask > 0.6).sum():
        return np.zeros_like(mask)
    return mask


def canonical_band(areas: Areas) -> np.ndarray:
    """The ring around the face in which hair gives way to skin."""
    grown = cv2.dilate(areas.oval, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (67, 67)))
    return grown * (1 - areas.core)


def firm_outline(alpha: np.ndarray, hair: np.ndarray, areas: Areas) -> np.ndarray:
    """The matte with holes closed and with shoulders that one cannot see through; hair stays soft."""
    open_ = (alpha < 0.9).astype(np.uint8)
    _, labels = cv2.connectedComponents(open_)
    rim = np.unique(np.concatenate([labels[0], labels[:, 0], labels[:, -1]]))
    holes = (open_ > 0) & ~np.isin(labels, rim) & (areas.y > 330)
    alpha = np.maximum(alpha, blur(holes.astype(np.float32), 0.7))
    beside_hair = np.clip(blur(cv2.dilate((hair > 0.4).astype(np.float32), np.ones((15, 15))), 4.0), 0, 1)
    firm = smoothstep(alpha, 0.30, 0.70)
    where = smoothstep(areas.y, 360, 400) * (1 - beside_hair)
    return alpha + where * (firm - alpha)


# How much brighter (log) than its mean a face may be lit: the layer's skin and the face's shading alike.
GLOW = 0.15


def without_shine(portrait: Portrait, factors: Factors, skin: np.ndarray, areas: Areas) -> np.ndarray:
    """The portrait with the highlights of forehead and scalp held down, as the generator holds down its shading."""
    log = log_rgb(portrait.rgb)
    log = log + factors.tint * blur(skin.astype(np.float32), 3.0)[..., None]
    # Sky on a forehead: skin is nowhere bluer than the face by more than a little.
    mean = factors.skin_mean
    blue = blur(log[..., 2] - log[..., 1], 2.0) - (mean[2] - mean[1])
    log[..., 2] -= np.maximum(blue - 0.06, 0) * blur(skin.astype(np.float32), 1.5)
    # Nor much less red, as a scalp under the sky is, nor more, as a chin over a red pullover.
    red = blur(log[..., 0] - log[..., 1], 2.0) - (mean[0] - mean[1])
    log[..., 0] -= np.maximum(red - 0.10, 0) * blur((skin * areas.wide).astype(np.float32), 2.0)
    log[..., 0] += np.maximum(-0.06 - red, 0) * blur((skin * (1 - smoothstep(areas.y, 300, 330))).astype(np.float32), 1.5)
    luma = blur(log.mean(2), 2.0)
    excess = np.maximum(luma - float(factors.skin_mean.mean()), 0)
    where = skin * (1 - smoothstep(areas.y, 300, 330))
    # Held down and without its rim: a highlight that ends sharply would stay a patch.
    held = blur((GLOW * np.tanh(excess / GLOW)).astype(np.float32), 5.0)
    bright = blur(smoothstep(excess, 0.06, 0.22).astype(np.float32), 3.0)
    reduce = (excess - held) * where * bright
    log = log - blur(reduce.astype(np.float32), 1.0)[..., None]
    # A burnt highlight is white; held down it would be grey. It takes the colour of the skin around it.
    burnt = blur((smoothstep(excess, 0.08, 0.30) * where).astype(np.float32), 3.0)[..., None]
    grey = log.mean(2, keepdims=True)
    own = factors.skin_mean - factors.skin_mean.mean()
    log = grey + (log - grey) * (1 - burnt) + own * burnt
    # What skin of the portrait's own face is left around the opening is calm: the smooth light, fine texture, little between.
    base = cv2.resize(factors.shading, (SIZE, SIZE), interpolation=cv2.INTER_CUBIC)
    glow = np.maximum(base - mean, 0)
    base = np.minimum(base, mean) + GLOW * np.tanh(glow / GLOW)
    above = 1 - smoothstep(areas.y, 200, 240)
    solid = (skin * np.maximum(areas.wide, above)).astype(np.float32)
    near = blur(solid, 4.0)[..., None]
    medium = blur((log - base) * solid[..., None], 4.0) / (near + 1e-2)
    fine = log - base - medium
    calm = base + 0.03 * np.tanh(medium / 0.10) + 0.05 * np.tanh(fine / 0.07)
    # It ends at the hairline, and where there is none, slowly: its rim would be seen as a band.
    inside = cv2.distanceTransform((areas.wide > 0).astype(np.uint8), cv2.DIST_L2, 5)
    outside = cv2.distanceTransform((areas.wide == 0).astype(np.uint8), cv2.DIST_L2, 5)
    inwards = smoothstep(inside, 0, 22)
    inwards = inwards + above * (1 - smoothstep(outside, 4, 50) - inwards)
    log = log + (calm - log) * (blur(solid, 2.0) * smoothstep(near[..., 0], 0.35, 0.75) * where * inwards)[..., None]
    return np.clip(np.exp(log) - OFFSET, 0, 255)


def hole(fringe: np.ndarray, areas: Areas) -> np.ndarray:
    """Where the body layer gives way to the generated face, 0..1."""
    open_skin = areas.inner * (1 - fringe)
    mask = np.maximum(open_skin, areas.core)
    # On the forehead skin meets skin: the change-over is wide, and away from the hairline.
    wide = blur(cv2.erode(mask, np.ones((23, 23))), 8.0)
    forehead = 1 - smoothstep(areas.y, 172, 212)
    mask = cv2.erode(mask, np.ones((3, 3)))
    narrow = blur(mask, 3.0) * smoothstep(blur(areas.inner, 2.0), 0.05, 0.5)
    return narrow + forehead * (np.minimum(wide, narrow) - narrow)
