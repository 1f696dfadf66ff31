"""A model that is a predictions file: the same report as the model that made it, and what is
refused."""

import csv
import json
import shutil
import warnings

import numpy as np
import pytest
from click.testing import CliRunner

import fieldcheck
from fieldcheck.cli.export import export_command
from fieldcheck.cli.model import add_model_command
from fieldcheck.errors.imported_files import PredictionsRefused
from fieldcheck.errors.labels import NotComparable
from fieldcheck.errors.messages import format_error
from fieldcheck.errors.models import ModelRejected
from fieldcheck.imaging.masks import unpack_masks
from fieldcheck.models.predictions_file import count_given_answers, load_given_answers
from fieldcheck.models.run import add_predictions
from fieldcheck.models.scored_sides import load_benchmark_side, load_field_side
from fieldcheck.models.store import find_model, get_card
from fieldcheck.progress import NullProgress
from fieldcheck.project.folder import open_project
from fieldcheck.project.tables import labels as picks_table
from fieldcheck.sampling.pick_frames import pick_frames
from tests import makers

CLASSES = ("red", "green", "blue")


def list_rows(path):
    """Every stored prediction, the best of each image first."""
    with fieldcheck.Project.open(path, write=False) as project:
        return list(project.predictions().predictions)


def write_wide(path, rows):
    """One row an image with the probability of each class."""
    shares = {}
    for row in rows:
        name = f"benchmark:{row.frame_id}" if row.on == "benchmark" else row.frame_id
        shares.setdefault(name, {})[row.class_name] = row.score
    with path.open("w", newline="") as file:
        table = csv.writer(file)
        table.writerow(["id", *CLASSES])
        table.writerows(
            [name, *(repr(given[kind]) for kind in CLASSES)] for name, given in shares.items()
        )
    return path


def write_boxes(path, rows):
    """JSON lines with the boxes of each image."""
    boxes = {}
    for row in rows:
        found = boxes.setdefault(row.frame_id, [])
        if row.class_name:
            sides = {"x": row.x, "y": row.y, "w": row.w, "h": row.h}
            found.append({"class": row.class_name, "confidence": row.score, **sides})
    path.write_text(
        "".join(json.dumps({"id": name, "boxes": some}) + "\n" for name, some in boxes.items())
    )
    return path


def summarise(path):
    """The summary of a report, without what names model, program and time."""
    with fieldcheck.Project.open(path) as project:
        summary = project.report().summary

    def clean(value):
        if isinstance(value, dict):
            return {key: clean(one) for key, one in value.items() if key not in LEFT_OUT}
        return [clean(one) for one in value] if isinstance(value, list) else value

    return clean(summary)


# name, hashes and processor of a model, and when
LEFT_OUT = {"model", "run_id", "created", "looks", "card", "providers", "last_report"}


@pytest.fixture(scope="module")
def bare(material, tmp_path_factory):
    """A project with the belt, 20 labelled picks and a benchmark, and no model. Only copied."""
    folder = tmp_path_factory.mktemp("bare")
    return makers.make_labelled_belt(folder / "bare.fieldcheck", material)


@pytest.fixture
def without_model(bare, tmp_path):
    return shutil.copytree(bare, tmp_path / "one.fieldcheck")


@pytest.fixture(scope="module")
def answered(bare, material, tmp_path_factory):
    """The same with the model, run; and what it answered."""
    one = shutil.copytree(bare, tmp_path_factory.mktemp("one") / "one.fieldcheck")
    return one, run_model(one, material / "net.onnx")


def run_model(path, model):
    with fieldcheck.Project.open(path) as project, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        project.add_model(model)
        project.run()
    return list_rows(path)


@pytest.mark.long
def test_the_report_is_the_same_to_the_digit(tmp_path, without_model, answered):
    one, rows = answered
    file = write_wide(tmp_path / "elsewhere.csv", rows)
    said = CliRunner().invoke(add_model_command, [str(without_model), "--predictions", str(file)])
    assert said.exit_code == 0, said.output
    assert "The model runs elsewhere" in said.output
    assert "no prediction" not in said.output
    actual, expected = summarise(without_model), summarise(one)
    assert actual == expected
    assert actual["gap"]["value"] is not None
    assert actual["calibration"] is not None


