"""Every kind of answer goes the whole way: import, pick, label, run, the live view, a sweep, the
report, and what looks at errors again."""

import csv
import json
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from fieldcheck.analyses.item_columns import load_items
from fieldcheck.corruptions.live_frame import add_kept_pair
from fieldcheck.corruptions.live_view import LiveStress
from fieldcheck.corruptions.sweep import list_changed_frames
from fieldcheck.domain.label import Point
from fieldcheck.domain.model_card import dump_card, parse_card
from fieldcheck.domain.prediction import ANSWER_KINDS, Labels, Task, get_answer_kind
from fieldcheck.errors.files import PathMissing, PictureUnreadable
from fieldcheck.errors.labels import NotComparable
from fieldcheck.errors.models import CardNeeded, CardRejected, ModelRejected, NoModel
from fieldcheck.footage.camera.playback import open_file_camera
from fieldcheck.footage.frame_analysis import get_shared_runner
from fieldcheck.footage.frame_pixels import load_pixels
from fieldcheck.footage.video.reader import read_frame
from fieldcheck.imaging.codec import encode_png, read_image
from fieldcheck.labels.label_error_review import find_label_errors
from fieldcheck.labels.store import LabelDecision, set_label
from fieldcheck.models.new_project import NewProjectRequest, set_up_project
from fieldcheck.models.preprocess import compute_input_geometry, count_losses, make_model_input
from fieldcheck.models.store import add_model, find_model, get_card
from fieldcheck.models.try_model import (
    PICTURES,
    CardTrial,
    TrialPrediction,
    compute_object_losses,
    draft_card,
    get_input_preview,
    get_masks_path,
    list_predictions,
    load_first_images,
    save_model_inputs,
    store_card,
    try_model,
    try_newest_model,
    try_unknown_model,
)
from fieldcheck.progress import NullProgress
from fieldcheck.project.folder import open_project
from fieldcheck.project.tables import labels as picks_table
from fieldcheck.ui.screens.stress.charts import build_content
from tests import makers
from tests.cli.conftest import Terminal
from tests.counts import rows
from tests.models import exporters
from tests.models.live_models import named


@pytest.fixture
def pictures(tmp_path):
    return [
        makers.save_picture(tmp_path / colour / "part.png", colour) for colour in ("red", "blue")
    ]


def test_each_picture_is_shown_as_the_model_saw_it_with_what_it_says(tmp_path, pictures):
    path = makers.colour_model(tmp_path / "net.onnx")
    trial = try_model(path, pictures, None, NullProgress())
    runner = get_shared_runner(named(path))
    assert (trial.name, trial.card) == ("net", runner.card)
    assert trial.preprocessing_record["size"] == [32, 32]
    assert [one.predictions[0].name for one in trial.tried] == ["red", "blue"]
    for one, picture in zip(trial.tried, pictures, strict=True):
        rgb = read_image(picture)
        assert np.array_equal(one.input_image, make_model_input(rgb, runner.card.input).rgb)
        assert one.crop == (0, 0, 64, 48)
        actual = [said.score for said in one.predictions]
        assert actual == sorted(runner.predict([rgb])[0][0].tolist(), reverse=True)
        assert not one.nan


def test_a_card_that_is_named_counts_before_the_one_beside_the_model(tmp_path, pictures):
    path = makers.colour_model(tmp_path / "net.onnx")
    fields = {**makers.COLOUR_CARD, "classes": ["x", "y", "z"]}
    other = makers.write_card(tmp_path / "other.json", fields)
    assert try_model(path, pictures[:1], other, NullProgress()).tried[0].predictions[0].name == "x"


def test_boxes_are_in_pixels_of_the_picture_and_not_below_the_threshold(tmp_path, pictures):
    trial = try_model(makers.box_model(tmp_path / "box.onnx"), pictures, None, NullProgress())
    (box,) = trial.tried[0].predictions
    assert (box.name, box.box) == ("part", (0, 0, 32, 24))
    assert trial.tried[1].predictions == ()


def test_a_segmentation_shows_its_masks_over_the_picture(tmp_path, pictures):
    trial = try_model(makers.mask_model(tmp_path / "mask.onnx"), pictures, None, NullProgress())
    files = save_model_inputs(trial, tmp_path / "out")
    for one, file in zip(trial.tried, files, strict=True):
        (mask,) = one.masks
        covered = (mask.pixels > 0) & (mask.pixels != 255)
        assert mask.pixels.shape == one.rgb.shape[:2]
        assert covered.any()
        drawn = read_image(get_masks_path(file))
        assert (drawn[~covered] == one.rgb[~covered]).all()
        assert (drawn[covered] != one.rgb[covered]).any(axis=1).all()
    path = makers.colour_model(tmp_path / "net.onnx")
    classifier = try_model(path, pictures[:1], None, NullProgress())
    (file,) = save_model_inputs(classifier, tmp_path / "none")
    assert not get_masks_path(file).exists()
    assert classifier.tried[0].overlay is classifier.tried[0].rgb


