"""Step 4: the learned arrays as ONNX graphs."""

import numpy as np

from factors import BOTTOM, HEIGHT, LEFT, OFFSET, RIGHT, SIZE, TOP, WIDTH
from graph import Graph

# L* of bare skin in a portrait for the ten steps of the Monk scale. The scale's own patches reach
# from 94 to 14; skin in an evenly lit photograph does not, so the ends are drawn in.
MONK_LIGHTNESS = np.array([77, 74.5, 71.5, 67, 61, 52, 44, 37, 31, 26], np.float32)
TONE_MEAN, TONE_SPREAD, TONE_LOW, TONE_HIGH = 56.0, 12.0, 32.0, 75.0
AGE_WIDTH, TONE_WIDTH, BEARD_WIDTH, BODY_TONE_WIDTH = 11.0, 8.0, 0.12, 9.0
SHAPE_SPREAD = 0.85


def generator(model):
    g = Graph()
    spans = model["spans"]
    gender, age = g.input("gender", [1]), g.input("age", [1])
    identity, tone = g.input("identity", [1, model["width"]]), g.input("skin_tone", [1])

    def part_of_z(name):
        low, high = spans[name]
        return g.Slice(identity, [low], [high], [1])

    def scalar(name, index=0):
        low, _ = spans[name]
        return g.Reshape(g.Slice(identity, [low + index], [low + index + 1], [1]), [1])

    def square(x):
        return g.Mul(x, x)

    def near(value, candidates, width):
        """-1/2 ((value - candidate) / width)^2 for every candidate."""
        return g.Mul(square(g.Div(g.Sub(value, candidates.astype(np.float32)), float(width))), -0.5)

    def decode(bank, index):
        """One row (or rows) of a stored uint8 bank as float."""
        return g.Cast(g.Gather(bank, index, axis=0), to=1)

    # Inputs brought into range; what the caller asks for outside it is clamped, not refused.
    sex = g.Clip(gender, -1.0, 1.0)
    years = g.Clip(age, 18.0, 90.0)
    step = g.Clip(g.Round(tone), 0.0, 10.0)
    own = g.Clip(g.Add(g.Mul(scalar("tone"), TONE_SPREAD), TONE_MEAN), TONE_LOW, TONE_HIGH)
    asked = g.Gather(np.concatenate([[0], MONK_LIGHTNESS]).astype(np.float32), g.Cast(step, to=7), axis=0)
    lightness = g.Where(g.Greater(step, 0.5), asked, own)

    # Body layer: hair, ears, neck, clothes of one portrait whose face is cut out.
    bodies = model["bodies"]
    index = bodies["index"]
    score = g.Reshape(g.MatMul(part_of_z("body"), bodies["keys"].T * 2.0), [-1])
    score = g.Add(score, near(lightness, model["lightness"][index], BODY_TONE_WIDTH))
    body_sex = model["gender"][index].astype(np.float32)
    score = g.Sub(score, g.Mul(square(g.Sub(sex, body_sex)), 25.0))
    body = g.ArgMax(score, axis=0, keepdims=1)

    luma = decode(bodies["luma"], body)
    chroma = g.Sub(decode(bodies["chroma"], body), 128.0)
    chroma = g.Resize(chroma, "", np.array([1, 1, 2, 2], np.float32), mode="linear")
    luma = g.Reshape(luma, [1, 1, SIZE, SIZE])
    mix = np.array([[1.403, 0], [-0.714, -0.344], [0, 1.773]], np.float32).reshape(3, 2, 1, 1)
    rgb = g.Add(g.Conv(chroma, mix), luma)
    rgb = g.Clip(rgb, 0.0, 255.0)
    alpha = g.Reshape(decode(bodies["alpha"], body), [1, 1, SIZE // 2, SIZE // 2])
    alpha = g.Resize(g.Div(alpha, 255.0), "", np.array([1, 1, 2, 2], np.float32), mode="linear")
    opening = g.Reshape(decode(bodies["hole"], body), [1, 1, HEIGHT // 2, WIDTH // 2])
    opening = g.Resize(g.Div(opening, 255.0), "", np.array([1, 1, 2, 2], np.float32), mode="linear")
    skin = g.Reshape(decode(bodies["skin"], body), [1, 1, SIZE // 4, SIZE // 4])
    skin = g.Resize(g.Div(skin, 255.0), "", np.array([1, 1, 4, 4], np.float32), mode="linear")
    shading = g.Add(g.Div(decode(bodies["shading"], body), 70.0), 2.0)
    grid = bodies["shading"].shape[-1]
    shading = g.Resize(shading, "", np.array([1, 1, SIZE / grid, SIZE / grid], np.float32), mode="cubic")
    shading = g.Slice(shading, [TOP, LEFT], [BOTTOM, RIGHT], [2, 3])

    # Skin tone: the body's skin and the face's shading move together along the skin curve.
    curve = model["skin_curve"].astype(np.float32)
    own_t = (model["lightness"][index] - 55) / 20
    own_colour = np.column_stack([np.ones_like(own_t), own_t, own_t ** 2]) @ curve
    t = g.Div(g.Sub(lightness, 55.0), 20.0)
    design = g.Reshape(g.Concat(np.ones(1, np.float32), t, square(t), axis=0), [1, 3])
    shift = g.Sub(g.MatMul(design, curve), g.Gather(own_colour.astype(np.float32), body, axis=0))
    shift = g.Reshape(shift, [1, 3, 1, 1])
    rgb = g.Sub(g.Exp(g.Add(g.Log(g.Add(rgb, OFFSET)), g.Mul(skin, shift))), OFFSET)

    # Face: the body's own shading times the log detail of parts of other people.
    total_luma, total_chroma = None, None
    beard = g.Gather(model["beard"][index].astype(np.float32), body, axis=0)
    for part in model["parts"]:
        who = part["index"]
        y0, y1, x0, x1 = part["box"]
        score = g.Reshape(g.MatMul(part_of_z(part["region"]), part["keys"].T * 3.0), [-1])
        score = g.Add(score, near(years, model["age"][who], AGE_WIDTH))
        score = g.Add(score, near(lightness, model["lightness"][who], TONE_WIDTH))
        score = g.Sub(score, g.Mul(square(g.Sub(sex, model["gender"][who].astype(np.float32))), 25.0))
        if part["region"] == "lower":
            score = g.Add(score, near(beard, model["beard"][who], BEARD_WIDTH))
        best, rows = g.TopK(score, np.array([2], np.int64), outputs=2, axis=0)
        weight = g.Reshape(g.Softmax(g.Mul(best, 1.5), axis=0), [1, 2])

        def mixed(bank, shape):
            flat = bank.reshape(len(bank), -1)
            return g.Reshape(g.MatMul(weight, g.Sub(decode(flat, rows), 128.0)), shape)

        h, w = y1 - y0, x1 - x0
        part_luma = g.Div(mixed(part["luma"], [1, 1, h, w]), 90.0)
        part_chroma = g.Div(mixed(part["chroma"], [1, 2, h // 2, w // 2]), 127.0)
        part_luma = g.Pad(part_luma, [0, 0, y0, x0, 0, 0, HEIGHT - y1, WIDTH - x1])
        part_chroma = g.Pad(part_chroma, [0, 0, y0 // 2, x0 // 2, 0, 0, (HEIGHT - y1) // 2, (WIDTH - x1) // 2])
        total_luma = part_luma if total_luma is None else g.Add(total_luma, part_luma)
        total_chroma = part_chroma if total_chroma is None else g.Add(total_chroma, part_chroma)
    total_chroma = g.Resize(total_chroma, "", np.array([1, 1, 2, 2], np.float32), mode="linear")
    spread = np.array([[1, 0], [0, 0], [0, 1]], np.float32).reshape(3, 2, 1, 1)
    detail = g.Add(g.Conv(total_chroma, spread), total_luma)
    face = g.Sub(g.Exp(g.Add(g.Add(shading, shift), detail)), OFFSET)
    under = g.Slice(rgb, [TOP, LEFT], [BOTTOM, RIGHT], [2, 3])
    change = g.Mul(opening, g.Sub(face, under))
    rgb = g.Add(rgb, g.Pad(change, [0, 0, TOP, LEFT, 0, 0, SIZE - BOTTOM, SIZE - RIGHT]))
    rgb = g.Clip(g.Div(rgb, 255.0), 0.0, 1.0)
    picture = g.Concat(rgb, alpha, axis=1)
    reversed_ = g.Slice(picture, [SIZE - 1], [-SIZE - 1], [3], [-1])
    picture = g.Where(g.Greater(scalar("mirror"), 0.0), reversed_, picture)

    # Shape: landmarks and the field that pulls the canonical picture into it.
    shape = model["shape"]
    z = part_of_z("shape")
    size = g.Sqrt(g.ReduceMean(square(z), axes=[1], keepdims=1))
    z = g.Mul(z, g.Div(g.Clip(size, 0.6, 1.1), g.Max(size, 1e-6)))
    q, t = g.Div(g.Sub(years, 45.0), 20.0), g.Div(g.Sub(lightness, 58.0), 13.0)
    design = g.Reshape(g.Concat(np.ones(1, np.float32), sex, q, square(q), g.Mul(sex, q), t, square(t),
                                g.Mul(sex, t), axis=0), [1, 8])
    c = g.Add(g.MatMul(design, shape["ridge"].astype(np.float32)),
              g.Mul(z, (SHAPE_SPREAD * shape["deviation"]).astype(np.float32)))
    basis = g.Cast(shape["basis"].astype(np.float16), to=1)
    moved = g.Add(g.MatMul(c, basis), shape["centre"].astype(np.float32))
    split = 468 * 2
    landmarks = g.Add(g.Reshape(g.Slice(moved, [0], [split], [1]), [1, 468, 2]),
                      model["canonical"].shape.astype(np.float32)[None])
    field = g.Mul(g.Slice(moved, [split], [split + 2 * 64 * 64], [1]), 2.0)
    field = g.Transpose(g.Reshape(field, [1, 64, 64, 2]), perm=[0, 3, 1, 2])
    field = g.Resize(field, "", np.array([1, 1, SIZE / 64, SIZE / 64], np.float32), mode="cubic")
    ramp = ((np.arange(SIZE) + 0.5) * 2 / SIZE - 1).astype(np.float32)
    still = np.stack(np.meshgrid(ramp, ramp))[None]
    coordinates = g.Transpose(g.Add(g.Mul(field, 2.0 / SIZE), still), perm=[0, 2, 3, 1])
    picture = g.GridSample(picture, coordinates, mode="bicubic", padding_mode="border", align_corners=0)

    # A plain background, hardly tinted, a little darker towards the corners.
    level = g.Add(g.Mul(g.Clip(scalar("background"), -2.0, 2.0), 0.035), 0.80)
    tint = g.Mul(g.Clip(scalar("background", 1), -2.0, 2.0), np.array([0.006, 0, -0.006], np.float32).reshape(1, 3, 1, 1))
    x, y = np.meshgrid(ramp, ramp)
    vignette = (0.03 - 0.10 * (x ** 2 + 0.6 * (y + 0.2) ** 2)).astype(np.float32)[None, None]
    background = g.Add(g.Add(tint, g.Reshape(level, [1, 1, 1, 1])), vignette)
    colour = g.Slice(picture, [0], [3], [1])
    cover = g.Clip(g.Slice(picture, [3], [4], [1]), 0.0, 1.0)
    image = g.Clip(g.Add(background, g.Mul(cover, g.Sub(colour, background))), 0.0, 1.0)
    g.output(image, "image", [1, 3, SIZE, SIZE])
    g.output(landmarks, "landmarks", [1, 468, 2])
    return g.model("face-generator", "Portrait and mesh from gender, age, identity and skin tone")


def converter(model):
    """z = sqrt(D/24) Q 3 tanh(e/3), the columns of Q aimed at the generator's visible axes."""
    g = Graph()
    width, spans = model["width"], model["spans"]
    timbre = g.input("timbre", [1, 24])
    rng = np.random.default_rng(24)
    visible = np.full(width, 0.35)
    for name, gain in (("eyes", 1.0), ("nose", 1.0), ("lower", 1.0), ("forehead", 0.5), ("body", 1.0), ("tone", 1.5)):
        visible[slice(*spans[name])] = gain
    low, _ = spans["shape"]
    visible[low:low + 16] = 1.0
    directions = rng.standard_normal((width, 24)) * visible[:, None]
    q, _ = np.linalg.qr(directions)
    squashed = g.Mul(g.Tanh(g.Div(timbre, 3.0)), 3.0)
    z = g.MatMul(squashed, (np.sqrt(width / 24) * q.T).astype(np.float32))
    g.output(z, "identity", [1, width])
    return g.model("timbre-to-identity", "Speaker timbre to the identity vector of the face generator")
