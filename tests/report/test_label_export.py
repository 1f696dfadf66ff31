import csv
import json
import re
import shutil
from typing import get_args

import numpy as np
import pytest
from PIL import Image

from fieldcheck.corruptions.export import export_poison
from fieldcheck.domain.items import Filter
from fieldcheck.domain.label import Box, FurtherExport, SplitGroup
from fieldcheck.errors.imported_files import LabelsRefused
from fieldcheck.errors.labels import (
    LabelKindWrong,
    NothingLabelled,
    NothingPicked,
    OneGroup,
    SliceUnknown,
)
from fieldcheck.errors.messages import format_error
from fieldcheck.errors.projects import PathOccupied
from fieldcheck.footage.clips_and_scene_cuts import list_sampling_lines
from fieldcheck.imaging.codec import compute_pixels_sha256
from fieldcheck.labels import store
from fieldcheck.labels.formats import cvat
from fieldcheck.labels.formats.registry import WRITABLE, list_writable_formats, read_labels
from fieldcheck.labels.label_error_review import find_label_errors, review_label
from fieldcheck.labels.store import LabelDecision, import_labels, mark_person, set_label
from fieldcheck.models.benchmark import read_benchmark, set_benchmark
from fieldcheck.models.embeddings import save_slice
from fieldcheck.models.evaluate import add_golden_set
from fieldcheck.models.scored_sides import load_field_side
from fieldcheck.progress import NullProgress
from fieldcheck.project.folder import open_project
from fieldcheck.project.tables import labels as labels_table
from fieldcheck.report.export import (
    EXPORT_WRITERS,
    GROUPS,
    SUSPECTS,
    choose_validation_groups,
    export_labels,
    export_slice,
    export_suspects,
    export_tasks,
    list_export_formats,
    list_slice_subjects,
    make_frame_name,
    split_labels,
)
from tests import makers


def test_labels_that_went_out_come_in_again(labelled, tmp_path):
    before = {one.frame_id: one.class_name for one in labelled.read(labels_table.list_labels)}
    written = export_labels(labelled, "csv", tmp_path / "out", NullProgress())
    assert (written.n, written.files) == (20, ("labels.csv",))
    labelled.edit("label.clear", deletes=[labels_table.make_label_key(name) for name in before])
    store.import_labels(
        labelled,
        tmp_path / "out" / "labels.csv",
        None,
        annotator="file",
        blind=None,
        now=makers.NOW,
        progress=NullProgress(),
    )
    actual = {one.frame_id: one.class_name for one in labelled.read(labels_table.list_labels)}
    assert actual == before


def test_label_studio_finds_the_pictures_below_the_folder_that_was_asked_for(labelled, tmp_path):
    export_labels(labelled, "label-studio", tmp_path / "for studio", NullProgress())
    addresses = {
        task["data"]["image"].rpartition("/")[0]
        for task in json.loads((tmp_path / "for studio" / "tasks.json").read_text())
    }
    assert addresses == {"/data/local-files/?d=for studio/images"}
    assert [path.name for path in tmp_path.iterdir() if "for studio" in path.name] == ["for studio"]


def test_a_saved_slice_becomes_a_golden_set(labelled, tmp_path):
    save_slice(labelled, "reds", Filter().with_values("class", "red"))
    subjects = list_slice_subjects(labelled, "reds")
    written = export_slice(labelled, subjects, tmp_path / "reds", NullProgress())
    assert written.n == len(subjects) > 6
    golden = add_golden_set(labelled, "reds", tmp_path / "reds")
    assert golden.n == written.n
    assert {item.class_name for item in read_labels(tmp_path / "reds").items} == {"red"}


def with_exif(path):
    """A picture on its side, with a description and a place."""
    path.parent.mkdir(parents=True, exist_ok=True)
    exif = Image.Exif()
    exif[0x010E], exif[0x0112] = "Hall 3, gate B", 6
    exif.get_ifd(0x8825)[1] = "N"
    Image.new("RGB", (40, 30), (200, 0, 0)).save(path, exif=exif)


def test_a_benchmark_picture_goes_out_without_what_its_camera_wrote_beside_it(labelled, tmp_path):
    with_exif(tmp_path / "set" / "red" / "1.jpg")
    set_benchmark(labelled, read_benchmark(tmp_path / "set", None, None))
    written = export_slice(labelled, ["benchmark:red/1.jpg"], tmp_path / "out", NullProgress())
    (file,) = [tmp_path / "out" / name for name in written.files]
    assert file.name == "red_1.jpg.png"
    assert b"Hall 3" not in file.read_bytes()
    with Image.open(file) as picture:
        assert (picture.size, dict(picture.getexif())) == ((30, 40), {})


