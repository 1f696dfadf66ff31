import json
from dataclasses import replace

import pytest

from fieldcheck import paths
from fieldcheck.api import demo
from fieldcheck.errors.projects import PathOccupied
from fieldcheck.labels.store import LabelDecision, set_label
from fieldcheck.progress import Cancelled, NullProgress
from fieldcheck.project.folder import open_project
from fieldcheck.project.tables import labels as labels_table
from fieldcheck.project.tables import models as models_table
from fieldcheck.project.tables import recordings as recordings_table
from fieldcheck.project.tables import values as settings_table
from tests import makers


def test_the_whole_sample_ships_with_its_key():
    sample = demo.get_demo_files()
    assert sample.folder == paths.get_resource_path("demo")
    assert len(sample.key["footage"]) >= 8


@pytest.mark.long
def test_a_second_walk_uses_what_is_there_and_reports_a_gap_with_interval(walked_demo, tmp_path):
    folder = walked_demo.copy(tmp_path)
    (first,) = (folder / demo.PROJECT_NAME / "reports").iterdir()
    with open_project(folder / demo.PROJECT_NAME, write=False) as project:
        before = (
            project.read(labels_table.list_picks),
            project.read(labels_table.list_labels),
            project.count_history(),
        )
    written = demo.run_demo(folder, False, NullProgress(), makers.LATER)
    with open_project(folder / demo.PROJECT_NAME, write=False) as project:
        assert (
            project.read(labels_table.list_picks),
            project.read(labels_table.list_labels),
            project.count_history(),
        ) == before
    assert written.folder != first
    gap, earlier = (
        json.loads((one / "summary.json").read_text(encoding="utf-8"))["gap"]
        for one in (written.folder, first)
    )
    assert gap == earlier
    assert gap["value"] > 0.1
    assert gap["lo"] < gap["value"] < gap["hi"]
    assert "rendered_sample" in written.report.notes
    assert written.report.field.n_labelled == written.report.field.n_picked == 100


def test_half_of_the_benchmark_as_footage_shows_no_gap_and_is_measured_once(walked_demo, tmp_path):
    folder = walked_demo.copy(tmp_path)
    with open_project(folder / demo.HEALTHY_NAME, write=False) as project:
        acts = project.count_history()
        assert len(project.read(labels_table.list_labels)) == 200
        assert len(project.read(recordings_table.list_recordings)) == demo.HEALTHY_RECORDINGS
    report = demo.measure_healthy_line(folder, False, NullProgress(), makers.LATER)
    assert report.gap.estimate.lo < 0 < report.gap.estimate.hi
    assert report.benchmark.n == 200
    with open_project(folder / demo.HEALTHY_NAME, write=False) as project:
        assert project.count_history() == acts


def test_a_strangers_project_of_that_name_is_not_touched(tmp_path):
    makers.empty_project(tmp_path / demo.HEALTHY_NAME, site="my own").close()
    with pytest.raises(PathOccupied):
        demo.measure_healthy_line(tmp_path, True, NullProgress(), makers.NOW)
    assert (tmp_path / demo.HEALTHY_NAME / "project.db").exists()


def test_what_is_no_sample_is_neither_filled_nor_removed(tmp_path):
    makers.empty_project(tmp_path / demo.PROJECT_NAME, site="my own").close()
    for fresh in (False, True):
        with pytest.raises(PathOccupied):
            demo.run_demo(tmp_path, fresh, NullProgress(), makers.NOW)
    with open_project(tmp_path / demo.PROJECT_NAME, write=False) as project:
        assert project.read(lambda db: settings_table.get_setting(db, "site")) == "my own"


def test_a_folder_that_is_no_project_is_left_alone(tmp_path):
    (tmp_path / demo.PROJECT_NAME).mkdir()
    (tmp_path / demo.PROJECT_NAME / "diary.txt").write_text("mine")
    with pytest.raises(PathOccupied):
        demo.run_demo(tmp_path, True, NullProgress(), makers.NOW)
    assert (tmp_path / demo.PROJECT_NAME / "diary.txt").read_text() == "mine"