@pytest.mark.long
def test_boxes_too(material, tmp_path):
    two = tmp_path / "two.fieldcheck"
    with makers.empty_project(two, None, classes=("part", "hole")) as project:
        makers.add_footage(project, material / "belt.avi", taken_at=makers.NOW)
        makers.draw(project, 12)
    one = shutil.copytree(two, tmp_path / "one.fieldcheck")
    rows = run_model(one, material / "box.onnx")
    file = write_boxes(tmp_path / "boxes.jsonl", rows)
    with open_project(two) as project:
        stored = add_predictions(project, file, None, None, NullProgress(), makers.NOW)
        assert get_card(stored).task == "detection"
    assert [(row.frame_id, row.x, row.score) for row in list_rows(two)] == [
        (row.frame_id, row.x, row.score) for row in rows
    ]


@pytest.fixture(scope="module")
def several(material, tmp_path_factory):
    """Two copies of a project with twenty picks, one of them with the model that names several
    classes, run."""
    folder = tmp_path_factory.mktemp("several")
    two = folder / "two" / "line.fieldcheck"
    two.parent.mkdir()
    with makers.empty_project(two, None, classes=CLASSES) as project:
        makers.add_footage(project, material / "belt.avi", taken_at=makers.NOW)
        makers.draw(project, 20)
    one = shutil.copytree(two, folder / "one" / "line.fieldcheck")
    return one, two, run_model(one, makers.several_model(folder / "several.onnx"))


def several_card(folder):
    return makers.write_card(folder / "card.json", {"task": "multilabel", "classes": CLASSES})


@pytest.mark.long
def test_several_classes_a_frame_give_the_same_report_to_the_digit(several, tmp_path):
    one, two, rows = several
    one, two = (
        shutil.copytree(path, tmp_path / path.parent.name / path.name) for path in (one, two)
    )
    file = write_wide(tmp_path / "wide.csv", rows)
    with open_project(two) as project:
        stored = add_predictions(
            project, file, several_card(tmp_path), None, NullProgress(), makers.NOW
        )
        assert (get_card(stored).task, get_card(stored).output.kind) == (
            "multilabel",
            "predictions",
        )
    assert [(row.frame_id, row.class_name, row.score) for row in list_rows(two)] == [
        (row.frame_id, row.class_name, row.score) for row in rows
    ]
    assert summarise(two) == summarise(one)


def test_rows_of_one_class_each_name_several_and_leave_the_others_at_nothing(several, tmp_path):
    _, two, rows = several
    two, name = shutil.copytree(two, tmp_path / "two.fieldcheck"), rows[0].frame_id
    file = write(tmp_path / "p.csv", "id,class,confidence", f"{name},red,0.9", f"{name},blue,0.75")
    with open_project(two) as project:
        card = several_card(tmp_path)
        stored = add_predictions(project, file, card, None, NullProgress(), makers.NOW)
        assert load_given_answers(project, stored).frames[name].tolist() == pytest.approx(
            [0.9, 0, 0.75]
        )
        for lines, problem in (
            (["id,class", f"{name},red", f"{name},red"], "two_rows"),
            (["id,red,green", f"{name},0.9,0.9"], "several"),
            (["id,red,green,blue", f"{name},0.9,0.9,1.9"], "confidence"),
        ):
            with pytest.raises(PredictionsRefused) as refused:
                add_predictions(
                    project,
                    write(tmp_path / "q.csv", *lines),
                    card,
                    None,
                    NullProgress(),
                    makers.NOW,
                )
            assert refused.value.problem == problem
            assert "Nothing was changed." in format_error(refused.value)


def encode_runs(mask):
    """Run lengths of a (h, w) bool, column by column, as COCO writes them without packing."""
    flat = mask.T.ravel()
    edges = np.flatnonzero(np.diff(flat)) + 1
    ends = [0, *edges.tolist(), flat.size]
    runs = np.diff(ends).tolist()
    return {"size": list(mask.shape), "counts": [0, *runs] if flat[0] else runs}


