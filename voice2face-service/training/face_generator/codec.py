"""Four-bit storage of pictures: two values a byte, residuals on a square-law scale.

A picture is kept as a small uint8 base and, at full size, the residual against the enlarged base
in sixteen steps that are fine near zero. That halves the weights without visible loss.
"""

import cv2
import numpy as np


def pack(codes):
    """uint8 codes 0..15 [..., W] -> bytes [..., W/2]; the left half goes to the high nibbles."""
    middle = codes.shape[-1] // 2
    return (codes[..., :middle] << 4 | codes[..., middle:]).astype(np.uint8)


def unpack(packed):
    return np.concatenate([packed >> 4, packed & 15], -1)


def grain(height, width):
    """Fixed fine noise in 0..1, evenly spread, with little of it coarse."""
    noise = np.random.default_rng(16).standard_normal((height, width)).astype(np.float32)
    noise -= cv2.GaussianBlur(noise, (0, 0), 1.2)
    return (noise.ravel().argsort().argsort().reshape(height, width) + 0.5) / noise.size


def to_codes(value, reach):
    """Between two steps chance decides, by how near each is: rounding would draw contours on smooth skin."""
    step = np.clip(np.sign(value) * np.sqrt(np.abs(value) / reach) * 8, -8, 6.999)
    low = np.floor(step)
    below, above = (s * np.abs(s) * (reach / 64) for s in (low, low + 1))
    share = (np.clip(value, -reach, reach) - below) / (above - below)
    # Where steps are large all of the noise would be seen, and detail hides contours anyway.
    chance = 0.5 + (grain(*value.shape) - 0.5) * np.where((low >= -2) & (low < 2), 0.9, 0.4)
    return np.clip(low + (share > chance) + 8, 0, 15).astype(np.uint8)


def from_codes(codes, reach):
    step = codes.astype(np.float32) - 8
    return step * np.abs(step) * (reach / 64)


def enlarge(image, size):
    return cv2.resize(image.astype(np.float32), (size, size), interpolation=cv2.INTER_LINEAR)


def encode(picture, base_size, reach):
    """Square float picture 0..255 -> (uint8 base, packed residual)."""
    size = picture.shape[0]
    base = np.clip(np.round(cv2.resize(picture.astype(np.float32), (base_size, base_size), interpolation=cv2.INTER_AREA)), 0, 255)
    return base.astype(np.uint8), pack(to_codes(picture - enlarge(base, size), reach))


def decode(base, packed, reach):
    codes = unpack(packed)
    return np.clip(enlarge(base, codes.shape[0]) + from_codes(codes, reach), 0, 255)


def graph_unpack(g, packed):
    """The same unpacking in the graph, on float bytes [..., W/2]."""
    high = g.Floor(g.Mul(packed, 1 / 16))
    return g.Concat(high, g.Sub(packed, g.Mul(high, 16.0)), axis=-1)


def graph_from_codes(g, codes, reach):
    step = g.Sub(codes, 8.0)
    return g.Mul(g.Mul(step, g.Abs(step)), float(reach / 64))
