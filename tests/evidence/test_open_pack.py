import json
import time

import pytest

from fieldcheck.errors.projects import PackRefused, ProjectExists
from fieldcheck.evidence.open_pack import (
    find_first_difference,
    find_first_difference_in_records,
    find_unowned_files,
    is_figure,
    iter_leaves,
    list_figures,
    list_log_records,
    list_owned_files,
    list_seal_records,
    open_pack,
    unpack_project,
)
from fieldcheck.evidence.project_check import check_project
from fieldcheck.progress import NullProgress
from fieldcheck.project.folder import open_project
from fieldcheck.project.tables import frames, labels, recordings
from fieldcheck.project.undo import apply_edit
from fieldcheck.report.evidence_pack import PackOptions, pack_project, verify_pack
from tests.packs import held, made_again
from tests.project.made import fill, pick, recording


@pytest.mark.long
def test_a_pack_becomes_a_project_that_can_be_gone_on_with(made_pack, made, tmp_path):
    path = unpack_project(made_pack, tmp_path / "new" / "line.fieldcheck", NullProgress())
    with open_project(path) as project, open_project(made["labelled"], write=False) as first:
        assert project.read(labels.list_labels) == first.read(labels.list_labels)
        project.edit("tag.set")
    assert {one.kind for one in check_project(path, False, NullProgress()).problems} == {
        "missing_file"
    }  # the footage, which stayed at home
    assert not (path / "manifest.json").exists()
    with pytest.raises(ProjectExists):
        unpack_project(made_pack, path, NullProgress())


@pytest.mark.long
def test_report_and_pack_say_the_same_in_another_time_zone(made_pack, monkeypatch, tmp_path):
    told = json.loads(held(made_pack)["summary.json"])
    monkeypatch.setenv("TZ", "<+14>-14")
    getattr(time, "tzset", int)()  # Windows takes its time zone from the system only
    try:
        with open_project(
            unpack_project(made_pack, tmp_path / "line.fieldcheck", NullProgress())
        ) as project:
            out = tmp_path / "b.fcpack"
            again = pack_project(project, out, PackOptions(), NullProgress(), told["created"]).pack
        actual = [one.ahead_s for one in project_recordings(again)]
        assert actual == [one.ahead_s for one in project_recordings(made_pack)]
    finally:
        monkeypatch.undo()
        getattr(time, "tzset", int)()
    actual = find_first_difference(told, json.loads(held(again)["summary.json"]), sentences=True)
    assert actual == ""
    assert verify_pack(again, NullProgress()).ok


def project_recordings(pack):
    with open_pack(pack, NullProgress()) as opened:
        return opened.project.read(recordings.list_recordings)