# which needs an extra and holds no pictures
TODAY = [kind for kind in list_writable_formats("boxes") if kind != "parquet"]


@pytest.fixture(scope="module")
def with_places(tmp_path_factory, material):
    """A detector's project whose benchmark is one picture with a place in it, for tests to copy."""
    folder = tmp_path_factory.mktemp("places")
    with_exif(folder / "set" / "images" / "1.jpg")
    (folder / "set" / "labels").mkdir()
    (folder / "set" / "labels" / "1.txt").write_text("0 0.5 0.5 0.2 0.2\n")
    (folder / "set" / "data.yaml").write_text("names: [part]\n")
    with makers.empty_project(folder / "boxes.fieldcheck", material / "box.onnx") as project:
        set_benchmark(project, read_benchmark(folder / "set", None, None))
        return project.path


@pytest.mark.short_cases(4)
@pytest.mark.parametrize("kind", TODAY)
def test_no_format_takes_along_what_a_camera_wrote_beside_a_picture(tmp_path, with_places, kind):
    with open_project(shutil.copytree(with_places, tmp_path / "boxes.fieldcheck")) as project:
        written = export_labels(
            project, kind, tmp_path / "out", NullProgress(), ["benchmark:images/1.jpg"]
        )
        poison = export_poison(project, tmp_path / "poison", None, 0, NullProgress())
    files = [one.out / name for one in (written, poison) for name in one.files]
    assert len([file for file in files if file.suffix == ".png"]) == (1 if kind == "csv" else 2)
    for file in files:
        assert b"Hall 3" not in file.read_bytes()
        if file.suffix == ".png":
            with Image.open(file) as picture:
                assert dict(picture.getexif()) == {}


def marked(project, n):
    """The first labelled frames, with a person on them."""
    names = [one.frame_id for one in project.read(labels_table.list_picks)][:n]
    store.mark_person(project, names, marked=True, annotator="tester")
    return names


@pytest.mark.parametrize("kind", ["csv", "imagefolder"])
def test_frames_on_which_a_person_is_marked_stay_here_unless_asked_for(labelled, tmp_path, kind):
    names = marked(labelled, 3)
    written = export_labels(labelled, kind, tmp_path / "out", NullProgress())
    assert (written.n, written.n_people) == (17, 3)
    assert not any(name in file for name in names for file in written.files)
    everyone = export_labels(labelled, kind, tmp_path / "all", NullProgress(), with_people=True)
    assert (everyone.n, everyone.n_people) == (20, 0)


@pytest.fixture(scope="module")
def four_boxes(tmp_path_factory, material):
    """A detector's project of four picks with a box each, for tests to copy."""
    with makers.empty_project(
        tmp_path_factory.mktemp("four") / "boxes.fieldcheck", material / "box.onnx"
    ) as project:
        makers.add_footage(project, material / "night.avi")
        makers.draw(project, 4)
        for one in project.read(labels_table.list_picks):
            decision = store.LabelDecision(boxes=(Box("part", 0, 0, 32, 24),))
            store.set_label(project, one.frame_id, decision, annotator="tester", now=makers.NOW)
        return project.path


@pytest.mark.long
def test_a_slice_holds_a_frame_with_a_person_only_where_it_is_asked_for(tmp_path, four_boxes):
    with open_project(shutil.copytree(four_boxes, tmp_path / "boxes.fieldcheck")) as project:
        (name,) = marked(project, 1)
        with pytest.raises(NothingLabelled) as caught:
            export_slice(project, [name], tmp_path / "slice", NullProgress())
        assert caught.value.among == "without_people"
        assert format_error(caught.value) == (
            f"All frames to export from {project.path} are marked “person”. Nothing was written. "
            "Include frames with a person (Explore, Shift+E)."
        )
        out = tmp_path / "slice"
        assert export_slice(project, [name], out, NullProgress(), with_people=True).n == 1


def test_suspects_name_no_frame_with_a_person(labelled, tmp_path):
    names = set(marked(labelled, 3))
    everyone = export_suspects(labelled, tmp_path / "all", NullProgress(), with_people=True)
    written = export_suspects(labelled, tmp_path / "out", NullProgress())
    judged, kept = (
        set((one.out / "suspects.csv").read_text("utf-8").splitlines())
        for one in (everyone, written)
    )
    assert written.n_people == 3
    named = {
        make_frame_name(line)
        for line in labelled.read(list_sampling_lines)
        if line.frame.frame_id in names
    }
    assert {line.split(",")[1] for line in judged - kept} == named


