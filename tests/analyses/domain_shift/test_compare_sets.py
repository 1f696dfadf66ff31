import json
import shutil

import pytest

from fieldcheck.analyses import domain_shift as comparing
from fieldcheck.analyses.domain_shift import compare_sets, load_domain_shift
from fieldcheck.errors.files import DiskFull
from fieldcheck.models.near_duplicates import get_known_near_duplicates, set_training_and_search
from fieldcheck.progress import Cancelled, NullProgress
from fieldcheck.project.folder import open_project
from fieldcheck.report.assemble import write_built_report, write_report
from fieldcheck.report.preview import build_draft
from tests import makers


def changed(project, material):
    makers.add_footage(
        project, material / "night.avi", camera="right", location="line 1", taken_at=makers.NOW
    )
    assert load_domain_shift(project) is None
    return get_known_near_duplicates(project)


def test_the_report_of_the_window_compares_the_sets_as_the_command_does(
    labelled, material, tmp_path
):
    before = changed(labelled, material)
    from_window = write_built_report(
        labelled,
        build_draft(labelled, "en", NullProgress(), makers.NOW).preview.report,
        tmp_path / "window",
    )
    assert get_known_near_duplicates(labelled).listed > before.listed
    compare_sets(labelled, NullProgress(), makers.LATER)
    by_command = write_report(labelled, tmp_path / "command", "en", NullProgress(), makers.NOW)
    ours, theirs = (
        json.loads((one.folder / "summary.json").read_text("utf-8"))
        for one in (from_window, by_command)
    )
    assert (ours["domain"], ours["independence"]) == (theirs["domain"], theirs["independence"])
    assert ours["domain"]["n_clips"] == 2
    assert not ours["independence"]["outdated"]


def test_what_is_known_is_not_asked_again(labelled, material, monkeypatch):
    changed(labelled, material)
    compare_sets(labelled, NullProgress(), makers.NOW)
    monkeypatch.setattr(comparing, "find_near_duplicates", None)
    compare_sets(labelled, NullProgress(), makers.NOW)


def test_pictures_that_come_into_the_training_folder_are_looked_at_and_a_folder_that_is_gone_takes_nothing_along(
    labelled, tmp_path
):
    folder = makers.benchmark_folder(tmp_path / "training")
    n = set_training_and_search(labelled, folder, NullProgress(), makers.NOW).n_training
    compare_sets(labelled, NullProgress(), makers.NOW)
    assert get_known_near_duplicates(labelled).n_training == n
    inside = next(folder.rglob("*.png"))
    shutil.copyfile(inside, inside.with_name("later.png"))
    compare_sets(labelled, NullProgress(), makers.NOW)
    assert get_known_near_duplicates(labelled).n_training == n + 1
    shutil.rmtree(folder)
    compare_sets(labelled, NullProgress(), makers.NOW)
    assert get_known_near_duplicates(labelled).n_training == n + 1


def test_it_can_be_cancelled(labelled, material):
    class StoppedAtOnce(NullProgress):
        def check(self):
            raise Cancelled

    changed(labelled, material)
    with pytest.raises(Cancelled):
        build_draft(labelled, "en", StoppedAtOnce(), makers.NOW)


def test_without_room_or_for_reading_only_the_report_does_without(
    labelled, material, monkeypatch, caplog
):
    changed(labelled, material)

    def full(*_):
        raise DiskFull(labelled.path)

    monkeypatch.setattr(comparing, "find_near_duplicates", full)
    assert (
        build_draft(labelled, "en", NullProgress(), makers.NOW).preview.report.facts["domain"]
        is None
    )
    assert "not compared" in caplog.text
    labelled.close()
    with open_project(labelled.path, write=False) as reading:
        compare_sets(reading, NullProgress(), makers.NOW)
        assert load_domain_shift(reading) is None


def test_without_footage_the_benchmark_is_only_searched_for_its_own_doubles(empty):
    compare_sets(empty, NullProgress(), makers.NOW)
    assert (get_known_near_duplicates(empty).listed, load_domain_shift(empty)) == (0, None)
