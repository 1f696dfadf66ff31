"""Every kind of answer goes the whole way: import, pick, label, run, the live view, a sweep, the
report, and what looks at errors again."""

import csv
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from fieldcheck.analyses.item_columns import load_items
from fieldcheck.corruptions.live_frame import add_kept_pair
from fieldcheck.corruptions.live_view import LiveStress
from fieldcheck.corruptions.sweep import list_changed_frames
from fieldcheck.domain.label import Point
from fieldcheck.domain.prediction import ANSWER_KINDS, Labels, Task, get_answer_kind
from fieldcheck.footage.camera.playback import open_file_camera
from fieldcheck.labels.label_error_review import find_label_errors
from fieldcheck.labels.store import LabelDecision, set_label
from fieldcheck.models.store import find_model, get_card
from fieldcheck.models.try_model import compute_object_losses
from fieldcheck.progress import NullProgress
from fieldcheck.project.folder import open_project
from fieldcheck.ui.screens.stress.charts import build_content
from tests import makers
from tests.cli.conftest import Terminal
from tests.models.live_models import named

HANG_S = 30.0
FRAMES, COUNT = 60, 8  # of the clip, and picked of the half of it that is listed


@dataclass(frozen=True)
class Walk:
    """A task by its model, by how a frame is labelled, and by a benchmark where a file can say what
    pictures show. `red`: what the model names on a red frame, and `rest` on another one."""

    make: Callable[[Path], Path]
    labels: Labels
    metric: str
    benchmark: Callable[[Path], Path] | None = None
    red: str = "red"
    rest: str = ""


def in_order_or_red(path: Path) -> Path:
    """Pictures in a folder for each of the two classes of the anomaly model."""
    for number in range(6):
        makers.save_picture(path / "red" / f"{number}.png", "red", number)
        file = path / "in order" / f"{number}.png"
        makers.save_picture(file, ("green", "blue")[number % 2], number)
    return path


WALKS: dict[Task, Walk] = {
    "classification": Walk(makers.colour_model, "class", "accuracy", makers.benchmark_folder),
    "anomaly": Walk(makers.anomaly_model, "class", "accuracy", in_order_or_red, rest="in order"),
    "detection": Walk(makers.box_model, "boxes", "frame_score", makers.boxed_benchmark, red="part"),
    "instance": Walk(
        makers.instance_model, "boxes", "frame_score", makers.boxed_benchmark, red="part"
    ),
    "segmentation": Walk(makers.mask_model, "points", "point_score", makers.masked_benchmark),
    "multilabel": Walk(makers.several_model, "none", "accuracy"),
}
ROWS: dict[Labels, Callable[[str, Walk], str]] = {
    "class": lambda colour, walk: walk.rest if walk.rest and colour != "red" else colour,
    "boxes": lambda colour, walk: "part,0,0,32,24" if colour == "red" else ",,,,",
    "points": lambda colour, walk: colour,
    "none": lambda colour, walk: colour,
}
WHY_NOT = {"points": "it has no points, polygons or masks", "none": "multi-label model"}


@pytest.fixture
def terminal(capsys, monkeypatch):
    monkeypatch.setenv("LC_ALL", "en_GB.UTF-8")
    return Terminal(capsys)


@pytest.fixture(params=WALKS)
def task(request):
    return request.param


def test_every_task_has_its_walk():
    assert set(WALKS) == set(ANSWER_KINDS)
    assert all(walk.labels == get_answer_kind(task).labels for task, walk in WALKS.items())


def test_every_kind_goes_from_footage_to_the_report(terminal, tmp_path, task):
    walk, project = WALKS[task], tmp_path / "p.fieldcheck"
    model = walk.make(tmp_path / "model.onnx")
    clip = makers.video(tmp_path / "belt.avi", makers.cycle(FRAMES))
    labelled = ("--benchmark", walk.benchmark(tmp_path / "benchmark")) if walk.benchmark else ()
    terminal.document("new", project, "--model", model, *labelled)
    (brought,) = terminal.document("import", project, clip, "--camera", "left")["clips"]
    assert brought["n_listed"] == FRAMES // 2
    document = terminal.document("pick", project, "--count", COUNT)
    picks = [one["frame_id"] for one in document["picks"]]
    assert len(picks) == COUNT
    label(terminal, project, tmp_path, walk, picks)
    ran = {one["on"]: one for one in terminal.document("run", project)["runs"]}
    assert (ran["field"]["metric"], ran["field"]["n_nan"]) == (walk.metric, 0)
    assert ran["field"]["score"]["n"] == (COUNT if walk.labels != "none" else 0)
    assert ("benchmark" in ran) == (walk.benchmark is not None)
    watch(project, model, clip, walk)
    sweep(terminal, project, walk)
    report(terminal, project, tmp_path / "report", walk)
    look_again(terminal, project, walk, picks[0])
    assert terminal.document("check", project)["ok"]