def test_a_pack_is_looked_at_without_a_trace(made_pack, monkeypatch, tmp_path):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with open_pack(made_pack, NullProgress()) as opened:
        assert opened.project.read(labels.count_labels) == 20
        assert opened.folder.is_relative_to(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_pack_that_does_not_fit_leaves_no_project(made_pack, tmp_path):
    changed = {"project.db": b"SQLite format 3\0 and no more"}
    bad = made_again(made_pack, tmp_path / "a.fcpack", changed)
    with pytest.raises(PackRefused) as found:
        unpack_project(bad, tmp_path / "line.fieldcheck", NullProgress())
    assert found.value.problem == "database"
    assert [path.name for path in tmp_path.iterdir()] == ["a.fcpack"]


TOLD = {
    "created": "t", "provenance": {"n": 3},
    "gap": {"value": 0.25, "verdict": "fail", "sentence": "A gap.", "measured": True,
    "other": None}, "rows": [{"n": 7}],
}  # fmt: skip


def with_(path, value):
    head, *rest = path.split("/")[1:]
    changed = {**TOLD[head], rest[0]: value} if rest and head == "gap" else [{"n": value}]
    return {**TOLD, head: changed}


def test_figures_are_the_numbers_outside_provenance():
    assert list_figures(TOLD) == [("/gap/value", 0.25), ("/rows/0/n", 7)]
    assert not is_figure(True)
    assert ("/gap/measured", True) in list(iter_leaves(TOLD))


def test_the_first_figure_that_differs_is_named_before_anything_else():
    assert find_first_difference(TOLD, TOLD, sentences=True) == ""
    assert find_first_difference(TOLD, with_("/rows/0/n", 8), sentences=True) == "/rows/0/n"
    other = with_("/gap/verdict", "pass")
    assert find_first_difference(TOLD, other, sentences=False) == "/gap/verdict"
    assert find_first_difference(TOLD, {**other, "rows": [{"n": 8}]}, sentences=True) == "/rows/0/n"


def test_a_figure_that_is_gone_or_new_differs():
    assert find_first_difference(TOLD, with_("/gap/value", None), sentences=False) == "/gap/value"
    assert find_first_difference(TOLD, {**TOLD, "rows": []}, sentences=False) == "/rows/0/n"
    assert find_first_difference({**TOLD, "rows": []}, TOLD, sentences=False) == "/rows/0/n"


def test_sentences_count_only_where_they_were_made_by_the_same_version():
    other = with_("/gap/sentence", "The gap.")
    assert find_first_difference(TOLD, other, sentences=False) == ""
    assert find_first_difference(TOLD, other, sentences=True) == "/gap/sentence"


def test_the_last_digit_may_come_from_another_processor():
    actual = find_first_difference(TOLD, with_("/gap/value", 0.25 * (1 + 1e-12)), sentences=True)
    assert actual == ""
    actual = find_first_difference(TOLD, with_("/gap/value", 0.25 * (1 + 1e-6)), sentences=True)
    assert actual == "/gap/value"


def test_footage_models_and_saved_frames_belong_to_the_project(db):
    fill(db)
    recordings.put_recording(
        db, recording("pictures", kind="folder", path="recordings/pictures/day1")
    )
    recordings.put_recording(db, recording("begun", path="", closed=False))
    puts = [
        labels.make_pick_row(pick("rec-000000")),
        labels.make_pick_row(pick("rec-000015", file="")),
    ]
    apply_edit(db, "pick.propose", puts)
    assert [(one.where, one.sha256, one.is_folder) for one in list_owned_files(db)] == [
        ("recordings/rec/rec.mp4", "rec-hash", False),
        ("recordings/pictures/day1", "pictures-hash", True),
        ("models/net/net.onnx", "net-hash", False),
        ("frames/rec-000000.png", "rec0-hash", False),
    ]


def test_what_no_row_speaks_of_is_found(db, tmp_path):
    fill(db)
    apply_edit(db, "pick.propose", [labels.make_pick_row(pick("rec-000000"))])
    for name in (
        "recordings/rec/rec.mp4", "recordings/rec/rec.mp4.part", "recordings/ghost/film.mp4",
        "models/net/net.onnx", "models/lone.onnx", "frames/rec-000000.png", "frames/rec-000015.png",
        "frames/other-000000.png", "frames/rec-000030.png.part",
    ):  # fmt: skip
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x")
    assert list(find_unowned_files(tmp_path, list_owned_files(db), frames.list_frame_ids(db))) == [
        "recordings/ghost",
        "recordings/rec/rec.mp4.part",
        "models/lone.onnx",
        "frames/other-000000.png",
        "frames/rec-000030.png.part",
    ]


def test_a_project_without_folders_has_no_orphans(tmp_path):
    assert list(find_unowned_files(tmp_path, (), ())) == []


A, B = (
    {"kind": "label", "key": "a", "body": {"class_name": "x"}},
    {"kind": "label", "key": "b", "body": {}},
)


def test_rows_come_first_and_then_the_figures(labelled):
    found = list_log_records(labelled, {"gap": {"value": 0.5}, "provenance": {"n": 1}})
    assert found[-1] == {"kind": "figure", "key": "/gap/value", "body": {"value": 0.5}}
    assert found[0]["kind"] == "frame"
    assert [one["kind"] for one in list_seal_records(labelled)] == ["sealed"]


def test_the_first_record_that_differs_is_named():
    assert find_first_difference_in_records((A, B), [A, B]) == ""
    actual = find_first_difference_in_records((A, B), [{**A, "body": {"class_name": "y"}}, B])
    assert actual == "label a"
    assert find_first_difference_in_records((A,), [A, B]) == "label b"
    assert find_first_difference_in_records((A, B), [A]) == "label b"