def test_what_a_second_look_corrected_goes_out_only_when_asked_for(labelled, tmp_path):
    review_label(labelled, "benchmark:red/000.png", "label_wrong", "tester", makers.NOW)
    as_filed = export_labels(
        labelled, "imagefolder", tmp_path / "a", NullProgress(), ["benchmark:red/000.png"]
    )
    corrected = export_labels(
        labelled, "imagefolder", tmp_path / "b", NullProgress(), ["benchmark:red/000.png"],
        corrected=True,
    )  # fmt: skip
    assert (as_filed.files[0].split("/")[0], corrected.files[0].split("/")[0]) == ("red", "blue")


def test_suspects_are_ranked_with_the_share_that_a_training_run_smooths(labelled, tmp_path):
    written = export_suspects(labelled, tmp_path / "out", NullProgress())
    with (tmp_path / "out" / written.files[0]).open(newline="") as text:
        rows = list(csv.DictReader(text))
    assert tuple(rows[0]) == SUSPECTS
    assert len(rows) == written.n == 38
    benchmark = [row for row in rows if row["on"] == "benchmark"]
    assert benchmark[0]["item"] == "red/000.png"
    assert (benchmark[0]["label"], benchmark[0]["rank"]) == ("red", "1")
    smoothed = [row for row in benchmark if float(row["smoothing"]) > 0]
    assert [row["item"] for row in smoothed] == ["red/000.png"]
    assert (
        float(benchmark[0]["confidence"])
        == find_label_errors(labelled, "benchmark", NullProgress()).confidence[
            "benchmark:red/000.png"
        ]
    )


def test_what_cannot_be_written_is_refused(labelled, drawn, tmp_path):
    with pytest.raises(LabelKindWrong) as caught:
        export_labels(labelled, "voc", tmp_path / "a", NullProgress())
    assert format_error(caught.value) == (
        "voc does not support the labels of this project. Nothing was written. Supported "
        "formats: {}."
    ).format(", ".join(list_writable_formats("class")))
    with pytest.raises(NothingLabelled):
        export_labels(drawn, "csv", tmp_path / "a", NullProgress())
    with pytest.raises(PathOccupied):
        export_labels(labelled, "csv", tmp_path, NullProgress())
    with pytest.raises(SliceUnknown):
        list_slice_subjects(labelled, "nights")


@pytest.mark.long
def test_points_go_out_and_come_in_again_where_a_format_holds_them(pointed, tmp_path):
    for kind in ("yolo", "voc", "imagefolder"):
        with pytest.raises(LabelKindWrong) as caught:
            export_labels(pointed, kind, tmp_path / kind, NullProgress())
        supported = ", ".join(list_writable_formats("points"))
        assert format_error(caught.value) == (
            f"{kind} does not support the labels of this project. Nothing was written. "
            f"Supported formats: {supported}."
        )
    before = {one.frame_id: one.points for one in pointed.read(labels_table.list_labels)}
    assert any(before.values())
    actual = dict(export_labels(pointed, "masks", tmp_path / "masks", NullProgress()).losses)
    assert actual == {"marked": sum(map(len, before.values()))}
    for kind in ("csv", "coco", "cvat", "label-studio", "labelme"):
        written = export_labels(pointed, kind, tmp_path / kind, NullProgress())
        assert dict(written.losses) == ({"pictures": written.n} if kind == "csv" else {})
        pointed.edit("label.clear", deletes=[labels_table.make_label_key(name) for name in before])
        taken = store.import_labels(
            pointed,
            tmp_path / kind,
            None,
            annotator="file",
            blind=None,
            now=makers.NOW,
            progress=NullProgress(),
        )
        assert (taken.n_frames, taken.receipt.format, taken.unmatched) == (len(before), kind, ())
        actual = {one.frame_id: one.points for one in pointed.read(labels_table.list_labels)}
        assert actual == before


def test_pictures_of_one_flattened_name_keep_a_file_each_with_letters_of_xml(labelled, tmp_path):
    names = ("red/a_1.png", "red/a/1.png", "red/a\x1b1.png")
    for name in names:
        makers.save_picture(tmp_path / "set" / name, "red")
    set_benchmark(labelled, read_benchmark(tmp_path / "set", None, None))
    subjects = [f"benchmark:{name}" for name in names]
    written = export_slice(labelled, subjects, tmp_path / "out", NullProgress())
    assert len(set(written.files)) == written.n == 3
    assert all(name.isprintable() for name in written.files)
    assert all((tmp_path / "out" / name).is_file() for name in written.files)