def test_at_most_five_classes_are_named_and_none_without_a_finite_figure():
    card = parse_card({**makers.COLOUR_CARD, "classes": list("abcdefg")})
    answer = np.array([0.1, 0.3, np.nan, 0.3, 0.05, 0.15, 0.1], np.float32)
    assert [said.name for said in list_predictions(answer, card)] == ["b", "d", "f", "a", "g"]
    assert list_predictions(answer[2:3], card) == ()
    actual = list_predictions(np.array([[1, 2, 3, 4, 0.5, 6]], np.float32), card)
    assert actual == (TrialPrediction(6, "g", 0.5, (1, 2, 3, 4)),)


def test_what_was_seen_is_written_pixel_for_pixel_and_namesakes_keep_apart(tmp_path, pictures):
    trial = try_model(makers.colour_model(tmp_path / "net.onnx"), pictures, None, NullProgress())
    files = save_model_inputs(trial, tmp_path / "out" / "seen")
    assert [file.name for file in files] == ["part.seen.png", "part-2.seen.png"]
    pairs = zip(files, trial.tried, strict=True)
    assert all(np.array_equal(read_image(file), one.input_image) for file, one in pairs)


def test_the_newest_model_of_a_project_is_shown_a_picture(tmp_path, pictures):
    with set_up_project(
        tmp_path / "p.fieldcheck", NewProjectRequest(), makers.NOW
    ).project as project:
        with pytest.raises(NoModel):
            try_newest_model(project, pictures, NullProgress())
        add_model(project, makers.colour_model(tmp_path / "net.onnx"), None, makers.NOW)
        trial = try_newest_model(project, pictures, NullProgress())
    assert [one.predictions[0].name for one in trial.tried] == ["red", "blue"]


def test_what_cannot_be_tried_is_refused(tmp_path, pictures):
    path = makers.colour_model(tmp_path / "net.onnx")
    with pytest.raises(PathMissing):
        try_model(tmp_path / "none.onnx", pictures, None, NullProgress())
    with pytest.raises(PathMissing):
        try_model(path, [tmp_path / "none.png"], None, NullProgress())
    with pytest.raises(PictureUnreadable):
        try_model(path, [path], None, NullProgress())
    path.with_suffix(".card.json").unlink()
    with pytest.raises(CardNeeded):
        try_model(path, pictures, None, NullProgress())


def test_a_classifier_without_a_card_gets_the_usual_one_proposed(tmp_path, pictures):
    path = makers.colour_model(tmp_path / "net.onnx")
    path.with_suffix(".card.json").unlink()
    trial = try_unknown_model(path, pictures, NullProgress())
    # how sure a classifier is says nothing of its input
    assert (trial.recipe, trial.n_recipes) == ("÷ 255", 0)
    assert {"input.resize", "classes"} <= set(trial.proposed)
    assert [one.predictions[0].index for one in trial.tried] == [0, 2]
    with pytest.raises(PathMissing):
        try_unknown_model(tmp_path / "none.onnx", pictures, NullProgress())


@pytest.mark.long
def test_a_detector_without_a_card_is_fed_as_the_export_that_finds_most(tmp_path, shared_data):
    model = shutil.copy(shared_data / "models" / "yolox_nano.onnx", tmp_path)
    picture = tmp_path / "bottles.png"
    png = encode_png(read_frame(shared_data / "videos" / "intel-bottle-detection.mp4", 0).rgb)
    picture.write_bytes(png)
    trial = try_unknown_model(Path(model), [picture], NullProgress())
    assert (trial.recipe, trial.n_recipes, trial.card.input.scale) == ("YOLOX", 3, 1.0)
    assert trial.tried[0].predictions


def test_an_output_that_no_known_export_has_asks_for_its_card(tmp_path, pictures):
    path = makers.mask_model(tmp_path / "mask.onnx")
    path.with_suffix(".card.json").unlink()
    with pytest.raises(ModelRejected) as asked:
        try_unknown_model(path, pictures, NullProgress())
    assert asked.value.problem == "output_unclear"
    assert asked.value.fits == ("segmentation masks (3)",)


def test_what_its_card_says_is_not_proposed(tmp_path, pictures):
    trial = try_unknown_model(makers.colour_model(tmp_path / "net.onnx"), pictures, NullProgress())
    assert (trial.proposed, trial.recipe, trial.tried[0].predictions[0].name) == ((), "", "red")


HANG_S = 30.0
STILL = exporters.Exporter(
    "still", (exporters.one("output", exporters.still(exporters.logits(3, low=0.0))),)
)


