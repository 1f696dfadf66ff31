"""Answers, against small graphs of known output and real models worked out in numpy."""

from math import ceil, exp, nan
from math import floor as whole

import cv2
import numpy as np
import onnxruntime
import pytest

from fieldcheck.domain.model_card import parse_card
from fieldcheck.errors.models import ModelRejected
from fieldcheck.models import providers as runner_module
from fieldcheck.models.card import read_card
from fieldcheck.models.decoders.decoder import get_score_floor
from fieldcheck.models.preprocess import preprocess_image
from fieldcheck.models.providers import ModelRunner, PendingFrames
from fieldcheck.models.session import open_model
from tests.models import graphs
from tests.models.zoo_by_hand import overlap

SIDE = 32
NOISE = np.random.default_rng(0).integers(0, 256, (9, 48, 64, 3), dtype=np.uint8)


def class_card(kind="logits", n_classes=3, **more):
    classes = [str(i) for i in range(n_classes)]
    return {
        "task": "classification",
        "input": {"size": [SIDE, SIDE], "resize": "stretch"},
        "output": {"kind": kind},
        "classes": classes,
    } | more


def box_card(kind="yolo", n_classes=2, **output):
    found = class_card(kind, n_classes) | {"task": "detection", "output": {"kind": kind, **output}}
    return found | {"input": {"size": [SIDE, SIDE], "resize": "letterbox"}}


def running(path, card, **options):
    model = open_model(path, threads=1)
    return ModelRunner(model, read_card(model, card), **options)


def heads(tmp_path, values, shape=("n", 3, SIDE, SIDE)):
    return graphs.constant_head(tmp_path / "m.onnx", np.asarray(values, np.float32), shape=shape)


def test_a_classifier_answers_with_shares(tmp_path):
    answer, bad = running(heads(tmp_path, [2.2, 0.1, -1.0]), class_card()).predict([NOISE[0]])[0]
    whole = exp(2.2) + exp(0.1) + exp(-1)
    assert answer == pytest.approx([exp(2.2) / whole, exp(0.1) / whole, exp(-1) / whole], abs=1e-6)
    assert (answer.dtype, answer.shape, bad) == (np.float32, (3,), False)


@pytest.mark.parametrize(
    ("kind", "last"), [("logits", None), ("softmax", "Softmax"), ("sigmoid", "Sigmoid")]
)
def test_the_last_step_is_taken_once_wherever_it_stands(tmp_path, kind, last):
    card = class_card("sigmoid" if last == "Sigmoid" else "softmax")
    plain = running(graphs.convolutions(tmp_path / "plain.onnx"), card)
    done = running(graphs.convolutions(tmp_path / "done.onnx", last=last), class_card(kind))
    for (one, _), (other, _) in zip(plain.predict(NOISE), done.predict(NOISE), strict=True):
        assert one == pytest.approx(other, abs=1e-6)


@pytest.mark.parametrize("kind", ["logits", "softmax", "sigmoid"])
def test_an_answer_that_is_not_a_number_is_flagged_and_names_no_class(tmp_path, kind):
    answer, bad = running(heads(tmp_path, [0.2, nan, 0.1]), class_card(kind)).predict([NOISE[0]])[0]
    assert bad
    assert np.isnan(answer).all()


def test_a_constant_answer_is_an_answer(tmp_path):
    answers = running(heads(tmp_path, [0.0, 0.0, 0.0]), class_card()).predict(NOISE)
    assert [bad for _, bad in answers] == [False] * 9


def test_a_v8_head_gives_boxes_in_pixels_of_the_frame_by_falling_score(tmp_path):
    head = np.zeros((6, 20), np.float32)
    head[:, 3] = [16, 16, 8, 4, 0.1, 0.6]
    head[:, 5] = [8, 12, 8, 8, 0.9, 0.2]
    head[:, 6] = [8.5, 12, 8, 8, 0.8, 0.2]  # covered by the one before
    head[:, 7] = [8, 12, 8, 8, 0.0, 0.07]  # another class, still above the floor
    head[:, 8] = [20, 20, 8, 8, 0.04, 0.0]  # below the floor
    answer, bad = running(heads(tmp_path, head), box_card()).predict([NOISE[0]])[0]
    # 48×64 lies in 32×32 at ratio 0.5, four rows down
    wanted = [[8, 8, 24, 24, 0.9, 0], [24, 20, 40, 28, 0.6, 1], [8, 8, 24, 24, 0.07, 1]]
    assert answer == pytest.approx(np.array(wanted), abs=1e-5)
    assert (answer.dtype, bad) == (np.float32, False)