def write_masks(folder, path, classes):
    """COCO results with the masks that the project at `path` holds of its model's answers, in the
    folder of the exported images."""
    listed = json.loads((folder / "images.json").read_text())
    numbers = {entry["name"]: entry["id"] for entry in listed["categories"]}
    with open_project(path) as project:
        model = find_model(project)
        sides = (load_field_side(project, model), load_benchmark_side(project, model))
        stored = {
            name: unpack_masks(answer.masks)[0].pixels
            for side in sides
            for name, answer in side.answers.items()
        }
    with (folder / "images.csv").open(newline="") as file:
        names = {row["file"]: row["id"].removeprefix("benchmark:") for row in csv.DictReader(file)}
    results = [
        {
            "image_id": entry["id"],
            "category_id": numbers[name],
            "segmentation": encode_runs(stored[names[entry["file_name"]]] == index),
            "score": 0.5,
        }
        for entry in listed["images"]
        for index, name in enumerate(classes)
        if index and (stored[names[entry["file_name"]]] == index).any()
    ]
    (folder / "results.json").write_text(json.dumps(results))
    return folder / "results.json"


@pytest.fixture(scope="module")
def masked(material, tmp_path_factory):
    """Two projects with twenty frames that are pointed at and a benchmark of masks: one with the
    model of masks, run, and one with the file that it would have written elsewhere."""
    folder = tmp_path_factory.mktemp("masked")
    classes = tuple(makers.MASK_CARD["classes"])
    wanted = {"classes": classes, "benchmark": makers.masked_benchmark(folder / "masks")}
    with makers.empty_project(folder / "two.fieldcheck", None, claimed=0.9, **wanted) as project:
        makers.add_footage(project, material / "belt.avi", taken_at=makers.NOW)
        makers.draw(project, 20)
    one = shutil.copytree(folder / "two.fieldcheck", folder / "one.fieldcheck")
    with fieldcheck.Project.open(one) as door:
        door.add_model(material / "mask.onnx")
        for on in ("field", "benchmark"):  # what is exported, and no more
            door.run(on=on)
    with fieldcheck.Project.open(folder / "two.fieldcheck") as door:
        door.export("frames", folder / "images")
    return one, folder / "two.fieldcheck", write_masks(folder / "images", one, classes)


@pytest.mark.long
def test_masks_give_the_same_report_to_the_digit(masked, tmp_path):
    one, two, file = masked
    card = makers.write_card(
        tmp_path / "card.json", {"task": "segmentation", "classes": makers.MASK_CARD["classes"]}
    )
    one, two = (
        shutil.copytree(path, tmp_path / path.stem / "line.fieldcheck") for path in (one, two)
    )
    with open_project(two) as project:
        stored = add_predictions(project, file, card, None, NullProgress(), makers.NOW)
        assert (get_card(stored).task, get_card(stored).output.kind) == (
            "segmentation",
            "predictions",
        )
    for path in (one, two):
        with open_project(path) as project:
            makers.point_all(project, wrong=2)
    actual, expected = summarise(two), summarise(one)
    assert actual == expected
    assert actual["gap"]["value"] is not None


def test_polygons_are_masks_and_the_surer_object_is_seen_where_two_overlap(masked, tmp_path):
    _, two, file = masked
    two, folder = (
        shutil.copytree(two, tmp_path / two.name),
        shutil.copytree(file.parent, tmp_path / "i"),
    )
    listed = json.loads((folder / "images.json").read_text())
    image = next(entry for entry in listed["images"] if entry["file_name"].startswith("field"))
    numbers = {entry["name"]: entry["id"] for entry in listed["categories"]}

    def shape(name, score, x):
        outline = [[x, 0, x + 20, 0, x + 20, 30, x, 30]]
        return {
            "image_id": image["id"],
            "category_id": numbers[name],
            "segmentation": outline,
            "score": score,
        }

    results = [shape("red", 0.9, 0), shape("blue", 0.6, 10)]
    (folder / "results.json").write_text(json.dumps(results))
    with open_project(two) as project:
        card = makers.write_card(
            tmp_path / "card.json", {"task": "segmentation", "classes": makers.MASK_CARD["classes"]}
        )
        stored = add_predictions(
            project, folder / "results.json", card, None, NullProgress(), makers.NOW
        )
        given = load_given_answers(project, stored)
        (name,) = (name for name, answer in given.frames.items() if answer[0] < 1)
        drawn = unpack_masks(given.masks[name])[0].pixels
    red, blue = (makers.MASK_CARD["classes"].index(name) for name in ("red", "blue"))
    assert drawn.shape == (image["height"], image["width"])
    assert (drawn[:30, :20] == red).all()
    assert (drawn[:30, 20:30] == blue).all()
    assert not drawn[30:].any()
    assert given.frames[name][red] == pytest.approx(600 / drawn.size)


