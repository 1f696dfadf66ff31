"""Small real things to test with: ONNX files, videos, pictures, and projects over them whose truth
is known by construction.

A frame is a plain colour under noise, and the classifier says which colour is strongest. So the
model is right exactly where the label names the colour that is seen.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import cv2
import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from fieldcheck.analyses.domain_shift import compare_sets
from fieldcheck.corruptions import match_field
from fieldcheck.domain.label import Design, Point
from fieldcheck.domain.robustness import CandidateCorruption, FieldMatch, RunnerUp
from fieldcheck.footage.clips_and_scene_cuts import SamplingLine, list_sampling_lines
from fieldcheck.footage.import_footage import FootageInfo, import_footage
from fieldcheck.labels.store import LabelDecision, set_label
from fieldcheck.models.new_project import NewProjectRequest, set_up_project
from fieldcheck.models.runs_mlflow import run_and_score
from fieldcheck.progress import CancelToken, NullProgress
from fieldcheck.project.project import Project
from fieldcheck.project.tables import labels as picks_table
from fieldcheck.project.tables import models as facts_table
from fieldcheck.sampling.hardness import USUAL
from fieldcheck.sampling.pick_frames import PickResult, pick_frames

NOW = "2026-03-01T08:00:00+00:00"
LATER = "2026-03-02T09:30:00+00:00"
SHIFTS_OVER = "2026-12-31T08:00:00+00:00"  # after every shift that tests have
COLOURS = ("red", "green", "blue")
RGB = {"red": (190, 70, 60), "green": (60, 180, 70), "blue": (50, 70, 190)}
FPS = 4.0
SIZE = (48, 64)  # height, width

CARD = {
    "task": "classification",
    "input": {"size": [32, 32], "resize": "stretch", "scale": 0.00392},
    "output": {"kind": "logits"},
    "classes": ["a", "b", "c"],
}
COLOUR_CARD = {**CARD, "classes": list(COLOURS)}
BOX_CARD = {
    "task": "detection",
    "input": {"size": [32, 32], "resize": "stretch", "scale": 0.00392},
    "output": {"kind": "yolo_end2end", "threshold": 0.5},
    "classes": ["part", "hole"],
}
MASK_CARD = {
    **CARD,
    "task": "segmentation",
    "output": {"kind": "masks"},
    "classes": ["ground", "red", "blue"],
}
INSTANCE_CARD = {
    **BOX_CARD,
    "task": "instance",
    "output": {"kind": "instance_masks", "threshold": 0.5},
}
ANOMALY_CARD = {
    **CARD,
    "task": "anomaly",
    "output": {"kind": "anomaly", "threshold": 0.5},
    "classes": ["in order", "red"],
}
SEVERAL_CARD = {**COLOUR_CARD, "task": "multilabel"}
POOLED = [
    helper.make_node("GlobalAveragePool", ["x"], ["p"]),
    helper.make_node("Flatten", ["p"], ["f"]),
]


@contextmanager
def workers(n: int) -> Iterator[None]:
    """While it lasts, chunks are worked on by `n` threads, whatever the machine has."""
    with pytest.MonkeyPatch.context() as here:
        here.setattr("fieldcheck.parallel.default_workers", lambda: n)
        yield


def tiny_model(
    path: Path, channels=3, rank=4, n_classes=3, body=None, external=False, weights=None, side=32,
    gives=("y",),
) -> Path:  # fmt: skip
    """A real graph: the mean of each channel times a matrix."""
    shape = ["n", channels, side, side][:rank]
    matrix = np.linspace(-1, 1, channels * n_classes, dtype=np.float32).reshape(channels, n_classes)
    arrays = {"w": matrix, **(weights or {})}
    graph = helper.make_graph(
        body or [*POOLED, helper.make_node("MatMul", ["f", "w"], ["y"])],
        "tiny",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in gives],
        [numpy_helper.from_array(value, name) for name, value in arrays.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=10)
    onnx.save(model, path, save_as_external_data=external, location="weights.bin", size_threshold=0)
    return path


def scaled_model(path: Path, factor: float) -> Path:
    """The same with every figure times `factor`: NaN gives only NaN, 0 a constant answer."""
    product = helper.make_node("MatMul", ["f", "w"], ["z"])
    body = [*POOLED, product, helper.make_node("Mul", ["z", "k"], ["y"])]
    return tiny_model(path, body=body, weights={"k": np.array([factor], np.float32)})


def colour_model(
    path: Path, card: dict | None = None, order: Sequence[int] = (0, 1, 2), gain: float = 20.0
) -> Path:
    """Class k is answered where channel `order[k]` is the strongest. Its card lies beside it."""
    write_card(path.with_suffix(".card.json"), card or COLOUR_CARD)
    unit = np.eye(3, dtype=np.float32)
    return tiny_model(path, weights={"w": unit[:, list(order)] * np.float32(gain)})


def half_nan_model(path: Path) -> Path:
    """The colour model that gives NaN on blue frames: the root of a figure below zero."""
    body = [
        *POOLED,
        helper.make_node("Sub", ["limit", "f"], ["rest"]),
        helper.make_node("Sqrt", ["rest"], ["root"]),
        helper.make_node("Mul", ["root", "zero"], ["nothing"]),
        helper.make_node("MatMul", ["f", "w"], ["z"]),
        helper.make_node("Add", ["z", "nothing"], ["y"]),
    ]
    limit, zero = np.array([[9, 9, 0.5]], np.float32), np.zeros(1, np.float32)
    write_card(path.with_suffix(".card.json"), COLOUR_CARD)
    unit = np.eye(3, dtype=np.float32)
    return tiny_model(path, body=body, weights={"w": unit * 20, "limit": limit, "zero": zero})


def box_model(path: Path, of_class: int = 0) -> Path:
    """A detector of one class in the left upper quarter, as sure as the picture is red; the box is
    (0, 0, 16, 16) of 32 × 32."""
    base, mask = np.zeros((1, 1, 6), np.float32), np.zeros((1, 1, 6), np.float32)
    base[0, 0, 2:4], base[0, 0, 5], mask[0, 0, 4] = 16, of_class, 1
    body = [
        helper.make_node("GlobalAveragePool", ["x"], ["p"]),
        helper.make_node("Gather", ["p", "first"], ["red"], axis=1),
        helper.make_node("Squeeze", ["red", "axis"], ["r"]),
        helper.make_node("Mul", ["r", "mask"], ["score"]),
        helper.make_node("Add", ["score", "base"], ["y"]),
    ]
    integers = {"first": np.array([0], np.int64), "axis": np.array([3], np.int64)}
    write_card(path.with_suffix(".card.json"), BOX_CARD)
    return tiny_model(path, body=body, weights={"base": base, "mask": mask, **integers})


def mask_model(path: Path) -> Path:
    """A map of classes: each pixel is `red` or `blue` where that is its strongest colour, and
    ground where it is green."""
    kernel = np.zeros((3, 3, 1, 1), np.float32)
    kernel[[0, 1, 2], [1, 0, 2]] = 1  # ground is the green channel
    write_card(path.with_suffix(".card.json"), MASK_CARD)
    node = helper.make_node("Conv", ["x", "k"], ["y"])
    return tiny_model(path, body=[node], weights={"k": kernel})


def instance_model(path: Path) -> Path:
    """The box of `box_model` with a mask that fills it: instance segmentation by one prototype,
    overlaps settled in the graph."""
    base, mask = np.zeros((1, 1, 7), np.float32), np.zeros((1, 1, 7), np.float32)
    base[0, 0, 2:4], base[0, 0, 6], mask[0, 0, 4] = 16, 1, 1
    body = [
        helper.make_node("GlobalAveragePool", ["x"], ["p"]),
        helper.make_node("Gather", ["p", "first"], ["red"], axis=1),
        helper.make_node("Squeeze", ["red", "axis"], ["r"]),
        helper.make_node("Mul", ["r", "mask"], ["score"]),
        helper.make_node("Add", ["score", "base"], ["y"]),
        helper.make_node("Identity", ["plane"], ["prototypes"]),
    ]
    integers = {"first": np.array([0], np.int64), "axis": np.array([3], np.int64)}
    planes = {"base": base, "mask": mask, "plane": np.ones((1, 1, 8, 8), np.float32)}
    write_card(path.with_suffix(".card.json"), INSTANCE_CARD)
    return tiny_model(path, body=body, weights=planes | integers, gives=("y", "prototypes"))


def anomaly_model(path: Path) -> Path:
    """A score of how red a picture is: from half of what a channel can hold on, it is an
    anomaly."""
    write_card(path.with_suffix(".card.json"), ANOMALY_CARD)
    return tiny_model(path, n_classes=1, weights={"w": np.array([[1], [0], [0]], np.float32)})


def several_model(path: Path) -> Path:
    """A sigmoid for each colour in place of one softmax over all; it is near one where that colour
    outweighs the others."""
    write_card(path.with_suffix(".card.json"), SEVERAL_CARD)
    return tiny_model(path, weights={"w": 30 * np.eye(3, dtype=np.float32) - 10})


def write_card(path: Path, card: dict) -> Path:
    path.write_text(json.dumps(card))
    return path


def picture(colour: str, number: int = 0, size: tuple[int, int] = SIZE) -> np.ndarray:
    """(H, W, 3) uint8 RGB: the colour under noise that is another for every number."""
    noise = np.random.default_rng([number, len(colour)]).integers(-30, 31, (*size, 3))
    return np.clip(np.array(RGB[colour]) + noise, 0, 255).astype(np.uint8)


def save_picture(path: Path, colour: str, number: int = 0, size: tuple[int, int] = SIZE) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    assert cv2.imwrite(str(path), picture(colour, number, size)[:, :, ::-1])
    return path


def video(
    path: Path, colours: Sequence[str], seed: int = 0, fps: float = FPS,
    size: tuple[int, int] = SIZE,
) -> Path:  # fmt: skip
    """Frame k shows `colours[k]`; Motion JPEG, so that every colour stays what it is."""
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), fps, size[::-1])
    assert writer.isOpened()
    for number, colour in enumerate(colours):
        bgr = np.ascontiguousarray(picture(colour, seed * 10_000 + number, size)[:, :, ::-1])
        writer.write(bgr)
    writer.release()
    return path


def cycle(n: int, start: int = 0) -> list[str]:
    """Colours that change every second (four frames), as a belt brings another part."""
    return [COLOURS[(start + number // 4) % 3] for number in range(n)]


def picture_folder(
    path: Path, colours: Sequence[str], names: Callable[[int], str] = "{:04d}.png".format
) -> Path:
    for number, colour in enumerate(colours):
        save_picture(path / names(number), colour, number)
    return path


def benchmark_folder(path: Path, each: int = 6, wrong: int = 0) -> Path:
    """A folder for each colour; the first `wrong` red pictures are filed under it and show blue."""
    for colour in COLOURS:
        for number in range(each):
            drawn_colour = "blue" if colour == "red" and number < wrong else colour
            save_picture(path / colour / f"{number:03d}.png", drawn_colour, number)
    return path


def boxed_benchmark(path: Path, left_out: int = 0, n: int = 24) -> Path:
    """`n` pictures with a `labels.csv`: on red ones the part that the box model sees; the first
    `left_out` of them are filed without."""
    rows = ["file,class,x,y,w,h"]
    for number, colour in enumerate(cycle(n)):
        save_picture(path / f"{number}.png", colour, number)
        rows.append(
            f"{number}.png,part,0,0,32,24"
            if colour == "red" and number >= left_out
            else f"{number}.png,,,,,"
        )
    (path / "labels.csv").write_text("\n".join(rows) + "\n")
    return path


def masked_benchmark(path: Path, n: int = 12) -> Path:
    """`n` pictures with a mask of class indices each: all of a red or a blue one is that thing, and
    a green one is ground."""
    (path / "masks").mkdir(parents=True)
    (path / "classes.txt").write_text("\n".join(MASK_CARD["classes"]) + "\n")
    for number, colour in enumerate(cycle(n)):
        picture = cv2.imread(str(save_picture(path / "images" / f"{number}.png", colour, number)))
        index = MASK_CARD["classes"].index(colour) if colour != "green" else 0
        mask = np.full(picture.shape[:2], index, np.uint8)
        cv2.imwrite(str(path / "masks" / f"{number}.png"), mask)
    return path


def truth_of(line: SamplingLine) -> str:
    """What a frame of `cycle` footage shows; every fifth listed frame is called something else, so
    the model is wrong there."""
    colour = COLOURS[line.frame.source_index // 4 % 3]
    return (
        COLOURS[(COLOURS.index(colour) + 1) % 3]
        if line.frame.source_index // 2 % 5 == 0
        else colour
    )


def empty_project(path: Path, model: Path | None = None, **options) -> Project:
    """A new project, open for writing."""
    return set_up_project(path, NewProjectRequest(model=model, **options), NOW).project


def add_footage(project: Project, *paths: Path, **facts):
    return import_footage(project, list(paths), FootageInfo(**facts), NullProgress(), NOW)


def draw(
    project: Project, count: int = 20, design: Design = "balanced", seed: int | None = None,
    required=(), passes=USUAL,
) -> PickResult:  # fmt: skip
    return pick_frames(
        project, count=count, seed=seed, design=design, required=required, passes=passes,
        progress=NullProgress(), now=NOW,
    )  # fmt: skip


def make_labelled_belt(path, material):
    """A project with the belt, 20 labelled picks and a benchmark, and no model."""
    options = {"benchmark": material / "clean", "claimed": 0.95, "classes": COLOURS}
    with empty_project(path, None, **options) as project:
        add_footage(project, material / "belt.avi", taken_at=NOW)
        draw(project, 20)
        label_all(project)
    return path


def label_all(project: Project, truth: Callable[[SamplingLine], str] = truth_of) -> dict[str, str]:
    """Labels every pick by its line, one act each, and returns the labels by frame."""
    by_id = {line.frame.frame_id: line for line in project.read(list_sampling_lines)}
    waiting = [pick.frame_id for pick in project.read(picks_table.list_picks)]
    class_by_frame = {frame_id: truth(by_id[frame_id]) for frame_id in waiting}
    for frame_id, name in class_by_frame.items():
        set_label(project, frame_id, LabelDecision(name), annotator="tester", now=NOW)
    return class_by_frame


def label_some(project: Project, n: int, truth: Callable[[SamplingLine], str] = truth_of) -> None:
    """Labels the next `n` picks that have none, in the order in which they are shown."""
    by_id = {line.frame.frame_id: line for line in project.read(list_sampling_lines)}
    labelled_ids = {label.frame_id for label in project.read(picks_table.list_labels)}
    picks = sorted(project.read(picks_table.list_picks), key=lambda pick: pick.place)
    for pick in [pick for pick in picks if pick.frame_id not in labelled_ids][:n]:
        name = truth(by_id[pick.frame_id])
        set_label(project, pick.frame_id, LabelDecision(name), annotator="tester", now=NOW)


def point_all(project: Project, wrong: int = 0) -> None:
    """Points at the middle of every pick that shows red or blue, and says nothing of the green
    ones; the first `wrong` of those that show red are pointed at as blue."""
    by_id = {line.frame.frame_id: line for line in project.read(list_sampling_lines)}
    for pick in project.read(picks_table.list_picks):
        colour = COLOURS[by_id[pick.frame_id].frame.source_index // 4 % 3]
        class_name = "blue" if colour == "red" and wrong > 0 else colour
        wrong -= colour == "red"
        points = () if colour == "green" else (Point(class_name, SIZE[1] / 2, SIZE[0] / 2),)
        set_label(
            project, pick.frame_id, LabelDecision(nothing=not points, points=points),
            annotator="tester",
            now=NOW,
        )  # fmt: skip


def label_all_nothing(project: Project) -> None:
    """Says of every pick of a detector's project that there is nothing on it."""
    for pick in project.read(picks_table.list_picks):
        set_label(project, pick.frame_id, LabelDecision(nothing=True), annotator="tester", now=NOW)