def test_an_end_to_end_graph_is_believed_about_its_overlaps(tmp_path):
    rows = [[4, 8, 12, 16, 0.5, 1], [4, 8, 12, 16, 0.9, 1], [0, 0, 0, 0, 0, 0]]
    answer, _ = running(heads(tmp_path, rows), box_card("yolo_end2end")).predict([NOISE[0]])[0]
    wanted = pytest.approx(np.array([[8, 8, 24, 24, 0.9, 1], [8, 8, 24, 24, 0.5, 1]]), abs=1e-5)
    assert answer == wanted


def test_an_end_to_end_graph_may_leave_the_batch_away(tmp_path):
    path = heads(tmp_path, np.zeros((1, 6)), (1, 3, SIDE, SIDE))
    model = graphs.loaded(path)
    model.graph.node[-1].output[0] = "batched"
    model.graph.node.add(op_type="Squeeze", input=["batched", "first"], output=["output"])
    model.graph.initializer.add(name="first", data_type=7, dims=[1], int64_data=[0])
    path.write_bytes(model.SerializeToString())
    assert running(path, box_card("yolo_end2end")).predict([NOISE[0]])[0][0].shape == (0, 6)


def test_nothing_found_is_an_answer_of_no_rows(tmp_path):
    answer, bad = running(heads(tmp_path, np.zeros((6, 20))), box_card()).predict([NOISE[0]])[0]
    assert (answer.shape, answer.dtype, bad) == ((0, 6), np.float32, False)


@pytest.mark.parametrize(
    ("kind", "shape"),
    [("yolo", (6, 20)), ("yolo_obj", (20, 7)), ("yolo_end2end", (20, 6)), ("yolox", (21, 7))],
)
def test_boxes_that_are_not_numbers_are_dropped_and_flagged(tmp_path, kind, shape):
    found = running(heads(tmp_path, np.full(shape, nan)), box_card(kind)).predict([NOISE[0]])
    answer, bad = found[0]
    assert (answer.shape, bad) == ((0, 6), True)


def test_a_sound_box_beside_a_broken_one_stays(tmp_path):
    rows = [[4, 8, nan, 16, 0.5, 1], [4, 8, 12, 16, 0.9, 1]]
    answer, bad = running(heads(tmp_path, rows), box_card("yolo_end2end")).predict([NOISE[0]])[0]
    assert (len(answer), bad) == (1, True)


def test_a_box_of_a_class_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(ModelRejected) as refused:
        running(heads(tmp_path, [[4, 8, 12, 16, 0.9, 7]]), box_card("yolo_end2end")).predict(
            [NOISE[0]]
        )
    assert (refused.value.problem, refused.value.detail) == ("classes", "class 7 of 2 classes")


@pytest.mark.parametrize(("threshold", "wanted"), [(0.25, 0.05), (0.9, 0.05), (0.01, 0.01)])
def test_boxes_are_kept_down_to_the_floor(threshold, wanted):
    assert get_score_floor(parse_card(box_card(threshold=threshold))) == wanted


def test_the_same_frame_gets_the_same_answer_in_any_company(tmp_path):
    path = graphs.convolutions(tmp_path / "m.onnx")
    alone = running(path, class_card(), batch_size=1)
    batched = running(path, class_card(), batch_size=8)
    for one, other in zip(alone.predict(NOISE), batched.predict(NOISE), strict=True):
        assert np.array_equal(one[0], other[0])


@pytest.mark.parametrize("kind", ["logits", "softmax", "sigmoid"])
def test_rows_that_are_read_together_are_those_of_each_alone(tmp_path, kind):
    runner = running(graphs.convolutions(tmp_path / "m.onnx"), class_card(kind), batch_size=1)
    together, alone = runner.predict(NOISE), [runner.predict([one])[0] for one in NOISE]
    assert len({row.tobytes() for row, _ in alone}) == len(NOISE)
    assert [row.tobytes() for row, _ in together] == [row.tobytes() for row, _ in alone]


def test_a_tiny_model_is_measured_and_no_answer_depends_on_what_came_out(tmp_path):
    chosen = running(graphs.convolutions(tmp_path / "m.onnx"), class_card())
    assert chosen.batch_size in (1, runner_module.TINY_BATCH)
    assert len(chosen.predict(NOISE)) == 9
    assert chosen.predict([]) == []


def test_a_batch_that_the_file_fixes_is_filled_up(tmp_path):
    path = graphs.convolutions(tmp_path / "m.onnx", shape=(4, 3, SIDE, SIDE))
    fixed = running(path, class_card())
    assert fixed.batch_size == 4
    free = running(graphs.convolutions(tmp_path / "free.onnx"), class_card())
    for one, other in zip(fixed.predict(NOISE), free.predict(NOISE), strict=True):
        assert one[0] == pytest.approx(other[0], abs=1e-6)


