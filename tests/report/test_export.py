import csv
import json
import re
import shutil
from typing import get_args

import numpy as np
import pytest
from PIL import Image

from fieldcheck.domain.label import Box, FurtherExport
from fieldcheck.errors.imported_files import LabelsRefused
from fieldcheck.errors.labels import LabelKindWrong, NothingLabelled, NothingPicked
from fieldcheck.errors.messages import format_error
from fieldcheck.imaging.codec import compute_pixels_sha256
from fieldcheck.labels.formats import cvat
from fieldcheck.labels.formats.registry import WRITABLE
from fieldcheck.labels.store import LabelDecision, import_labels, mark_person, set_label
from fieldcheck.progress import NullProgress
from fieldcheck.project.folder import open_project
from fieldcheck.project.tables import labels as labels_table
from fieldcheck.report.export import EXPORT_WRITERS, export_tasks, list_export_formats
from tests import makers


@pytest.fixture(scope="module")
def made_boxes(tmp_path_factory, material):
    """Four picks of a detector, none labelled, for tests to copy."""
    with makers.empty_project(
        tmp_path_factory.mktemp("four") / "boxes.fieldcheck", material / "box.onnx"
    ) as project:
        makers.add_footage(project, material / "night.avi")
        makers.draw(project, 4)
        return project.path


@pytest.fixture
def boxes(made_boxes, tmp_path):
    with open_project(shutil.copytree(made_boxes, tmp_path / "boxes.fieldcheck")) as project:
        yield project


def rows(folder):
    with (folder / "pictures.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def took(project, path):
    return import_labels(
        project, path, None, annotator="them", blind=None, now=makers.NOW, progress=NullProgress()
    )


@pytest.mark.parametrize("tool", ["cvat", "label-studio"])
def test_a_package_holds_every_waiting_pick_and_no_answer_of_a_model(boxes, tmp_path, tool):
    first, second, *rest = [one.frame_id for one in boxes.read(labels_table.list_picks)]
    set_label(boxes, first, LabelDecision(nothing=True), annotator="me", now=makers.NOW)
    mark_person(boxes, [second], marked=True, annotator="me")
    written = export_tasks(boxes, tool, tmp_path / "out", NullProgress())
    assert (written.n, written.n_people) == (2, 1)
    listed = rows(tmp_path / "out")
    assert {row["frame_id"] for row in listed} == set(rest)
    for row in listed:
        with Image.open(tmp_path / "out" / row["file"]) as picture:
            assert compute_pixels_sha256(np.asarray(picture)) == row["pixels_sha256"]
    texts = "".join(
        file.read_text("utf-8") for file in (tmp_path / "out").iterdir() if file.is_file()
    )
    assert not re.search(r"predict|score|confidence|xtl|\"result\"", texts)
    assert all(name in texts for name in ("part", "hole", *rest))
    with pytest.raises(LabelsRefused) as caught:
        took(boxes, tmp_path / "out")
    assert caught.value.problem == "no_labels"
    out = tmp_path / "all"
    assert export_tasks(boxes, tool, out, NullProgress(), every=True, with_people=True).n == 4


def test_what_was_labelled_in_cvat_comes_back_by_name_and_hash(boxes, tmp_path):
    export_tasks(boxes, "cvat", tmp_path / "out", NullProgress())
    drawn, empty, untouched, other = [
        row["file"].removeprefix("images/") for row in rows(tmp_path / "out")
    ]
    file = tmp_path / "out" / "annotations.xml"
    said = file.read_text("utf-8")
    for name, shape in (
        (drawn, '<box label="part" occluded="0" xtl="1.5" ytl="2" xbr="9" ybr="8"/>'),
        (empty, f'<tag label="{cvat.NOTHING}"/>'),
        (other, '<box label="part" xtl="1" ytl="2" xbr="9" ybr="8"/>'),
    ):
        said = re.sub(rf'(name="{re.escape(name)}"[^>]*) />', rf"\1>{shape}</image>", said)
    wrong = re.sub(r"\.[0-9a-f]{12}\.png", ".000000000000.png", other)
    file.write_text(said.replace(other, wrong), "utf-8")
    taken = took(boxes, file)
    labels = {one.frame_id: one.boxes for one in boxes.read(labels_table.list_labels)}
    assert labels == {drawn.split(".")[0]: (Box("part", 1.5, 2, 7.5, 6),), empty.split(".")[0]: ()}
    assert taken.unmatched == ((wrong, "other_picture"),)
    actual = [name.removeprefix("images/") for name in taken.receipt.skipped.unlabelled]
    assert actual == [untouched]


def test_what_was_labelled_in_label_studio_comes_back(boxes, tmp_path):
    export_tasks(boxes, "label-studio", tmp_path / "out", NullProgress())
    tasks = json.loads((tmp_path / "out" / "tasks.json").read_text("utf-8"))
    value = {
        "x": 50, "y": 25, "width": 25, "height": 50, "rotation": 0, "rectanglelabels": ["hole"],
    }  # fmt: skip
    result = {
        "type": "rectanglelabels", "original_width": 64, "original_height": 48, "value": value,
    }  # fmt: skip
    tasks[0]["annotations"], tasks[1]["annotations"] = [{"result": [result]}], [{"result": []}]
    uploaded = tasks[2]["data"].pop("file")
    tasks[2] |= {
        "data": {"image": f"/data/upload/7/1a2b3c4d-{uploaded}"},
        "annotations": [{"result": []}],
    }
    (tmp_path / "back.json").write_text(json.dumps(tasks), "utf-8")
    assert took(boxes, tmp_path / "back.json").n_frames == 3
    assert len(boxes.read(labels_table.list_labels)) == 3
    by_frame = {one.frame_id: one.boxes for one in boxes.read(labels_table.list_labels)}
    assert by_frame[rows(tmp_path / "out")[0]["frame_id"]] == (Box("hole", 32, 12, 16, 24),)


def test_what_cannot_be_packed_is_refused(boxes, tmp_path, material):
    names = [one.frame_id for one in boxes.read(labels_table.list_picks)]
    mark_person(boxes, names, marked=True, annotator="me")
    with pytest.raises(NothingLabelled) as caught:
        export_tasks(boxes, "cvat", tmp_path / "out", NullProgress())
    assert caught.value.among == "without_people"
    for name in names:
        set_label(boxes, name, LabelDecision(nothing=True), annotator="me", now=makers.NOW)
    with pytest.raises(NothingLabelled) as caught:
        export_tasks(boxes, "cvat", tmp_path / "out", NullProgress())
    assert "labelled. Nothing was written" in format_error(caught.value)
    with (
        makers.empty_project(tmp_path / "new.fieldcheck", material / "box.onnx") as project,
        pytest.raises(NothingPicked),
    ):
        export_tasks(project, "cvat", tmp_path / "out", NullProgress())
    several = makers.several_model(tmp_path / "several.onnx")
    with (
        makers.empty_project(tmp_path / "more.fieldcheck", several) as project,
        pytest.raises(LabelKindWrong),
    ):
        export_tasks(project, "cvat", tmp_path / "out", NullProgress())
    assert not (tmp_path / "out").exists()


def test_every_format_of_labels_has_a_writer_and_only_those_that_fit_are_offered(labelled):
    assert set(EXPORT_WRITERS) == {*WRITABLE, *get_args(FurtherExport)}
    found = list_export_formats(labelled)
    assert {"imagefolder", "csv", "parquet", "mlflow", "cvat-tasks", "label-studio-tasks"} < set(
        found
    )
    assert not {"coco", "yolo", "albumentations"} & set(found)
    assert len(found) == len(set(found))
