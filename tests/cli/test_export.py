import pytest

from fieldcheck.labels.store import mark_person
from fieldcheck.project.folder import open_project
from fieldcheck.project.tables import labels as picks
from fieldcheck.report.export import EXPORT_WRITERS
from tests import makers


def test_a_recipe_is_written_and_its_files_are_named(terminal, place, tmp_path):
    found = terminal.document(
        "export", place("labelled"), "--format", "albumentations", "--out", tmp_path / "recipe"
    )
    assert found["schema"] == "fieldcheck.export/1"
    assert found["format"] == "albumentations"
    assert found["n"] >= 10
    assert "pipeline.json" in found["files"]


def test_a_person_reads_how_much_was_written_and_where(terminal, place, tmp_path):
    said = terminal.said(
        "export", place("labelled"), "--format", "poison", "--out", tmp_path / "poison"
    )
    assert " corrupted images exported to " in said
    assert str(tmp_path / "poison") in said


def test_what_cannot_be_written_is_said(terminal, place, tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    actual = terminal.refusal("export", place("labelled"), "--format", "recipe", "--out", tmp_path)
    assert "It was not changed." in actual
    missing = tmp_path / "frames.txt"
    assert "frames.txt" in terminal.refusal(
        "export",
        place("labelled"),
        "--format",
        "augmented",
        "--from",
        missing,
        "--out",
        tmp_path / "more",
    )
    assert (
        terminal("export", place("labelled"), "--format", "video", "--out", tmp_path / "more").code
        == 2
    )


def test_the_recipe_has_both_names_of_the_contract():
    assert EXPORT_WRITERS["recipe"] is EXPORT_WRITERS["albumentations"]


def test_labels_slices_and_doubtful_labels_are_written_in_their_formats(terminal, place, tmp_path):
    path = place("labelled")
    found = terminal.document(
        "export", path, "--format", "imagefolder", "--out", tmp_path / "frames"
    )
    assert (found["n"], len(found["files"])) == (20, 20)
    assert terminal.document("golden", "add", path, "field", tmp_path / "frames")["n"] == 20
    assert terminal.document(
        "export", path, "--format", "suspects", "--out", tmp_path / "suspects"
    )["files"] == ["suspects.csv"]
    actual = terminal.said("export", path, "--format", "suspects", "--out", tmp_path / "again")
    assert "38 labels exported" in actual
    expected = "20 labelled frames exported"
    assert expected in terminal.said("export", path, "--format", "csv", "--out", tmp_path / "csv")
    assert "No slice saved yet." in terminal.refusal(
        "export", path, "--format", "csv", "--slice", "night", "--out", tmp_path / "no"
    )


def test_how_many_frames_with_a_person_were_left_out_is_said(terminal, place, tmp_path):
    path = place("labelled")
    with open_project(path) as project:
        names = [one.frame_id for one in project.read(picks.list_picks)][:2]
        mark_person(project, names, marked=True, annotator="tester")
    (tmp_path / "frames.txt").write_text("\n".join(names))
    said = terminal.said("export", path, "--format", "csv", "--out", tmp_path / "csv")
    assert "18 labelled frames exported" in said
    expected = "2 frames with a marked person were left out (`fieldcheck export --with-people`)."
    assert expected in said
    actual = terminal.document("export", path, "--format", "csv", "--out", tmp_path / "more")[
        "people_left_out"
    ]
    assert actual == 2
    augmented = ("export", path, "--format", "augmented", "--from", tmp_path / "frames.txt")
    expected = "are marked “person”. Nothing was written."
    assert expected in terminal.refusal(*augmented, "--out", tmp_path / "none")
    assert terminal.document(*augmented, "--with-people", "--out", tmp_path / "ten")["n"] == 10


@pytest.mark.long
def test_thresholds_are_written_as_a_card_or_said_to_be_none(terminal, place, tmp_path):
    assert "labelled.fieldcheck for per-class thresholds. Nothing was changed." in terminal.refusal(
        "export", place("labelled"), "--format", "thresholds", "--out", tmp_path / "no"
    )
    with makers.shy_project(tmp_path) as project:
        path = project.path
    found = terminal.document(
        "export", path, "--format", "thresholds", "--abstain", "0.2", "--out", tmp_path / "card"
    )
    assert (found["n"], found["files"]) == (1, ["shy.card.json"])
    actual = terminal.said("export", path, "--format", "thresholds", "--out", tmp_path / "again")
    assert "Model card with 1 class threshold exported to " in actual
    actual = terminal(
        "export", path, "--format", "thresholds", "--precision", "1.5", "--out", tmp_path / "bad"
    ).code
    assert actual == 2


@pytest.mark.long
def test_a_split_by_clip_is_written_and_one_clip_is_refused(terminal, place, material, tmp_path):
    path = place("labelled")
    actual = terminal.refusal("split", path, "--format", "csv", "--out", tmp_path / "one")
    assert "one group" in actual
    with open_project(path) as project:
        makers.add_footage(project, material / "night.avi", camera="right")
        makers.draw(project, 10)
        makers.label_all(project)
    found = terminal.document(
        "split", path, "--format", "imagefolder", "--out", tmp_path / "both", "--share", "0.3",
        "--with-people",
    )  # fmt: skip
    assert found["people_left_out"] == 0
    assert (found["schema"], found["by"]) == ("fieldcheck.split/1", "clip")
    assert found["train"]["n"] + found["validation"]["n"] == 30
    assert not set(found["train"]["groups"]) & set(found["validation"]["groups"])
    assert all((tmp_path / "both" / file).is_file() for file in found["files"])
    assert "no group is in both sets" in terminal.said(
        "split", path, "--format", "csv", "--out", tmp_path / "again", "--by", "camera"
    )
    assert (
        terminal("split", path, "--format", "csv", "--out", tmp_path / "x", "--share", "1").code
        == 2
    )