def test_a_batch_that_is_open_outside_and_fixed_inside_is_one(tmp_path):
    model = graphs.loaded(graphs.convolutions(tmp_path / "m.onnx"))
    model.graph.node[-1].output[0] = "free"
    model.graph.node.add(op_type="Reshape", input=["free", "shape"], output=["output"])
    model.graph.initializer.add(name="shape", data_type=7, dims=[2], int64_data=[1, 3])
    (tmp_path / "m.onnx").write_bytes(model.SerializeToString())
    fixed = running(tmp_path / "m.onnx", class_card())
    assert fixed.batch_size == 1
    assert len(fixed.predict(NOISE[:2])) == 2


def test_frames_that_wait_do_not_overwrite_the_answers_before_them(tmp_path):
    shades = [np.full((4, 4, 3), shade, np.uint8) for shade in range(0, 230, 10)]
    fields = class_card("sigmoid")
    card = fields | {"input": {"size": [1, 1], "resize": "stretch", "scale": 1 / 255}}
    passing = running(graphs.passing_on(tmp_path / "m.onnx", shape=("n", 3, 1, 1)), card)
    waiting, found = PendingFrames(passing), []
    for shade in shades:
        waiting.add(shade)
        found += waiting.predict_all() if waiting.is_full else []
    found += waiting.predict_all()
    actual = [one.answer.tolist() for one in found]
    assert actual == [pytest.approx([shade[0, 0, 0] / 255] * 3) for shade in shades]
    assert waiting.predict_all() == []


@pytest.mark.parametrize(
    ("side", "batch", "most"), [(32, "n", 8), (640, "n", 1), (32, 4, 8), (32, 5, 5), (32, 12, 12)]
)
def test_as_many_wait_as_make_whole_runs_and_little_memory(tmp_path, side, batch, most):
    card = class_card() | {"input": {"size": [side, side], "resize": "stretch"}}
    path = heads(tmp_path, [2.2, 0.1, -1.0], shape=(batch, 3, side, side))
    waiting = PendingFrames(running(path, card, batch_size=1))
    for n in range(most):
        assert not waiting.is_full, n
        waiting.add(NOISE[0])
    assert waiting.is_full
    assert len(waiting.predict_all()) == most


# --- real models, beside a reference written without any of our code
# ---------------------------------------------------------


def frames_of(path, n):
    """Every so many frames of a video, BGR as OpenCV reads it."""
    video = cv2.VideoCapture(str(path))
    step = int(video.get(cv2.CAP_PROP_FRAME_COUNT)) // n
    for index in range(step * n):
        good, bgr = video.read()
        if good and index % step == 0:
            yield bgr
    video.release()


