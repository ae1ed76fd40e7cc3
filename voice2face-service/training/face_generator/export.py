"""Step 4: the learned arrays as ONNX graphs."""

import json

import cv2
import numpy as np

import codec
from factors import BOTTOM, GLOW, HEIGHT, LEFT, OFFSET, RIGHT, SIZE, TOP, WIDTH
from graph import Graph

# L* of bare skin in a portrait for the ten steps of the Monk scale. The scale's own patches reach
# from 94 to 14; skin in an evenly lit photograph does not, so the ends are drawn in.
MONK_LIGHTNESS = np.array([77, 74.5, 71.5, 67, 61, 52, 44, 37, 31, 26], np.float32)
TONE_SPREAD, TONE_LOW, TONE_HIGH = 2.5, 29.0, 77.0
# Ages are compared on a logarithmic scale: two years matter at 20, not at 70.
AGE_WIDTH, TONE_WIDTH, BEARD_WIDTH, BODY_TONE_WIDTH, LIGHT_WIDTH = {"forehead": 0.14, "eyes": 0.15, "nose": 0.40, "lower": 0.14}, 7.0, 0.12, 7.0, 0.20
# How much the better of a region's two donors outweighs the other: two mouths on one another are no mouth.
CHOICE = {"forehead": 1.5, "eyes": 2.0, "nose": 2.5, "lower": 5.0}
# The coarse part of a composed face is drawn to what faces look like: how many deviations are kept of every component,
# less where it tells left from right; how much comes from the parts and how much from the identity itself.
SOFT, SOFT_ASIDE, FROM_PARTS, FROM_IDENTITY = 1.6, 0.9, 0.7, 0.5
SHAPE_SPREAD = 0.85
# How far the layer's skin goes along with the face it meets: passes of a 5-tap binomial over blocks of 8 pixels, and the
# weight of the meeting line at which it goes half of the way.
MEETING_REACH, MEETING_FADE = 4, 0.02
# A face of parts is read older than its parts, but for the oldest: younger parts are looked for.
AGE_OFFSET, NO_OFFSET_AT = 7.5, 68.0


def ramp_of(value, low, high):
    t = np.clip((value - low) / (high - low), 0, 1)
    return t * t * (3 - 2 * t)


