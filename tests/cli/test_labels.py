import pytest

from fieldcheck.footage.clips_and_scene_cuts import list_sampling_lines
from fieldcheck.project.folder import open_project
from tests import makers

SHOW_KEYS = {
    "schema", "project", "n_picked", "n_labelled", "n_unsure", "n_skipped", "n_left", "blind",
    "per_class", "undo_depth", "redo_depth", "early", "labels",
}  # fmt: skip
ACT_KEYS = {"schema", "project", "act", "frame_ids", "undo_depth", "redo_depth"}


@pytest.fixture
def project(place):
    return place("drawn")


@pytest.fixture
def frames(terminal, project):
    return [one["frame_id"] for one in terminal.document("pick", project, "--count", 20)["picks"]]


def shown(terminal, project):
    return terminal.document("label", "show", project)


def csv_of(path, *rows, header="file,class"):
    path.write_text("\n".join([header, *rows]) + "\n")
    return path


def at(frame):
    return f"belt.avi#{int(frame.rsplit('-', 1)[1])}"


def test_label_set_is_an_act(terminal, project, frames):
    document = terminal.document("label", "set", project, frames[0], "red", "--by", "Ana")
    assert set(document) == ACT_KEYS
    actual = (document["schema"], document["act"], document["frame_ids"])
    assert actual == ("fieldcheck.label_set/1", "label.set", [frames[0]])
    (label,) = shown(terminal, project)["labels"]
    assert set(label) == {"frame_id", "state", "class", "boxes", "points", "by", "at", "seconds"}
    actual = (label["frame_id"], label["state"], label["class"], label["by"])
    assert actual == (frames[0], "done", "red", "Ana")


def test_show_tells_the_state_of_labelling(terminal, project, frames):
    terminal.document("label", "set", project, frames[0], "red")
    terminal.document("label", "set", project, frames[1], "--unsure")
    terminal.document("label", "set", project, frames[2], "--skip", "hand in front")
    document = shown(terminal, project)
    assert set(document) == SHOW_KEYS
    assert document["schema"] == "fieldcheck.label_show/1"
    counts = [
        document[key] for key in ("n_picked", "n_labelled", "n_unsure", "n_skipped", "n_left")
    ]
    assert counts == [20, 1, 1, 1, 17]
    assert (document["blind"], document["per_class"]) == (True, {"red": 1})
    assert document["redo_depth"] == 0
    assert [one["state"] for one in document["labels"]].count("unsure") == 1
    assert "1 of 20 labelled, 1 unsure, 1 skipped." in terminal.said("label", "show", project)


def test_one_way_of_saying_it_is_needed_and_one_only(terminal, project, frames):
    for given in [(), ("red", "--unsure"), ("--unsure", "--nothing")]:
        assert terminal("label", "set", project, frames[0], *given).code == 2


def test_labels_that_cannot_be_are_refused(terminal, project, frames):
    with open_project(project, write=False) as opened:
        unpicked = next(
            line.frame.frame_id
            for line in opened.read(list_sampling_lines)
            if line.frame.frame_id not in frames
        )
    before = shown(terminal, project)
    assert "nowhere-000001" in terminal.refusal("label", "set", project, "nowhere-000001", "red")
    assert unpicked in terminal.refusal("label", "set", project, unpicked, "red")
    assert "green" in terminal.refusal("label", "set", project, frames[0], "zebra")
    assert "--unsure" in terminal.refusal("label", "set", project, frames[0], "--nothing")
    assert shown(terminal, project) == before


@pytest.mark.long
def test_a_class_that_occurs_twice_is_refused(terminal, material, tmp_path):
    path = tmp_path / "c.json"
    card = makers.write_card(path, {**makers.COLOUR_CARD, "classes": ["red", "red", "blue"]})
    project = tmp_path / "twice.fieldcheck"
    terminal.document("new", project, "--model", material / "net.onnx", "--card", card)
    terminal.document("import", project, material / "night.avi")
    frame = terminal.document("pick", project, "--count", 40)["picks"][0]["frame_id"]
    assert "red" in terminal.refusal("label", "set", project, frame, "red")
    path = tmp_path / "l.csv"
    assert "red" in terminal.refusal("label", "import", project, csv_of(path, "night.avi#0,red"))
    terminal.document("label", "set", project, frame, "blue")


def test_label_import_counts_what_fits_and_what_does_not(terminal, project, frames, tmp_path):
    path = csv_of(
        tmp_path / "l.csv",
        f"{at(frames[0])},red",
        f"{at(frames[1])},blue",
        "belt.avi#9998,red",
        "other.avi#1,red",
    )
    document = terminal.document("label", "import", project, path, "--format", "csv")
    assert set(document) == {
        "schema", "project", "n_frames", "n_labels", "n_boxes", "classes", "unmatched", "receipt",
    }  # fmt: skip
    assert document["schema"] == "fieldcheck.label_import/1"
    assert (document["n_frames"], document["n_labels"]) == (2, 2)
    assert (document["n_boxes"], document["classes"]) == (0, ["blue", "red"])
    assert [set(one) for one in document["unmatched"]] == [{"item", "why"}] * 2
    expected = {"belt.avi#9998": "no_frame", "other.avi#1": "no_frame"}
    assert {one["item"]: one["why"] for one in document["unmatched"]} == expected
    assert shown(terminal, project)["blind"] is None


