import json
import shutil

import pytest

from fieldcheck.errors import DiskFull
from fieldcheck.progress import Cancelled, Silent
from fieldcheck.project.folder import open_project
from fieldcheck.workflows.models.near_duplicates import known_near_duplicates, search_leaks
from fieldcheck.workflows.report import compare_sets as comparing
from fieldcheck.workflows.report.compare_sets import compare_sets
from fieldcheck.workflows.report.domain_shift import facts_of
from fieldcheck.workflows.report.report_gap import write_assembled, write_report
from fieldcheck.workflows.report.report_pages import draft
from tests import makers


def changed(project, material):
    makers.add_footage(project, material / "night.avi", camera="right", location="line 1", taken_at=makers.NOW)
    assert facts_of(project) is None
    return known_near_duplicates(project)


def test_the_report_of_the_window_compares_the_sets_as_the_command_does(labelled, material, tmp_path):
    before = changed(labelled, material)
    from_window = write_assembled(labelled, draft(labelled, "en", Silent(), makers.NOW).preview.report, tmp_path / "window")
    assert known_near_duplicates(labelled).listed > before.listed
    compare_sets(labelled, Silent(), makers.LATER)
    by_command = write_report(labelled, tmp_path / "command", "en", Silent(), makers.NOW)
    ours, theirs = (json.loads((one.folder / "summary.json").read_text("utf-8")) for one in (from_window, by_command))
    assert (ours["domain"], ours["independence"]) == (theirs["domain"], theirs["independence"])
    assert ours["domain"]["n_clips"] == 2
    assert not ours["independence"]["outdated"]


def test_what_is_known_is_not_asked_again(labelled, material, monkeypatch):
    changed(labelled, material)
    compare_sets(labelled, Silent(), makers.NOW)
    monkeypatch.setattr(comparing, "find_near_duplicates", None)
    compare_sets(labelled, Silent(), makers.NOW)


def test_pictures_that_come_into_the_training_folder_are_looked_at_and_a_folder_that_is_gone_takes_nothing_along(labelled, tmp_path):
    folder = makers.benchmark_folder(tmp_path / "training")
    n = search_leaks(labelled, folder, Silent(), makers.NOW).n_training
    compare_sets(labelled, Silent(), makers.NOW)
    assert known_near_duplicates(labelled).n_training == n
    inside = next(folder.rglob("*.png"))
    shutil.copyfile(inside, inside.with_name("later.png"))
    compare_sets(labelled, Silent(), makers.NOW)
    assert known_near_duplicates(labelled).n_training == n + 1
    shutil.rmtree(folder)
    compare_sets(labelled, Silent(), makers.NOW)
    assert known_near_duplicates(labelled).n_training == n + 1


def test_it_can_be_cancelled(labelled, material):
    class StoppedAtOnce(Silent):
        def check(self):
            raise Cancelled

    changed(labelled, material)
    with pytest.raises(Cancelled):
        draft(labelled, "en", StoppedAtOnce(), makers.NOW)


def test_without_room_or_for_reading_only_the_report_does_without(labelled, material, monkeypatch, caplog):
    changed(labelled, material)

    def full(*_):
        raise DiskFull(labelled.path)

    monkeypatch.setattr(comparing, "find_near_duplicates", full)
    assert draft(labelled, "en", Silent(), makers.NOW).preview.report.facts["domain"] is None
    assert "not compared" in caplog.text
    labelled.close()
    with open_project(labelled.path, write=False) as reading:
        compare_sets(reading, Silent(), makers.NOW)
        assert facts_of(reading) is None


def test_without_footage_the_benchmark_is_only_searched_for_its_own_doubles(empty):
    compare_sets(empty, Silent(), makers.NOW)
    assert (known_near_duplicates(empty).listed, facts_of(empty)) == (0, None)