def test_the_sample_says_that_it_is_rendered_from_its_first_moment(tmp_path):
    with demo.create_demo_project(
        tmp_path / demo.PROJECT_NAME, demo.get_demo_files(), makers.NOW
    ) as project:
        assert project.read(lambda db: settings_table.get_setting(db, "rendered_sample")) is True


class StopAfter:
    """Stops the work as soon as `steps` of it are finished, and keeps what was told."""

    def __init__(self, steps):
        self.steps, self.told = steps, []

    def report(self, done, total, unit=""):
        self.told.append((done, total))

    def check(self):
        if self.told and self.told[-1][0] >= self.steps:
            raise Cancelled


@pytest.mark.long
def test_the_sample_is_prepared_for_labelling_in_pieces_and_then_left_alone(tmp_path, short_sample):
    first = StopAfter(2)
    with pytest.raises(Cancelled):
        demo.prepare_demo(tmp_path, first, makers.NOW)
    with open_project(tmp_path / demo.PROJECT_NAME, write=False) as project:
        recordings = project.read(recordings_table.list_recordings)
        assert 1 <= sum(one.closed for one in recordings) < len(short_sample.key["footage"])

    second = StopAfter(99)
    path = demo.prepare_demo(tmp_path, second, makers.NOW)
    with open_project(path, write=False) as project:
        assert len(project.read(labels_table.list_picks)) == 100
        assert project.read(labels_table.count_labels) == 0
    with open_project(path) as project:
        demo.label_from_answer_key(project, makers.NOW)
        labels = project.read(labels_table.list_labels)
        assert (len(labels), {label.by for label in labels}) == (100, {"answer key"})
        project.undo()
        assert project.read(labels_table.count_labels) == 0
    assert second.told == sorted(second.told)
    assert {total for _, total in second.told} == {len(short_sample.key["footage"]) + 1}

    third = StopAfter(99)
    assert demo.prepare_demo(tmp_path, third, makers.LATER) == path
    assert third.told == []


@pytest.mark.long
def test_the_finished_project_is_made_beside_one_in_which_a_visit_has_begun(
    tmp_path, short_sample, monkeypatch
):
    key = {**short_sample.key, "footage": short_sample.key["footage"][:1]}
    monkeypatch.setattr(demo, "get_demo_files", lambda: replace(short_sample, key=key))
    own = demo.prepare_demo(tmp_path, NullProgress(), makers.NOW)
    with open_project(own) as project:
        (pick, *_) = project.read(labels_table.list_picks)
        set_label(project, pick.frame_id, LabelDecision("crack"), annotator="AB", now=makers.NOW)
    told = StopAfter(999)
    path = demo.prepare_finished_demo(tmp_path, "de", told, makers.NOW)
    assert told.told == sorted(told.told)
    with open_project(path, write=False) as project:
        labels = project.read(labels_table.list_labels)
        assert {label.by for label in labels} == {"answer key"}
    (report,) = (path / "reports").iterdir()
    assert 'lang="de"' in (report / "report.html").read_text(encoding="utf-8")
    with open_project(own, write=False) as project:
        assert project.read(labels_table.count_labels) == 1
    assert sorted(one.name for one in tmp_path.iterdir()) == [path.name, own.name]
    again = StopAfter(999)
    assert demo.prepare_finished_demo(tmp_path, "en", again, makers.LATER) == path
    assert again.told == []


def test_a_sample_that_was_broken_off_at_its_very_beginning_is_made_anew(tmp_path):
    makers.empty_project(tmp_path / demo.PROJECT_NAME, notes={"rendered_sample": True}).close()
    with pytest.raises(Cancelled):
        demo.prepare_demo(tmp_path, StopAfter(0), makers.NOW)
    with open_project(tmp_path / demo.PROJECT_NAME, write=False) as project:
        assert project.read(models_table.get_newest_model) is not None


def test_what_is_no_sample_is_not_prepared(tmp_path):
    makers.empty_project(tmp_path / demo.PROJECT_NAME, site="my own").close()
    with pytest.raises(PathOccupied):
        demo.prepare_demo(tmp_path, NullProgress(), makers.NOW)
