"""Boxes: what detectors end in, and the suppression of boxes that cover each other."""

import itertools

from tflite_model import named, one_operator, options

from .common import *

F32 = np.float32
SCALES = {"y_scale": 10.0, "x_scale": 10.0, "h_scale": 5.0, "w_scale": 5.0}


def boxes(count):
    """Many of which lie near each other."""
    centres = random.choice(random.uniform(0.2, 0.8, (4, 2)), count) + random.normal(0, 0.04, (count, 2))
    return np.hstack([centres, random.uniform(0.1, 0.3, (count, 2))]).astype(F32)


@case
def postprocess(out, name, regular, background, quantised=False, classes=5, detections=6, shown=1, each=3, threshold=0.3,
                overlap=0.5, width=4, count=24):
    columns = classes + background
    encodings, anchors = random.normal(0, 1, (1, count, width)).astype(F32), boxes(count)
    scores = random.uniform(0, 1, (1, count, columns)).astype(F32)
    y = [tensor((), "float32") for _ in range(4)]
    op_options = named(max_detections=detections, max_classes_per_detection=shown, detections_per_class=each,
                       use_regular_nms=regular, nms_score_threshold=threshold, nms_iou_threshold=overlap,
                       num_classes=classes, **SCALES)
    attributes = {"detections": detections, "classes_per_detection": shown, "detections_per_class": each,
                  "classes": classes, "score_threshold": float(F32(threshold)), "overlap_threshold": float(F32(overlap)),
                  "scales": list(SCALES.values()), "regular": regular}
    if quantised:
        spaces = [(0.031, 120), (1 / 256, 0), (0.0041, 3)]
        feeds = [whole("uint8", *a.shape) for a in (encodings, scores)]
        anchors = whole("uint8", count, 4, low=30)
        x = [tensor(f.shape, "uint8", scale=s, zero=z) for f, (s, z) in zip(feeds, spaces)]
        x.append(tensor(data=anchors, scale=spaces[2][0], zero=spaces[2][1]))
        inputs = [((a.astype(F32) - z) * F32(s)).astype(F32) for a, (s, z) in zip([*feeds, anchors], spaces)]
    else:
        feeds, inputs = [encodings, scores], [encodings, scores, anchors]
        x = [tensor(encodings.shape, "float32"), tensor(scores.shape, "float32"), tensor(data=anchors)]
    answers = run(one_operator("TFLite_Detection_PostProcess", op_options, x, y), *feeds)
    found = int(answers[3][0]) * (1 if regular else shown)
    for answer in answers[:3]:
        answer[:, found:] = 0  # what lies behind the last detection may never have been written
    out.add(name, "detection_postprocess", attributes, inputs, answers, 1e-6)


@case
def suppression(out, name, most, overlap, threshold, sigma=None, count=20, empty=False):
    centred = boxes(count)
    corners = np.hstack([centred[:, :2] - centred[:, 2:], centred[:, :2] + centred[:, 2:]]).astype(F32)
    corners[::3] = corners[::3][:, [2, 1, 0, 3]]
    if empty:
        corners[4, 2:] = corners[4, :2]
    scores = random.uniform(0, 1, count).astype(F32)
    scores[4] = 1.5
    x = [tensor((count, 4), "float32"), tensor((count,), "float32"), tensor(data=np.int32(most)),
         tensor(data=F32(overlap)), tensor(data=F32(threshold))] + ([tensor(data=F32(sigma))] if sigma is not None else [])
    y = [tensor((most,), "int32")] + ([tensor((most,), "float32")] if sigma is not None else []) + [tensor((), "int32")]
    code = "NON_MAX_SUPPRESSION_V4" if sigma is None else "NON_MAX_SUPPRESSION_V5"
    words = options("NonMaxSuppressionV4Options" if sigma is None else "NonMaxSuppressionV5Options")
    answers = run(one_operator(code, words, x, y), corners, scores)
    if sigma is None:  # V4 keeps the scores to itself
        taken = answers[0][:int(answers[1])]
        kept = np.zeros(most, F32)
        kept[:len(taken)] = scores[taken]
        answers = [answers[0], kept, answers[1]]
    out.add(name, "non_max_suppression",
            {"most": most, "overlap_threshold": float(F32(overlap)), "score_threshold": float(F32(threshold)),
             "sigma": float(F32(sigma or 0))}, [corners, scores], answers, 1e-6)


def cases(out):
    for regular, background, quantised in itertools.product((False, True), (0, 1), (False, True)):
        words = f"regular {regular} background {background} quantised {quantised}"
        postprocess(out, f"postprocess {words}", regular, background, quantised)
        postprocess(out, f"postprocess {words}, few above the threshold", regular, background, quantised, threshold=0.93)
        postprocess(out, f"postprocess {words}, three classes shown", regular, background, quantised, shown=3)
    postprocess(out, "postprocess of more numbers a box", False, 1, width=6)
    postprocess(out, "postprocess of one class", True, 0, classes=1, overlap=1.0)
    for most, overlap, threshold in itertools.product((3, 30), (0.3, 0.8), (0.0, 0.6)):
        suppression(out, f"suppression {most} {overlap} {threshold}", most, overlap, threshold)
        for sigma in (0.0, 0.3):
            suppression(out, f"suppression {most} {overlap} {threshold} sigma {sigma}", most, overlap, threshold, sigma)
    suppression(out, "suppression with an empty box", 8, 0.5, 0.1, empty=True)
    suppression(out, "suppression with an empty box, soft", 8, 0.5, 0.1, 0.5, empty=True)