def shown(frame_id: str) -> str:
    return makers.COLOURS[int(frame_id.rsplit("-", 1)[1]) // 4 % 3]


def label(terminal, project, folder, walk, picks):
    """Label every pick in the way of its kind, the first wrongly; what it refuses is tried."""
    colours = {name: shown(name) for name in picks}
    colours[picks[0]] = "green" if colours[picks[0]] == "red" else "red"
    rows = [
        f"belt.avi#{int(name.rsplit('-', 1)[1])},{ROWS[walk.labels](colour, walk)}"
        for name, colour in colours.items()
    ]
    file = folder / "labels.csv"
    table = "\n".join(["file,class,x,y,w,h" if walk.labels == "boxes" else "file,class", *rows])
    file.write_text(table + "\n")
    if walk.labels in ("class", "boxes"):
        assert terminal.document("label", "import", project, file)["n_frames"] == COUNT
    else:
        assert WHY_NOT[walk.labels] in terminal.refusal("label", "import", project, file)
        terminal.refusal("label", "set", project, picks[0], "red")
    with open_project(project) as opened:
        for name, colour in colours.items():
            if walk.labels == "points":
                points = () if colour == "green" else (Point(colour, 30, 20),)
                set_label(
                    opened, name, LabelDecision(points=points, nothing=not points), "somebody",
                    makers.NOW,
                )  # fmt: skip
    if walk.labels == "none":
        terminal.document("label", "set", project, picks[0], "--unsure")
    actual = terminal.document("label", "show", project)["n_labelled"]
    assert actual == (COUNT if walk.labels != "none" else 0)


def watch(project, model, clip, walk):
    """The live view over the clip, frame after frame under a corruption, and what the window says
    of each; one pair is kept."""
    view, seen = LiveStress(open_file_camera(clip), named(model)), {}
    number = view.set_recipe("dark", 5.0)
    view.start()
    try:
        until = time.monotonic() + HANG_S
        while len(seen) < len(makers.COLOURS) and time.monotonic() < until:
            found = view.results.take_value(HANG_S)
            assert found is not None, view.trouble.take_value()
            if found.card is not None and found.recipe.number == number:
                seen[makers.COLOURS[int(found.original.mean(axis=(0, 1)).argmax())]] = found
    finally:
        view.stop()
    red, green = seen["red"], seen["green"]
    assert red.get_clean_top(1)[0].name == walk.red
    assert red.get_clean_top(1)[0].probability > 0.5
    assert red.uncertainty >= 0
    assert len(red.get_clean_boxes()) == (walk.labels == "boxes")
    assert len(build_content(red).original.marks) == len(red.get_clean_boxes())
    assert not (walk.labels == "boxes" and green.get_clean_top(1))
    assert all(build_content(one).caption for one in seen.values())
    with open_project(project) as opened:
        assert add_kept_pair(opened, red, makers.NOW).said_before[0] == walk.red


def sweep(terminal, project, walk):
    """Over all there is for this kind: scores where labels are, changed answers everywhere."""
    sets = {
        "class": ["benchmark", "field"],
        "boxes": ["benchmark", "field"],
        "points": ["benchmark", "field"],
        "none": ["footage"],
    }[walk.labels]
    found = terminal.document(
        "stress", project, "--corruption", "dark", "--severity", "severe", "--no-match"
    )
    actual = [(row["on"], row["corruption"]) for row in found["rows"]]
    assert actual == [(on, name) for on in sets for name in ("none", "dark")]
    assert all((row["value"] is None) == (row["on"] == "footage") for row in found["rows"])
    assert all(0 <= row["flip_rate"] <= 1 for row in found["rows"] if row["corruption"] == "dark")
    with open_project(project, write=False) as opened:
        for on in sets:
            changed = list_changed_frames(opened, on, ("dark", 5.0), 0)
            assert all(
                set(one.before) <= set(get_card(find_model(opened)).classes) for one in changed
            )


def report(terminal, project, out, walk):
    """The whole folder; who has no labels gets no score, and who has gets one with its interval."""
    written = terminal.document("report", project, "--out", out)
    folder = Path(written["report"])
    summary = json.loads((folder / "summary.json").read_text("utf-8"))
    assert summary["model"]["task"] in WALKS
    assert (written["gap"]["value"] is None) == (walk.benchmark is None)
    with (folder / "predictions.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    actual = {row["on"] for row in rows}
    assert actual == {"field", "footage", *(("benchmark",) if walk.benchmark else ())}
    assert (folder / ("labels.coco.json" if walk.labels == "boxes" else "labels.csv")).is_file()
    assert (folder / "report.pdf").stat().st_size > 0
    sides = summary["class_sides"]
    assert bool(sides) == (walk.benchmark is not None)
    for row in sides or ():
        there, here = row["n_benchmark"], row["n_field"]
        assert there, row
        assert here or walk.labels == "points", row  # nobody points at a blue thing in the field
        assert (row["recall_change"]["value"] is not None) == bool(there and here), row
        assert (row["precision_change"]["value"] is None) == (walk.labels == "points"), row


def look_again(terminal, project, walk, wrong):
    """The frame labelled wrongly is the one to look at, wherever errors are told."""
    found = terminal.document("look", "show", project)
    assert [row["item"] for row in found["rows"]] == ([wrong] if walk.labels != "none" else [])
    with open_project(project, write=False) as opened:
        items, _ = load_items(opened)
        told = items.facets["right"]
        named = zip(told.rows.tolist(), told.codes.tolist(), strict=True)
        actual = [items.subjects[row] for row, code in named if told.names[code] == "wrong"]
        assert actual == ([wrong] if walk.labels != "none" else [])
        actual = find_label_errors(opened, "field", NullProgress()).n
        assert actual == (COUNT if walk.labels in ("class", "boxes") else 0)
        assert (compute_object_losses(opened) is not None) == (walk.labels == "boxes")