@pytest.fixture
def trying():
    made = []

    def start(draft):
        made.append(CardTrial(draft))
        made[-1].start()
        return made[-1]

    yield start
    for one in made:
        one.stop()
        one.stop()
        assert not one.running


def answers(trial, number, n):
    """Those of the card asked for under `number`, once `n` pictures are through or it is wrong."""
    until = time.monotonic() + HANG_S
    while time.monotonic() < until:
        found = trial.results.take_value(0.1)
        if (
            found is not None
            and found.number == number
            and (len(found.tried) == n or found.problem)
        ):
            return found
    raise AssertionError(f"no answers for {number}")


def changed(draft, **inputs):
    said = dump_card(draft.card)
    return said | {"input": said["input"] | inputs}


def test_the_first_pictures_change_with_a_field_of_the_card(labelled, trying):
    draft = draft_card(labelled, None, NullProgress())
    assert (draft.stored, draft.proposed, len(draft.pictures)) == (True, (), PICTURES)
    trial = trying(draft)
    as_it_is = answers(trial, trial.set_card(changed(draft)), PICTURES)
    turned = answers(trial, trial.set_card(changed(draft, colour="BGR")), PICTURES)
    swapped = {"red": "blue", "blue": "red", "green": "green"}
    actual = [one.predictions[0].name for one in turned.tried]
    assert actual == [swapped[one.predictions[0].name] for one in as_it_is.tried]
    actual = [one.path.name for one in as_it_is.tried]
    assert actual == [one.name.rpartition("/")[2] for one in draft.pictures]
    assert any(one.truth for one in draft.pictures)
    assert as_it_is.preprocessing_record["colour"] == "RGB"
    assert turned.preprocessing_record["colour"] == "BGR"


def test_frames_that_wait_for_a_label_are_not_shown(drawn):
    waiting = {pick.frame_id for pick in drawn.read(picks_table.list_picks)}
    names = [one.name for one in load_first_images(drawn) if not one.truth]
    assert names
    assert len(waiting) == 20
    shown = {int(name.split()[-1]) for name in names}
    assert not shown & {int(one.rpartition("-")[2]) for one in waiting}
    shutil.rmtree(drawn.path / "recordings")
    assert all(one.truth for one in load_first_images(drawn)), (
        "of footage that is gone none is shown, those of the benchmark are"
    )


def test_a_card_that_makes_no_sense_is_answered_with_what_is_wrong(labelled, trying):
    draft = draft_card(labelled, None, NullProgress())
    trial = trying(draft)
    wrong = answers(trial, trial.set_card(changed(draft, scale="much")), 0)
    assert isinstance(wrong.problem, CardRejected)
    assert wrong.problem.field == "input.scale"
    misfit = answers(trial, trial.set_card(changed(draft, colour="GRAY", mean=0, std=1)), 0)
    assert isinstance(misfit.problem, ModelRejected)
    assert answers(trial, trial.set_card(changed(draft)), PICTURES).problem is None


def test_only_the_newest_of_many_cards_is_finished(labelled, trying):
    draft = draft_card(labelled, None, NullProgress())
    trial = trying(draft)
    numbers = [trial.set_card(changed(draft, scale=1 / (k + 1))) for k in range(200)]
    found = answers(trial, numbers[-1], PICTURES)
    assert found.preprocessing_record["scale"] == pytest.approx(1 / 200)


def test_what_a_stranger_does_not_say_is_proposed_and_taken_once_confirmed(empty, tmp_path):
    path = makers.colour_model(tmp_path / "bare.onnx")
    path.with_suffix(".card.json").unlink(missing_ok=True)
    draft = draft_card(empty, path, NullProgress())
    assert {"task", "output.kind"} <= set(draft.proposed)
    assert draft.card.classes == makers.COLOURS
    stored = store_card(empty, draft, changed(draft, scale=1.0), makers.NOW)
    assert (find_model(empty), get_card(stored).input.scale) == (stored, 1.0)
    with pytest.raises(NotComparable):
        store_card(empty, draft, dump_card(draft.card) | {"classes": ["a", "b", "c"]}, makers.NOW)
    with pytest.raises(PathMissing):
        draft_card(empty, tmp_path / "none.onnx", NullProgress())


def test_another_card_for_the_same_file_is_another_model(labelled):
    draft = draft_card(labelled, None, NullProgress())
    before = find_model(labelled)
    assert store_card(labelled, draft, changed(draft), makers.NOW) == before
    other = store_card(labelled, draft, changed(draft, colour="BGR"), makers.NOW)
    assert (other.name, other.sha256) == (f"{before.name}-2", before.sha256)
    assert json.loads(other.card)["input"]["colour"] == "BGR"
    assert (labelled.path / other.file).is_file()