def column_of(g, x):
    return g.Reshape(x, [1, 1, 1, 1])


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

    def decode(name, bank, index):
        """One row (or rows) of a stored uint8 bank as float."""
        return g.Cast(g.Gather(g.constant(bank, "bank_" + name), index, axis=0), to=1)

    def enlarge(x, times, mode="linear"):
        return g.Resize(x, "", np.array([1, 1, times, times], np.float32), mode=mode)

    def ramp_between(x, low, high):
        """Smoothstep."""
        t = g.Clip(g.Div(g.Sub(x, low), g.Sub(high, low)), 0.0, 1.0)
        return g.Mul(square(t), g.Sub(3.0, g.Mul(t, 2.0)))

    # Inputs brought into range; what the caller asks for outside it is clamped, not refused.
    sex = g.Clip(gender, -1.0, 1.0)
    years = g.Clip(age, 18.0, 90.0)
    step = g.Clip(g.Round(tone), 0.0, 10.0)
    asked = g.Gather(np.concatenate([[0], MONK_LIGHTNESS]).astype(np.float32), g.Cast(step, to=7), axis=0)
    # Body layer: hair, ears, neck, clothes of one portrait whose face is cut out.
    bodies = model["bodies"]
    index = bodies["index"]
    score = g.Reshape(g.MatMul(part_of_z("body"), bodies["keys"].T * 2.0), [-1])
    # A tone that is asked for has a say in it; else the tone follows the layer, so that little has to be recoloured.
    is_asked = g.Greater(step, 0.5)
    score = g.Add(score, g.Mul(near(asked, model["lightness"][index], BODY_TONE_WIDTH), g.Cast(is_asked, to=1)))
    body_sex = model["gender"][index].astype(np.float32)
    score = g.Sub(score, g.Mul(square(g.Sub(sex, body_sex)), 25.0))
    # An old neck under a young face: such layers are not for the young.
    younger = g.Relu(g.Mul(g.Sub(g.Sub(model["age"][index].astype(np.float32), years), 30.0), 1 / 4))
    score = g.Sub(score, square(younger))
    body = g.ArgMax(score, axis=0, keepdims=1)

    own = g.Add(g.Gather(model["lightness"][index].astype(np.float32), body, axis=0),
                g.Mul(g.Clip(scalar("tone"), -2.0, 2.0), TONE_SPREAD))
    lightness = g.Where(is_asked, asked, g.Clip(own, TONE_LOW, TONE_HIGH))

    bank, reach = bodies["bank"], model["reach"]

    def nibbles(name, shape):
        return codec.graph_unpack(g, g.Reshape(decode(name, bank[name], body), shape))

    luma = enlarge(g.Reshape(decode("luma_base", bank["luma_base"], body), [1, 1, 128, 128]), 4)
    luma = g.Add(luma, codec.graph_from_codes(g, nibbles("luma", [1, 1, SIZE, SIZE // 2]), reach["luma"]))
    luma = g.Clip(luma, 0.0, 255.0)
    chroma = enlarge(decode("chroma_base", bank["chroma_base"], body), 4)
    chroma = g.Add(chroma, codec.graph_from_codes(g, nibbles("chroma", [1, 2, SIZE // 2, SIZE // 4]), reach["chroma"]))
    chroma = enlarge(g.Sub(chroma, 128.0), 2)
    alpha = enlarge(g.Div(nibbles("alpha", [1, 1, SIZE // 2, SIZE // 4]), 15.0), 2)
    opening = g.Reshape(decode("hole", bank["hole"], body), [1, 1, HEIGHT // 2, WIDTH // 2])
    opening = enlarge(g.Div(opening, 255.0), 2)
    masks = g.Reshape(decode("masks", bank["masks"], body), [1, 1, SIZE // 4, SIZE // 4])
    skin = g.Floor(g.Mul(masks, 1 / 16))
    masks_hair = g.Div(g.Sub(masks, g.Mul(skin, 16.0)), 15.0)
    hair = enlarge(masks_hair, 4)
    skin = g.Div(skin, 15.0)
    shading = g.Add(g.Div(decode("shading", bank["shading"], body), 70.0), 2.0)
    shading = enlarge(shading, SIZE / bank["shading"].shape[-1], "cubic")
    shading = g.Slice(shading, [TOP, LEFT], [BOTTOM, RIGHT], [2, 3])
    middle = g.Reshape(g.Gather(model["skin_mean"][index].astype(np.float32), body, axis=0), [1, 3, 1, 1])
    glow = g.Relu(g.Sub(shading, middle))
    shading = g.Add(g.Min(shading, middle), g.Mul(g.Tanh(g.Div(glow, GLOW)), GLOW))

    def of_body(values):
        return g.Gather(np.asarray(values, np.float32), body, axis=0)

    # Hair goes grey with the years, continuously; a grey body on a young person is dyed back.
    onset = g.Add(g.Mul(g.Clip(scalar("grey"), -1.5, 1.5), 6.0), 45.0)
    grey = ramp_between(years, onset, g.Add(onset, 27.0))
    young = g.Sub(1.0, grey)
    level = of_body(bodies["hair_luma"])
    wanted = g.Add(g.Mul(of_body(bodies["hair_natural"]), young),
                   g.Mul(g.Add(of_body(0.35 * np.maximum(bodies["hair_luma"], 40)), 98.0), grey))
    already = of_body(bodies["hair_grey"])
    wanted = g.Where(g.Greater(g.Mul(already, grey), 0.99), level, wanted)
    power = g.Clip(g.Div(g.Log(g.Div(wanted, 255.0)), g.Log(g.Div(level, 255.0))), 0.35, 3.0)
    bent = g.Mul(g.Pow(g.Div(g.Max(luma, 1.0), 255.0), g.Reshape(power, [1, 1, 1, 1])), 255.0)
    scaled = g.Clip(g.Mul(luma, g.Reshape(g.Clip(g.Div(wanted, level), 0.2, 4.0), [1, 1, 1, 1])), 0.0, 235.0)
    recoloured = g.Add(g.Mul(bent, 0.5), g.Mul(scaled, 0.5))
    # Where hair gives way to skin, half-covered pixels are no hair yet: lifted like hair they would
    # draw a white line, so near the face nothing is lifted above the hair's new mean.
    near_face = g.constant(cv2.GaussianBlur(cv2.dilate(model["areas"].oval, np.ones((61, 61))), (0, 0), 12)[None, None])
    ceiling = g.Max(luma, g.Reshape(g.Mul(wanted, 1.1), [1, 1, 1, 1]))
    recoloured = g.Sub(recoloured, g.Mul(g.Relu(g.Sub(recoloured, ceiling)), near_face))
    # Only what is as light as hair is recoloured: lightening spares bright skin at the hairline,
    # darkening spares skin that is darker than the grey hair over it.
    lift, sink = g.Cast(g.Greater(wanted, level), to=1), g.Cast(g.Less(wanted, level), to=1)

    def column(x):
        return column_of(g, x)

    bright = ramp_between(luma, column(g.Add(g.Mul(level, 1.25), 8.0)), column(g.Add(g.Mul(level, 1.75), 32.0)))
    dark = g.Sub(1.0, ramp_between(luma, column(g.Mul(level, 0.3)), column(g.Mul(level, 0.6))))
    spared = g.Add(g.Mul(bright, column(lift)), g.Mul(dark, column(sink)))
    # Where black hair greys, its line at the skin stays in the shade: lifted, the skin between the hairs would be a pale band.
    binomial = np.outer([1, 4, 6, 4, 1], [1, 4, 6, 4, 1]).astype(np.float32)[None, None] / 256
    beside = skin
    for _ in range(8):
        beside = g.Conv(g.Pad(beside, [0, 0, 2, 2, 0, 0, 2, 2], mode="edge"), binomial)
    shaded = g.Mul(enlarge(g.Clip(g.Mul(beside, 4.0), 0.0, 1.0), 4), column(g.Mul(ramp_between(g.Div(wanted, level), 1.2, 2.4), 0.85)))
    hair = g.Mul(hair, g.Sub(1.0, g.Mul(shaded, near_face)))
    # Fair strands at the face fade too; beside dark hair what is light there is skin.
    fading = g.Mul(hair, g.Sub(1.0, g.Mul(g.Mul(spared, near_face), column(g.Sub(1.0, ramp_between(level, 50.0, 90.0))))))
    hair = g.Mul(hair, g.Sub(1.0, g.Mul(spared, near_face)))
    # Clothes: the hue is turned, the lightness bent, a little tint added, so that a shirt is not known again.
    cloth = enlarge(g.Div(nibbles("cloth", [1, 1, SIZE // 4, SIZE // 8]), 15.0), 4)
    turn = g.Mul(g.Tanh(scalar("hue")), 1.4)
    cos, sin = column_of(g, g.Cos(turn)), column_of(g, g.Sin(turn))
    red_part, blue_part = g.Split(chroma, [1, 1], outputs=2, axis=1)
    turned = g.Concat(g.Sub(g.Mul(red_part, cos), g.Mul(blue_part, sin)),
                      g.Add(g.Mul(red_part, sin), g.Mul(blue_part, cos)), axis=1)
    tint = g.Mul(column_of(g, g.Tanh(scalar("hue", 2))), np.array([5, -7], np.float32).reshape(1, 2, 1, 1))
    turned = g.Add(turned, tint)
    # Loud colours are quietened once they are turned.
    strength = g.Sqrt(g.Add(g.ReduceSum(square(turned), np.array([1], np.int64), keepdims=1), 1.0))
    turned = g.Mul(turned, g.Div(g.Mul(g.Tanh(g.Div(strength, 36.0)), 36.0), strength))
    chroma = g.Add(chroma, g.Mul(cloth, g.Sub(turned, chroma)))
    bend = column_of(g, g.Exp(g.Mul(g.Clip(scalar("hue", 1), -1.8, 1.8), 0.25)))
    cloth_luma = g.Mul(g.Pow(g.Div(g.Max(luma, 1.0), 255.0), bend), 255.0)
    luma = g.Add(luma, g.Mul(cloth, g.Sub(cloth_luma, luma)))

    luma = g.Add(luma, g.Mul(hair, g.Sub(recoloured, luma)))
    fade = g.Add(g.Mul(grey, g.Sub(0.8, g.Mul(already, 0.5))), g.Mul(g.Mul(already, young), 0.75))
    fade = g.Reshape(fade, [1, 1, 1, 1])
    brown = g.Mul(g.Reshape(g.Mul(already, young), [1, 1, 1, 1]), np.array([4, -6], np.float32).reshape(1, 2, 1, 1))
    chroma = g.Add(chroma, g.Mul(fading, g.Sub(brown, g.Mul(chroma, fade))))

    # Wrinkles that the layer brings along at ears, neck and hairline are smoothed for the young.
    youth = g.Clip(g.Mul(g.Sub(of_body(model["age"][index]), years), 1 / 25), 0.0, 1.0)
    soft = g.AveragePool(luma, kernel_shape=[4, 4], strides=[4, 4])
    kernel = np.outer([1, 4, 6, 4, 1], [1, 4, 6, 4, 1]).astype(np.float32)[None, None] / 256
    soft = enlarge(g.Conv(g.Pad(soft, [0, 0, 2, 2, 0, 0, 2, 2], mode="edge"), kernel), 4)
    firm = g.Mul(enlarge(g.Clip(g.Sub(g.Mul(skin, 3.0), 2.0), 0.0, 1.0), 4), g.Reshape(g.Mul(youth, 0.75), [1, 1, 1, 1]))
    luma = g.Add(luma, g.Mul(firm, g.Sub(soft, luma)))
    mix = np.array([[1.403, 0], [-0.714, -0.344], [0, 1.773]], np.float32).reshape(3, 2, 1, 1)
    rgb = g.Clip(g.Add(g.Conv(chroma, mix), luma), 0.0, 255.0)

    # Skin tone: the body's skin and the face's shading move together along the skin curve.
    curve = model["skin_curve"].astype(np.float32)
    own_t = (model["lightness"][index] - 55) / 20
    own_colour = np.column_stack([np.ones_like(own_t), own_t, own_t ** 2]) @ curve
    t = g.Div(g.Sub(lightness, 55.0), 20.0)
    design = g.Reshape(g.Concat(np.ones(1, np.float32), t, square(t), axis=0), [1, 3])
    shift = g.Sub(g.MatMul(design, curve), g.Gather(own_colour.astype(np.float32), body, axis=0))
    shift = g.Reshape(shift, [1, 3, 1, 1])
    # (rgb + offset) exp(skin * shift) - offset; the gain is smooth, so it is made at mask size.
    gain = enlarge(g.Exp(g.Mul(skin, shift)), 4)
    rgb = g.Sub(g.Mul(g.Add(rgb, OFFSET), gain), OFFSET)

    # Face: the body's own shading times the log detail of parts of other people.
    total_luma, total_chroma = None, None
    beard, light = of_body(model["beard"][index]), of_body(model["light"][index])
    early = g.Clip(g.Div(g.Sub(NO_OFFSET_AT, years), 25.0), -0.5, 1.0)
    sought = g.Max(g.Sub(years, g.Mul(early, AGE_OFFSET)), 14.0)
    log_years = g.Log(sought)
    # The mirrored picture is mirrored as a whole, so that light falls on all of it from one side.
    for part in model["parts"]:
        who = part["index"]
        y0, y1, x0, x1 = part["box"]
        score = g.Reshape(g.MatMul(part_of_z(part["region"]), part["keys"].T * 3.0), [-1])
        score = g.Add(score, near(log_years, np.log(model["age"][who]), AGE_WIDTH[part["region"]]))
        score = g.Add(score, near(lightness, model["lightness"][who], TONE_WIDTH))
        score = g.Sub(score, g.Mul(square(g.Sub(sex, model["gender"][who].astype(np.float32))), 25.0))
        if part["region"] == "lower":
            score = g.Add(score, near(beard, model["beard"][who], BEARD_WIDTH))
        score = g.Add(score, near(light, model["light"][who], LIGHT_WIDTH))
        best, rows = g.TopK(score, np.array([2], np.int64), outputs=2, axis=0)
        weight = g.Reshape(g.Softmax(g.Mul(best, CHOICE[part["region"]]), axis=0), [1, 2])

        halves = g.Gather(part["rows"].astype(np.int64), rows, axis=0)

        def mixed(kind, channels, height, width, span):
            codes = codec.graph_unpack(g, decode(f"part_{part['region']}_{kind}", part[kind], halves))
            codes = codec.graph_from_codes(g, g.Reshape(codes, [2, 2 * channels * height * width]), span)
            codes = g.Reshape(g.MatMul(weight, codes), [2, channels, height, width])
            return g.Concat(*g.Split(codes, [1, 1], outputs=2, axis=0), axis=3)

        h, w = y1 - y0, x1 - x0
        part_luma = mixed("luma", 1, h, w // 2, reach["part"])
        part_chroma = mixed("chroma", 2, h // 2, w // 4, reach["part_chroma"])
        part_luma = g.Pad(part_luma, [0, 0, y0, x0, 0, 0, HEIGHT - y1, WIDTH - x1])
        part_chroma = g.Pad(part_chroma, [0, 0, y0 // 2, x0 // 2, 0, 0, (HEIGHT - y1) // 2, (WIDTH - x1) // 2])
        total_luma = part_luma if total_luma is None else g.Add(total_luma, part_luma)
        total_chroma = part_chroma if total_chroma is None else g.Add(total_chroma, part_chroma)
    # Light on the cheeks, sockets, the nose's shadow and that on the upper lip belong together: four regions' do not.
    # What is coarse in the composed detail is moved onto the coarse detail of whole faces.
    coarse = model["coarse"]
    seen = g.Concat(g.AveragePool(total_luma, kernel_shape=[8, 8], strides=[8, 8]),
                    g.AveragePool(total_chroma, kernel_shape=[4, 4], strides=[4, 4]), axis=1)
    seen = g.Conv(g.Pad(seen, [0, 0, 2, 2, 0, 0, 2, 2], mode="edge"), np.tile(kernel, (3, 1, 1, 1)), group=3)
    seen = g.Reshape(seen, [1, -1])
    q, t = g.Div(g.Sub(sought, 45.0), 20.0), g.Div(g.Sub(lightness, 55.0), 12.0)
    design = g.Reshape(g.Concat(np.ones(1, np.float32), sex, q, square(q), g.Mul(sex, q), t, square(t), beard, axis=0), [1, 8])
    typical = g.MatMul(design, coarse["ridge"])
    expected = g.Add(typical, coarse["mean"])
    found = g.MatMul(g.Sub(seen, coarse["mean"]), coarse["basis"].T)
    wide = (coarse["deviation"] * np.where(coarse["aside"], SOFT_ASIDE, SOFT)).astype(np.float32)
    middle_of = g.MatMul(typical, coarse["basis"].T)
    apart = g.Mul(g.Sub(found, middle_of), FROM_PARTS)
    apart = g.Add(apart, g.MatMul(g.Slice(identity, [0], [coarse["turn"].shape[0]], [1]),
                                  (coarse["turn"] * coarse["deviation"] * FROM_IDENTITY).astype(np.float32)))
    apart = g.Mul(g.Tanh(g.Div(apart, wide)), wide)
    meant = g.Add(expected, g.MatMul(apart, coarse["basis"]))
    moved = g.Reshape(g.Sub(meant, seen), [1, 3, HEIGHT // 8, WIDTH // 8])
    moved = enlarge(moved, 8, "cubic")
    moved_luma, moved_chroma = g.Split(moved, [1, 2], outputs=2, axis=1)
    total_luma = g.Add(total_luma, moved_luma)
    total_chroma = g.Add(enlarge(total_chroma, 2), moved_chroma)
    spread = np.array([[1, 0], [0, 0], [0, 1]], np.float32).reshape(3, 2, 1, 1)
    detail = g.Add(g.Conv(total_chroma, spread), total_luma)
    face = g.Sub(g.Exp(g.Add(g.Add(shading, shift), detail)), OFFSET)
    # A soft shoulder instead of burnt-out highlights.
    face = g.Add(g.Min(face, 190.0), g.Mul(g.Tanh(g.Div(g.Relu(g.Sub(face, 190.0)), 60.0)), 60.0))
    # Grey brows on a warmer skin than their own would turn blue: blue keeps close to green.
    red, green, blue = g.Split(face, [1, 1, 1], outputs=3, axis=1)
    face = g.Concat(red, green, g.Min(blue, g.Add(g.Mul(green, 1.08), 3.0)), axis=1)
    under = g.Slice(rgb, [TOP, LEFT], [BOTTOM, RIGHT], [2, 3])
    # Where face and layer meet on skin they differ a little, in light and colour: the layer's skin goes along, less with the
    # distance, so that no edge and no band is left on forehead and jaw.
    window_skin = g.Slice(enlarge(skin, 4), [TOP, LEFT], [BOTTOM, RIGHT], [2, 3])
    gap = g.Sub(g.Log(g.Add(g.Max(face, 0.0), OFFSET)), g.Log(g.Add(g.Max(under, 0.0), OFFSET)))
    meeting = g.Mul(g.Relu(g.Sub(g.Mul(g.Mul(opening, g.Sub(1.0, opening)), 4.0), 0.3)), window_skin)

    def spread_out(x, channels):
        x = g.AveragePool(x, kernel_shape=[8, 8], strides=[8, 8])
        for _ in range(MEETING_REACH):
            x = g.Conv(g.Pad(x, [0, 0, 2, 2, 0, 0, 2, 2]), np.tile(kernel, (channels, 1, 1, 1)), group=channels)
        return x

    weight = spread_out(meeting, 1)
    gap = g.Div(spread_out(g.Mul(gap, meeting), 3), g.Add(weight, MEETING_FADE))
    gap = g.Mul(g.Tanh(g.Div(gap, 0.3)), 0.3)
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
    border = ramp_of(np.minimum(np.minimum(y, HEIGHT - 1 - y), np.minimum(x, WIDTH - 1 - x)), 0, 24)
    gap = g.Mul(g.Mul(enlarge(gap, 8, "cubic"), window_skin), border.astype(np.float32)[None, None])
    along = g.Sub(g.Mul(g.Add(under, OFFSET), g.Exp(gap)), OFFSET)
    change = g.Sub(g.Add(along, g.Mul(opening, g.Sub(face, along))), under)
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
    graph = g.model("face-generator", "Portrait and mesh from gender, age, identity and skin tone")
    graph.metadata_props.add(key="reach", value=json.dumps(reach))
    return graph


# Values of the timbre that hardly move between two recordings of a speaker, and how much more they weigh.
STEADY, STEADY_GAIN = 6, 2.5


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
    # What is chosen whole (hair and clothes, which side is which, the colour of a shirt) jumps where an input drifts:
    # it hangs on the first values of the timbre, which stay from one session to the next.
    for name in ("body", "mirror", "hue", "tone", "grey"):
        rows = slice(*spans[name])
        directions[rows, STEADY:] = 0
        directions[rows, :STEADY] *= STEADY_GAIN
    q, _ = np.linalg.qr(directions)
    squashed = g.Mul(g.Tanh(g.Div(timbre, 3.0)), 3.0)
    z = g.MatMul(squashed, (np.sqrt(width / 24) * q.T).astype(np.float32))
    g.output(z, "identity", [1, width])
    return g.model("timbre-to-identity", "Speaker timbre to the identity vector of the face generator")


def stored_pictures(banks, reach):
    """Decodes what the file holds, for the test that no face is in it: (name, RGB picture)."""
    for i in range(len(banks["bank_luma"])):
        luma = codec.decode(banks["bank_luma_base"][i], banks["bank_luma"][i], reach["luma"])
        chroma = [codec.enlarge(codec.decode(banks["bank_chroma_base"][i][c], banks["bank_chroma"][i][c], reach["chroma"]), SIZE)
                  for c in (0, 1)]
        red, blue = chroma[0] - 128, chroma[1] - 128
        rgb = np.stack([luma + 1.403 * red, luma - 0.714 * red - 0.344 * blue, luma + 1.773 * blue], -1)
        yield f"body {i}", np.clip(rgb, 0, 255).astype(np.uint8)
    for name in sorted(banks):
        if name.startswith("bank_part_") and name.endswith("_luma"):
            for i, packed in enumerate(banks[name]):
                detail = codec.from_codes(codec.unpack(packed), reach["part"])
                picture = np.full((SIZE, SIZE), 128.0)
                y, x = (SIZE - detail.shape[0]) // 2, (SIZE - detail.shape[1]) // 2
                picture[y:y + detail.shape[0], x:x + detail.shape[1]] = 128 * np.exp(detail)
                yield f"{name[10:-5]} {i}", np.repeat(np.clip(picture, 0, 255).astype(np.uint8)[..., None], 3, 2)