def yolox_by_hand(session, bgr):
    """The manifest's recipe in plain loops: letterbox, raw grid, suppression by class at 0.45."""
    tall, wide = bgr.shape[:2]
    ratio = min(416 / tall, 416 / wide)
    canvas = np.full((416, 416, 3), 114, np.uint8)
    inner = cv2.resize(bgr, (int(wide * ratio), int(tall * ratio)), interpolation=cv2.INTER_LINEAR)
    canvas[: inner.shape[0], : inner.shape[1]] = inner
    raw = session.run(None, {"images": canvas.transpose(2, 0, 1)[None].astype(np.float32)})[0][0]
    found, row = [], 0
    for stride in (8, 16, 32):
        for y in range(416 // stride):
            for x in range(416 // stride):
                values, row = raw[row], row + 1
                scores = values[5:] * values[4]
                best = int(np.argmax(scores))
                if scores[best] < 0.05:
                    continue
                cx, cy = (values[0] + x) * stride, (values[1] + y) * stride
                w, h = exp(values[2]) * stride, exp(values[3]) * stride
                corners = [cx - w / 2, cy - h / 2, cx + w / 2, cy + h / 2]
                found.append(
                    [*(float(corner) / ratio for corner in corners), float(scores[best]), best]
                )
    found.sort(key=lambda box: -box[4])
    kept = []
    for box in found:
        if all(box[5] != other[5] or overlap(box, other) <= 0.45 for other in kept):
            kept.append(box)
    return np.array(kept).reshape(-1, 6)


@pytest.mark.long
@pytest.mark.parametrize("video", ["intel-bottle-detection.mp4", "udacity-test_video.mp4"])
def test_yolox_equals_the_plain_reference_on_real_frames(shared_data, video):
    path = shared_data / "models" / "yolox_nano.onnx"
    spec = {
        "size": [416, 416], "resize": "letterbox", "colour": "BGR", "scale": 1,
        "pad_position": "top_left",
    }  # fmt: skip
    classes = (shared_data / "models" / "coco80.txt").read_text().splitlines()
    card = {"task": "detection", "input": spec, "output": {"kind": "yolox"}, "classes": classes}
    ours = running(path, card)
    session = onnxruntime.InferenceSession(str(path))
    seen = 0
    for bgr in frames_of(shared_data / "videos" / video, 6):
        answer, bad = ours.predict([np.ascontiguousarray(bgr[..., ::-1])])[0]
        wanted = yolox_by_hand(session, bgr)
        assert answer.shape == wanted.shape
        assert np.abs(answer - wanted).max() <= 1e-4
        assert not bad
        seen += len(answer)
    assert seen >= 12


@pytest.mark.long
@pytest.mark.parametrize("video", ["intel-bottle-detection.mp4", "udacity-test_video.mp4"])
def test_mobilenet_equals_the_plain_reference_on_real_frames(shared_data, video):
    path = shared_data / "models" / "mobilenet_v1_0.25_128_quant.onnx"
    spec = {
        "size": [128, 128], "resize": "stretch", "crop": 0.875, "scale": 1, "mean": 128, "std": 128,
    }  # fmt: skip
    classes = (shared_data / "models" / "imagenet_labels.txt").read_text().splitlines()
    ours = running(path, {
        "task": "classification", "input": spec, "output": {"kind": "softmax"}, "classes": classes,
    })  # fmt: skip
    session = onnxruntime.InferenceSession(str(path))
    for bgr in frames_of(shared_data / "videos" / video, 12):
        answer, bad = ours.predict([np.ascontiguousarray(bgr[..., ::-1])])[0]
        tall, wide = bgr.shape[:2]
        top, left = whole(tall * 0.125 / 2), whole(wide * 0.125 / 2)
        bottom, right = ceil(tall - tall * 0.125 / 2), ceil(wide - wide * 0.125 / 2)
        rgb = cv2.cvtColor(cv2.resize(bgr[top:bottom, left:right], (128, 128)), cv2.COLOR_BGR2RGB)
        tensor = ((rgb.astype(np.float64) - 128) / 128).transpose(2, 0, 1)[None].astype(np.float32)
        assert np.abs(answer - session.run(None, {"input": tensor})[0][0]).max() <= 1e-4
        assert not bad


@pytest.mark.parametrize("n", ["n", 1, 4])
def test_one_answer_comes_with_the_tensor_that_was_made_for_it(tmp_path, n):
    runner = running(heads(tmp_path, [2.2, 0.1, -1.0], shape=(n, 3, SIDE, SIDE)), class_card())
    waiting = PendingFrames(runner, most=1)
    prepared = waiting.add(NOISE[0])
    (found,) = waiting.predict_all()
    assert np.array_equal(found.answer, runner.predict([NOISE[0]])[0][0])
    assert not found.nan
    assert np.array_equal(prepared.tensor, preprocess_image(NOISE[0], runner.card.input).tensor)
    assert prepared.placement == preprocess_image(NOISE[0], runner.card.input).placement


@pytest.mark.long
@pytest.mark.parametrize("video", ["intel-bottle-detection.mp4", "udacity-test_video.mp4"])
def test_the_person_finder_equals_the_plain_reference_on_real_frames(shared_data, video):
    path = shared_data / "models" / "vww_96_float.onnx"
    spec = {"size": [96, 96], "resize": "stretch"}
    card = class_card("softmax", 2) | {"input": spec, "classes": ["no person", "person"]}
    ours, session = running(path, card), onnxruntime.InferenceSession(str(path))
    for bgr in frames_of(shared_data / "videos" / video, 12):
        answer, bad = ours.predict([np.ascontiguousarray(bgr[..., ::-1])])[0]
        rgb = cv2.cvtColor(cv2.resize(bgr, (96, 96)), cv2.COLOR_BGR2RGB)
        tensor = (rgb.astype(np.float64) / 255).transpose(2, 0, 1)[None].astype(np.float32)
        came = session.run(None, {session.get_inputs()[0].name: tensor})[0][0]
        assert came.sum() == pytest.approx(1, abs=1e-5)
        assert np.abs(answer - came).max() <= 1e-4
        assert not bad


def test_no_model_of_the_real_ones_is_without_a_reference(shared_data):
    held = {"yolox_nano", "mobilenet_v1_0.25_128_quant", "vww_96_float"}
    assert {path.stem for path in (shared_data / "models").glob("*.onnx")} == held