def keep_match(project: Project) -> None:
    """The field looks like noise, and low light beside it: as though somebody had asked."""
    best = CandidateCorruption("gauss_noise", "gauss_noise", 2.3, 0.71, 0.25)
    second = RunnerUp("dark", "dark", 1.4, 2.2, 0.79)
    field_match = FieldMatch(best, "", (best,), 0.75, second, 80, 120, 6)
    about = match_field.get_compared_images(project)
    project.write(
        lambda db: facts_table.put_fact(
            db, match_field.KIND, "", "", about, field_match.to_json(), NOW
        )
    ).result()


def shy_project(folder: Path) -> Project:
    """Six clips with 60 labelled frames, all labels right, and a model that is too shy to say blue:
    it calls what is blue red."""
    shy = np.eye(3, dtype=np.float32) * np.array([20, 20, 2], np.float32)
    write_card(folder / "shy.card.json", COLOUR_CARD)
    model = tiny_model(folder / "shy.onnx", weights={"w": shy})
    clean = benchmark_folder(folder / "clean")
    project = empty_project(folder / "shy.fieldcheck", model, benchmark=clean)
    for number in range(6):
        film = video(folder / f"clip{number}.avi", cycle(40, start=number), seed=number)
        add_footage(project, film)
    draw(project, 60, "even")
    label_all(
        project,
        lambda line: COLOURS[(int(line.recording.source[4]) + line.frame.source_index // 4) % 3],
    )
    run_and_score(project, None, "all", NullProgress(), NOW)
    compare_sets(project, NullProgress(), NOW)
    return project


def stopped() -> NullProgress:
    """The progress of work that was cancelled before it began."""
    flag = CancelToken()
    flag.cancel()
    return NullProgress(flag)


class Reports(NullProgress):
    """Keeps what work reports: `done, total, unit` each time."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[tuple[int, int | None, str]] = []

    def report(self, done: int, total: int | None, unit: str = "") -> None:
        self.seen.append((done, total, unit))