@pytest.mark.long
def test_outputs_that_fit_several_kinds_are_chosen_among_on_one_picture(labelled, tmp_path):
    path = exporters.write(tmp_path / "decoded.onnx", exporters.BY_NAME["YOLOX, decoded"])
    draft = draft_card(labelled, path, NullProgress())
    expected = ["detection yolo (81)", "detection yolo_obj (80)"]
    assert [one.label for one in draft.choices] == expected
    yolo, yolo_obj = (one.tried for one in draft.choices)
    assert yolo.path == yolo_obj.path
    assert len(yolo.predictions) > len(yolo_obj.predictions), (
        "what is an objectness in one reading is a class in the other"
    )
    chosen = draft.select_choice(1)
    assert (chosen.card, chosen.choices) == (draft.choices[1].card, ())
    assert "output.kind" in chosen.proposed


@pytest.mark.long
def test_the_doctor_looks_at_a_proposal(empty, tmp_path):
    draft = draft_card(empty, exporters.write(tmp_path / "m.onnx", STILL), NullProgress())
    assert [one.code for one in draft.findings] == ["constant_output"]


@pytest.mark.long
def test_outputs_that_no_kind_explains_are_no_draft(empty, tmp_path):
    with pytest.raises(ModelRejected) as asked:
        draft_card(
            empty,
            exporters.write(tmp_path / "m.onnx", exporters.BY_NAME["NanoDet"]),
            NullProgress(),
        )
    assert (asked.value.problem, asked.value.fits) == ("output_unclear", ())


@pytest.fixture
def boxed(made_boxed):
    with open_project(made_boxed, write=False) as project:
        yield project


def test_a_picked_frame_is_shown_as_the_model_sees_it(drawn):
    found = get_input_preview(drawn)
    first = drawn.read(picks_table.list_picks)[0].frame_id
    assert np.array_equal(found.rgb, load_pixels(drawn, first))
    wanted = make_model_input(found.rgb, get_card(find_model(drawn)).input)
    assert np.array_equal(found.input_image, wanted.rgb)
    assert (found.crop, found.share) == ((0, 0, 64, 48), 1)
    assert found.source == "belt.avi"


def test_before_the_draw_a_listed_frame_is_shown_before_footage_a_benchmarks(footed, empty):
    assert get_input_preview(footed).source == "belt.avi"
    shutil.rmtree(footed.path / "recordings")
    assert get_input_preview(footed).source.endswith(".png"), "footage that is gone is passed over"
    assert get_input_preview(empty).source.endswith(".png")


def test_without_a_model_or_any_picture_there_is_nothing_to_show(tmp_path, material):
    with set_up_project(
        tmp_path / "bare.fieldcheck", NewProjectRequest(), makers.NOW
    ).project as project:
        assert get_input_preview(project) is None
        assert compute_object_losses(project) is None
    with set_up_project(
        tmp_path / "p.fieldcheck", NewProjectRequest(material / "net.onnx"), makers.NOW
    ).project as project:
        assert get_input_preview(project) is None


def test_losses_are_over_the_boxes_drawn_on_picked_frames(boxed):
    found = compute_object_losses(boxed)
    boxes = np.array([[4, 4, 32, 24], [40, 10, 56, 26]], float)
    geometry = compute_input_geometry(48, 64, get_card(find_model(boxed)).input)
    assert found == count_losses([(boxes, geometry)], None)
    assert (found.n, found.n_cut) == (2, 0)
    assert found.surviving == pytest.approx(0.5 * 32 / 48)


def test_before_labels_they_are_over_the_benchmark(tmp_path, material):
    folder = tmp_path / "bench"
    images = [makers.save_picture(folder / f"{k}.png", "red") for k in range(3)]
    boxes = [
        {
            "id": k, "image_id": k, "category_id": 1, "bbox": [2, 2, 20, 10], "area": 200,
            "iscrowd": 0,
        }
        for k in range(3)
    ]  # fmt: skip
    coco = {
        "images": [
            {"id": k, "file_name": path.name, "width": 64, "height": 48}
            for k, path in enumerate(images)
        ],
        "annotations": boxes,
        "categories": [{"id": 1, "name": "part"}],
    }
    (folder / "labels.json").write_text(json.dumps(coco))
    images[2].unlink()
    with set_up_project(
        tmp_path / "p.fieldcheck",
        NewProjectRequest(material / "box.onnx", benchmark=folder),
        makers.NOW,
    ).project as project:
        assert compute_object_losses(project).n == 2


def test_a_classifier_has_no_objects_to_lose(labelled):
    assert compute_object_losses(labelled) is None


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


@pytest.fixture(
    params=rows(
        ["detection", "anomaly"], full=[t for t in WALKS if t not in ("detection", "anomaly")]
    )
)
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