@pytest.mark.parametrize(
    ("outline", "reason"),
    [
        ({"size": [3, 4], "counts": [12]}, "outline"),
        ({"size": [48, 64], "counts": [7]}, "outline"),
        ({"size": [48, 64], "counts": "%"}, "outline"),
        ([[1, 2]], "outline"),
        ("red", "outline"),
    ],
)
def test_a_mask_that_is_none_is_refused(masked, tmp_path, outline, reason):
    _, two, file = masked
    two, folder = (
        shutil.copytree(two, tmp_path / two.name),
        shutil.copytree(file.parent, tmp_path / "i"),
    )
    entry = {"image_id": 1, "category_id": 2, "segmentation": outline, "score": 0.5}
    (folder / "results.json").write_text(json.dumps([entry]))
    with open_project(two) as project, pytest.raises(PredictionsRefused) as refused:
        add(project, folder / "results.json")
    assert (refused.value.problem, refused.value.reason) == ("malformed", reason)
    assert "Nothing was changed." in format_error(refused.value)


def test_a_gate_holds_given_masks_against_those_of_the_model(masked, tmp_path):
    one, _, file = masked
    path = shutil.copytree(one, tmp_path / "line.fieldcheck")
    with open_project(path) as project:
        makers.point_all(project, wrong=2)
        card = makers.write_card(
            tmp_path / "card.json", {"task": "segmentation", "classes": makers.MASK_CARD["classes"]}
        )
        name = add_predictions(project, file, card, None, NullProgress(), makers.NOW).name
    with fieldcheck.Project.open(path) as door:
        gate = door.gate(name)
    assert {line.set for line in gate.sets} >= {"clean", "field"}
    assert all(line.change.value == 0 for line in gate.sets)


@pytest.mark.parametrize("n", [255, 256])
def test_a_mask_holds_255_classes_and_no_more(masked, tmp_path, n):
    _, two, file = masked
    two = shutil.copytree(two, tmp_path / two.name)
    classes = [*makers.MASK_CARD["classes"], *(f"class {k}" for k in range(n))][:n]
    card = makers.write_card(tmp_path / "card.json", {"task": "segmentation", "classes": classes})
    with open_project(two) as project:
        if n == 255:
            add_predictions(project, file, card, None, NullProgress(), makers.NOW)
            return
        with pytest.raises(PredictionsRefused) as refused:
            add_predictions(project, file, card, None, NullProgress(), makers.NOW)
    assert (refused.value.problem, refused.value.detail) == ("many_classes", "256")
    assert format_error(refused.value).count(". ") == 2


def test_an_image_list_of_another_size_is_refused(masked, tmp_path):
    _, two, file = masked
    two, folder = (
        shutil.copytree(two, tmp_path / two.name),
        shutil.copytree(file.parent, tmp_path / "i"),
    )
    listed = json.loads((folder / "images.json").read_text())
    for entry in listed["images"]:
        entry["width"] += 1
    (folder / "images.json").write_text(json.dumps(listed))
    (folder / "results.json").write_text(
        json.dumps([{"image_id": 1, "category_id": 2, "segmentation": [[0, 0, 4, 0, 4, 4]]}])
    )
    with open_project(two) as project, pytest.raises(PredictionsRefused) as refused:
        add(project, folder / "results.json")
    assert refused.value.reason == "mask_size"


def test_a_result_without_a_box_and_without_a_mask_is_refused(masked, tmp_path):
    _, two, file = masked
    two, folder = (
        shutil.copytree(two, tmp_path / two.name),
        shutil.copytree(file.parent, tmp_path / "i"),
    )
    box = {"image_id": 1, "category_id": 2, "bbox": [0, 0, 4, 4], "score": 0.5}
    mask = {"image_id": 1, "category_id": 2, "segmentation": [[0, 0, 4, 0, 4, 4]], "score": 0.5}
    for some in ([box, mask], [{"image_id": 1, "category_id": 2}]):
        (folder / "results.json").write_text(json.dumps(some))
        with open_project(two) as project, pytest.raises(PredictionsRefused) as refused:
            add(project, folder / "results.json")
        assert (refused.value.problem, refused.value.reason) == ("malformed", "entry")


