import json
import time

import pytest

from fieldcheck.errors.projects import PackRefused, ProjectExists
from fieldcheck.evidence.open_pack import find_first_difference, open_pack, unpack_project
from fieldcheck.evidence.project_check import check_project
from fieldcheck.progress import NullProgress
from fieldcheck.project.folder import open_project
from fieldcheck.project.tables import labels, recordings
from fieldcheck.report.evidence_pack import PackOptions, pack_project, verify_pack
from tests.packs import held, made_again


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


def test_its_report_says_the_same_in_another_time_zone_and_so_does_a_pack_of_it(
    made_pack, monkeypatch, tmp_path
):
    told = json.loads(held(made_pack)["summary.json"])
    monkeypatch.setenv("TZ", "<+14>-14")
    getattr(time, "tzset", int)()  # Windows takes its time zone from the system only
    try:
        with open_project(
            unpack_project(made_pack, tmp_path / "line.fieldcheck", NullProgress())
        ) as project:
            again = pack_project(
                project, tmp_path / "b.fcpack", PackOptions(), NullProgress(), told["created"]
            ).pack
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
    bad = made_again(
        made_pack, tmp_path / "a.fcpack", {"project.db": b"SQLite format 3\0 and no more"}
    )
    with pytest.raises(PackRefused) as found:
        unpack_project(bad, tmp_path / "line.fieldcheck", NullProgress())
    assert found.value.problem == "database"
    assert [path.name for path in tmp_path.iterdir()] == ["a.fcpack"]