def test_labels_made_with_sight_of_the_answers_are_not_blind(terminal, project, frames, tmp_path):
    terminal.document(
        "label", "import", project, csv_of(tmp_path / "l.csv", f"{at(frames[0])},red"),
        "--not-blind", "--by", "Bo",
    )  # fmt: skip
    document = shown(terminal, project)
    assert document["blind"] is False
    assert document["labels"][0]["by"] == "Bo"


def test_a_file_of_unknown_frames_or_classes_is_refused(terminal, project, frames, tmp_path):
    before = shown(terminal, project)
    path = tmp_path / "a.csv"
    assert "zebra" in terminal.refusal(
        "label", "import", project, csv_of(path, f"{at(frames[0])},red", f"{at(frames[1])},zebra")
    )
    path = tmp_path / "b.csv"
    assert "b.csv" in terminal.refusal("label", "import", project, csv_of(path, "other.avi#0,red"))
    assert "none.csv" in terminal.refusal("label", "import", project, tmp_path / "none.csv")
    assert shown(terminal, project) == before


def test_label_import_is_taken_back_at_once(terminal, project, frames, tmp_path):
    path = csv_of(tmp_path / "l.csv", *(f"{at(frame)},red" for frame in frames))
    terminal.document("label", "import", project, path)
    document = terminal.document("undo", project)
    assert set(document) == ACT_KEYS
    assert (document["schema"], document["act"]) == ("fieldcheck.undo/1", "label.import")
    assert sorted(document["frame_ids"]) == sorted(frames)
    assert shown(terminal, project)["n_labelled"] == 0
    again = terminal.document("redo", project)
    assert (again["schema"], again["act"]) == ("fieldcheck.redo/1", "label.import")
    assert shown(terminal, project)["n_labelled"] == 20


@pytest.mark.long
def test_several_acts_are_taken_back_and_no_more_than_there_are(terminal, project, frames):
    for frame in frames[:3]:
        terminal.document("label", "set", project, frame, "red")
    depth = shown(terminal, project)["undo_depth"]
    document = terminal.document("undo", project, "--count", 2)
    assert (document["undo_depth"], document["redo_depth"]) == (depth - 2, 2)
    assert sorted(document["frame_ids"]) == sorted(frames[1:3])
    assert terminal.document("redo", project, "--count", 99)["redo_depth"] == 0
    assert shown(terminal, project)["n_labelled"] == 3
    assert terminal.document("undo", project, "--count", 99)["undo_depth"] == 0
    assert shown(terminal, project)["n_picked"] == 0
    terminal.refusal("undo", project)
    terminal.document("redo", project, "--count", 99)
    assert shown(terminal, project)["n_labelled"] == 3
    terminal.refusal("redo", project)


def test_a_new_act_forgets_what_could_be_done_again(terminal, project, frames):
    terminal.document("label", "set", project, frames[0], "red")
    terminal.document("undo", project)
    terminal.document("label", "set", project, frames[1], "blue")
    assert shown(terminal, project)["redo_depth"] == 0


def test_labels_are_shown_while_another_writes(terminal, project, frames):
    with open_project(project) as opened:
        assert opened.writable
        assert shown(terminal, project)["n_picked"] == 20


@pytest.mark.long
def test_a_detectors_labels_are_boxes_or_nothing(terminal, material, tmp_path):
    project = tmp_path / "boxes.fieldcheck"
    terminal.document("new", project, "--model", material / "box.onnx")
    terminal.document("import", project, material / "night.avi")
    first, second = (
        one["frame_id"] for one in terminal.document("pick", project, "--count", 40)["picks"][:2]
    )
    assert "label import" in terminal.refusal("label", "set", project, first, "part")
    terminal.document("label", "set", project, first, "--nothing")
    index = int(second.rsplit("-", 1)[1])
    path = tmp_path / "b.csv"
    rows = csv_of(path, f"night.avi#{index},part,1.5,2,3,4", header="file,class,x,y,w,h")
    document = terminal.document("label", "import", project, rows)
    assert (document["n_frames"], document["n_labels"], document["n_boxes"]) == (1, 1, 1)
    boxes = {one["frame_id"]: one["boxes"] for one in shown(terminal, project)["labels"]}
    assert boxes == {first: [], second: [{"class": "part", "x": 1.5, "y": 2.0, "w": 3.0, "h": 4.0}]}


def test_label_export_writes_blank_tasks_for_label_import(terminal, project, frames, tmp_path):
    document = terminal.document(
        "label", "export", project, "--as", "cvat", "--out", tmp_path / "out"
    )
    assert set(document) == {"schema", "out", "as", "n", "files", "left_out", "people_left_out"}
    assert (document["as"], document["n"], len(document["files"])) == ("cvat", 20, 23)
    file = tmp_path / "out" / "annotations.xml"
    content = file.read_text("utf-8").replace(" />\n", '><tag label="red" /></image>\n', 1)
    file.write_text(content, "utf-8")
    assert terminal.document("label", "import", project, tmp_path / "out")["n_frames"] == 1
    assert "labelling tasks exported" in terminal.said(
        "label", "export", project, "--as", "label-studio", "--out", tmp_path / "again"
    )