def write(path, *lines):
    path.write_text("\n".join(lines) + "\n")
    return path


@pytest.fixture
def picked(without_model):
    """The open project, and the ids of its picks."""
    with open_project(without_model) as project:
        yield project, [pick.frame_id for pick in project.read(picks_table.list_picks)]


def add(project, path):
    return add_predictions(project, path, None, None, NullProgress(), makers.NOW)


@pytest.mark.short_cases(6)
@pytest.mark.parametrize(
    ("lines", "problem"),
    [
        (["id,class,confidence", "{0},red,0.9", "nobody-000001,red,0.9"], "unknown"),
        (["id,class,confidence", "{0},red,0.9", "{0},blue,0.9"], "two_rows"),
        (["id,class,confidence", "{0},purple,0.9"], "class"),
        (["id,class,confidence", "{0},red,1.5"], "confidence"),
        (["id,class,confidence", "{0},red,nan"], "confidence"),
        (["id,class,confidence", "{0},red,0.2"], "low_confidence"),
        (["id,class,confidence", "{0},red,0.9", "{1},red,"], "some_confidence"),
        (["id,class,confidence", "{0},red,0.9", "{1},red"], "malformed"),
        (["id,class,confidence"], "empty"),
        (["id,confidence", "{0},0.9"], "columns"),
        (["id,red,green,blue", "{0},0.9,0.9,0.9"], "probabilities"),
        (["id,class,confidence,x,y,w,h", "{0},red,0.9,1e300,0,4,4"], "malformed"),
        (["id,class,confidence,x,y,w,h", "{0},red,0.9,0,0,-4,4"], "malformed"),
        (['{{"id": "{0}", "class": "red", "confidence": 0.9'], "malformed"),
        (['{{"id": "{0}", "probabilities": [1]}}'], "malformed"),
        (
            ['[{{"image_id": 1, "category_id": 1, "bbox": [0, 0, 1, 1], "score": 1}}]'],
            "images_list",
        ),
    ],
)
def test_a_file_that_is_none_is_refused_and_nothing_is_changed(picked, tmp_path, lines, problem):
    project, names = picked
    file = write(tmp_path / "p.csv", *(line.format(*names) for line in lines))
    with pytest.raises(PredictionsRefused) as refused:
        add(project, file)
    assert refused.value.problem == problem
    said = format_error(refused.value)
    assert said.count("Nothing was changed.") == 1
    assert "{" not in said
    assert not list((project.path / "models").glob("*"))


def test_another_task_than_the_projects_is_refused(material, tmp_path, made):
    path = shutil.copytree(made["drawn"], tmp_path / "drawn.fieldcheck")
    with open_project(path) as project:
        first = project.read(picks_table.list_picks)[0].frame_id
        file = write(tmp_path / "p.csv", "id,class,confidence,x,y,w,h", f"{first},red,0.9,0,0,4,4")
        with pytest.raises(NotComparable):
            add(project, file)


def test_what_is_left_out_is_counted_and_not_scored(picked, tmp_path):
    project, names = picked
    file = write(tmp_path / "p.csv", "id,class,confidence", *(f"{n},red,0.9" for n in names[:15]))
    counts = count_given_answers(project, add(project, file))
    assert (counts.n_picked, counts.n_picked_answered) == (20, 15)
    assert (counts.n_benchmark, counts.n_benchmark_answered) == (18, 0)
    with fieldcheck.Project.open(project.path, write=False) as door:
        assert {row.on for row in door.predictions().predictions} == {"field"}
        assert len({row.frame_id for row in door.predictions().predictions}) == 15


@pytest.mark.long
def test_classes_alone_have_no_confidence(picked, tmp_path):
    project, names = picked
    stored = add(project, write(tmp_path / "p.csv", "id;class", *(f"{n};red" for n in names)))
    assert not get_card(stored).has_confidence
    project.close()
    with fieldcheck.Project.open(project.path) as door:
        summary = door.report().summary
    assert summary["calibration"] is None
    assert summary["gap"]["field"]["n"] == 20 if "field" in summary["gap"] else True