@pytest.mark.long
def test_boxes_go_out_as_yolo_and_come_in_as_a_golden_set(tmp_path, material):

    with makers.empty_project(tmp_path / "boxes.fieldcheck", material / "box.onnx") as project:
        makers.add_footage(project, material / "night.avi")
        makers.draw(project, 5)

        for one in project.read(labels_table.list_picks):
            decision = store.LabelDecision(boxes=(Box("part", 0, 0, 32, 24),))
            store.set_label(project, one.frame_id, decision, annotator="tester", now=makers.NOW)
        subjects = [one.frame_id for one in project.read(labels_table.list_picks)]
        written = export_slice(project, subjects, tmp_path / "set", NullProgress())
        assert written.format == "yolo"
        assert add_golden_set(project, "parts", tmp_path / "set").n == len(subjects)


def split(project, out, by="clip", share=0.25, seed=0, kind="imagefolder"):
    return split_labels(project, kind, out, by, share, seed, NullProgress())


@pytest.fixture
def two_clips(empty, material):
    makers.add_footage(empty, material / "belt.avi", camera="left", location="line 1")
    makers.add_footage(empty, material / "night.avi", camera="right", location="line 1")
    makers.draw(empty, 40)
    makers.label_all(empty)
    return empty


@pytest.mark.long
def test_no_clip_stands_on_both_sides_and_every_labelled_frame_on_one(two_clips, tmp_path):
    found = split(two_clips, tmp_path / "out")
    assert not set(found.train) & set(found.validation)
    side = load_field_side(two_clips, None)
    clip = {line.frame.frame_id: line.clip.clip_id for line in side.lines}
    frames = {
        name: {
            item.path.rpartition("/")[2].removesuffix(".png")
            for item in read_labels(tmp_path / "out" / name).items
        }
        for name in ("train", "validation")
    }
    assert {clip[frame] for frame in frames["train"]} == set(found.train)
    assert {clip[frame] for frame in frames["validation"]} == set(found.validation)
    assert (len(frames["train"]), len(frames["validation"])) == (found.n_train, found.n_validation)
    assert (
        frames["train"] | frames["validation"] == store.get_training_frames(two_clips) == set(clip)
    )


@pytest.mark.long
def test_frames_that_belong_together_cannot_be_split(two_clips, footed, tmp_path):
    expected = {"left", "right"}
    assert {line.clip.camera for line in load_field_side(two_clips, None).lines} == expected
    assert set(split(two_clips, tmp_path / "by_camera", by="camera").validation) < {"left", "right"}
    with pytest.raises(OneGroup):
        split(two_clips, tmp_path / "one", by="location")
    with pytest.raises(NothingLabelled):
        split(footed, tmp_path / "none")
    assert not (tmp_path / "one").exists()


@pytest.mark.long
def test_frames_with_a_person_stand_on_neither_side_unless_asked_for(two_clips, tmp_path):
    by_clip = {
        line.frame.frame_id: line.clip.clip_id for line in load_field_side(two_clips, None).lines
    }
    one = min(by_clip.values())
    store.mark_person(
        two_clips,
        [frame for frame, clip in by_clip.items() if clip == one][:3],
        marked=True,
        annotator="tester",
    )
    found = split(two_clips, tmp_path / "out")
    assert (found.n_train + found.n_validation, found.n_people) == (len(by_clip) - 3, 3)
    out = tmp_path / "every"
    every = split_labels(two_clips, "csv", out, "clip", 0.25, 0, NullProgress(), with_people=True)
    assert (every.n_train + every.n_validation, every.n_people) == (len(by_clip), 0)
    store.mark_person(
        two_clips,
        [frame for frame, clip in by_clip.items() if clip == one],
        marked=True,
        annotator="tester",
    )
    with pytest.raises(OneGroup):
        split(two_clips, tmp_path / "one")


@pytest.mark.long
def test_a_place_that_is_taken_is_left_alone(two_clips, tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine.txt").write_text("mine")
    with pytest.raises(PathOccupied):
        split(two_clips, tmp_path / "out")


def test_validation_comes_as_near_to_its_share_as_whole_groups_allow():
    sizes = {f"c{k}": 10 for k in range(10)}
    chosen = choose_validation_groups(sizes, 0.2, seed=1)
    assert len(chosen) == 2
    assert chosen == choose_validation_groups(sizes, 0.2, seed=1)
    assert len({choose_validation_groups(sizes, 0.2, seed) for seed in range(20)}) > 5
    assert choose_validation_groups({"a": 90, "b": 10}, 0.01, 0) == {"b"}
    assert len(choose_validation_groups({"a": 1, "b": 1}, 0.99, 0)) == 1


def test_what_can_be_kept_together():
    assert tuple(GROUPS) == get_args(SplitGroup)


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


@pytest.mark.long
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