def test_the_exported_images_lead_back_to_their_frames(without_model, tmp_path, material):
    out = tmp_path / "images"
    said = CliRunner().invoke(export_command, [str(without_model), "--frames", "--out", str(out)])
    assert said.exit_code == 0, said.output
    with (out / "images.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["on"] for row in rows].count("field") == 20
    assert [row["on"] for row in rows].count("benchmark") == 18
    assert all((out / row["file"]).is_file() for row in rows)
    with open_project(without_model) as project:
        for column in ("file", "id"):
            file = write(
                tmp_path / f"{column}.csv", "id,class", *(f"{row[column]},red" for row in rows)
            )
            answers = load_given_answers(project, add(project, file))
            assert (len(answers.frames), len(answers.benchmark)) == (20, 18)


@pytest.mark.long
def test_coco_results_are_read_with_the_exported_list(tmp_path, material):
    path, out = tmp_path / "one.fieldcheck", tmp_path / "images"
    with makers.empty_project(path, None, classes=("part", "hole")) as project:
        makers.add_footage(project, material / "belt.avi", taken_at=makers.NOW)
        makers.draw(project, 6)
    with fieldcheck.Project.open(path) as door:
        door.export("frames", out)
    listed = json.loads((out / "images.json").read_text())
    box = {"bbox": [1, 2, 3, 4], "score": 0.5}
    results = [{"image_id": listed["images"][0]["id"], "category_id": 2, **box}]
    (out / "results.json").write_text(json.dumps(results))
    with open_project(path) as project:
        answers = load_given_answers(project, add(project, out / "results.json"))
    assert sorted(len(answer) for answer in answers.frames.values()) == [0, 0, 0, 0, 0, 1]
    (found,) = [answer for answer in answers.frames.values() if len(answer)]
    assert found.tolist() == [[1, 2, 4, 6, 0.5, 1]]


def test_what_needs_the_model_says_so(picked, tmp_path):
    project, names = picked
    add(project, write(tmp_path / "p.csv", "id,class,confidence", *(f"{n},red,0.9" for n in names)))
    project.close()
    with fieldcheck.Project.open(project.path) as door:
        for ask in (door.stress, door.fix):
            with pytest.raises(ModelRejected, match="predictions, not a model that can run here"):
                ask()


def test_a_changed_file_in_the_project_is_told(picked, tmp_path):
    project, names = picked
    stored = add(project, write(tmp_path / "p.csv", "id,class", f"{names[0]},red"))
    write(project.path / stored.file, "id,class", f"{names[0]},blue")
    with pytest.raises(ModelRejected) as refused:
        load_given_answers(project, find_model(project))
    assert refused.value.problem == "changed"


def test_later_picks_are_answered_from_the_same_file(without_model, tmp_path, answered):
    file = write_wide(tmp_path / "all.csv", answered[1])
    with open_project(without_model) as project:
        add(project, file)
        pick_frames(
            project, count=25, seed=None, design="random", required=(), progress=NullProgress(),
            now=makers.NOW,
        )  # fmt: skip
    with fieldcheck.Project.open(without_model) as door:
        assert [(run.on, run.n, run.n_done) for run in door.run(on="field").runs] == [
            ("field", 45, 45)
        ]


def test_a_predictions_file_named_as_a_model_is_told_how(without_model, tmp_path):
    file = write(tmp_path / "p.csv", "id,class", "a,b")
    said = CliRunner().invoke(add_model_command, [str(without_model), str(file)])
    assert isinstance(said.exception, ModelRejected) or "predictions" in said.output


def test_models_are_compared_and_gated_by_their_answers(made, tmp_path):
    path = shutil.copytree(made["labelled"], tmp_path / "labelled.fieldcheck")
    rows = list_rows(path)
    file = write_wide(tmp_path / "elsewhere.csv", rows)
    with fieldcheck.Project.open(path) as door:
        name = door.add_predictions(file)
        same = door.compare("net", name)
        gate = door.gate(name)
    assert (same.change.value, len(same.flips)) == (0, 0)
    assert {line.set for line in gate.sets} >= {"clean", "field"}
    assert not {line.set for line in gate.sets} & {"corrupted", "golden"}
