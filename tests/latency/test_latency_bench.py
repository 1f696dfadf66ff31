import shutil

import pytest

from fieldcheck.domain.latency import STAGES, Latency
from fieldcheck.errors.files import NoPictures, PathMissing
from fieldcheck.errors.labels import NoFootage
from fieldcheck.latency.latency_run import (
    ABOUT,
    KIND,
    LatencyRequest,
    load_latency,
    load_target,
    run_latency,
    set_target,
)
from fieldcheck.progress import Cancelled, NullProgress
from fieldcheck.project.tables import models as facts_table
from tests import makers
from tests.makers import NOW


@pytest.fixture(autouse=True)
def short_warm_up(monkeypatch):
    monkeypatch.setattr("fieldcheck.latency.frame_timing.WARM_UP_S", 0.2)


@pytest.mark.long
def test_every_stage_of_every_frame_is_timed_and_the_figures_are_kept(footed):
    run = run_latency(footed, LatencyRequest(seconds=1), NullProgress(), NOW)
    found = run.latency
    assert set(found.stages) == set(STAGES)
    assert sum(one.share for one in found.stages.values()) == pytest.approx(1)
    assert run.frames_ms.shape == (found.n, 1 + len(STAGES))
    assert run.frames_ms[:, 0] == pytest.approx(run.frames_ms[:, 1:].sum(axis=1))
    assert found.warm_up >= 20
    assert (found.throttling.flag, found.late.measured, found.load) == (None, False, "none")
    ((_, about, kept, _),) = footed.read(lambda db: facts_table.list_facts(db, KIND))
    assert about == ABOUT
    assert Latency.from_json(kept).to_json() == found.to_json()


def test_at_a_rate_that_it_keeps_no_frame_is_late_and_few_frames_come(footed):
    run = run_latency(footed, LatencyRequest(seconds=4, fps=10), NullProgress(), NOW)
    assert 30 <= run.latency.n <= 41, "ten a second for four seconds, those before they count apart"
    assert run.latency.warm_up == 20
    assert run.latency.late.n == run.latency.n
    assert run.latency.throughput_fps <= 10.5


@pytest.mark.long
def test_pictures_and_a_folder_of_them_are_sources_too(footed, material):
    folder = material / "clean"
    picture = next(one for one in sorted(folder.rglob("*")) if one.suffix == ".png")
    for source in (folder, picture):
        asked = LatencyRequest(seconds=0.2, source=source)
        actual = run_latency(footed, asked, NullProgress(), NOW).latency.source
        assert actual == source.name


def test_without_footage_or_with_a_source_that_is_none_one_error_says_so(empty, tmp_path):
    with pytest.raises(NoFootage):
        run_latency(empty, LatencyRequest(seconds=1), NullProgress(), NOW)
    with pytest.raises(PathMissing):
        run_latency(
            empty, LatencyRequest(seconds=1, source=tmp_path / "gone.mp4"), NullProgress(), NOW
        )
    with pytest.raises(NoPictures):
        run_latency(empty, LatencyRequest(seconds=1, source=tmp_path), NullProgress(), NOW)


def test_a_run_that_is_cut_short_keeps_nothing(footed):
    with pytest.raises(Cancelled):
        run_latency(footed, LatencyRequest(seconds=60), makers.stopped(), NOW)
    assert footed.read(lambda db: facts_table.list_facts(db, KIND)) == ()


def test_damaged_frames_are_left_out_of_the_round(footed, material, tmp_path):
    shutil.copytree(material / "clean", tmp_path / "some")
    (tmp_path / "some" / "a.png").write_bytes(b"no picture")
    asked = LatencyRequest(seconds=0.2, source=tmp_path / "some")
    assert run_latency(footed, asked, NullProgress(), NOW).latency.n > 0


def test_without_a_model_or_a_run_there_is_no_latency_and_no_target(empty, tmp_path):
    with makers.empty_project(tmp_path / "bare.fieldcheck") as bare:
        assert (load_latency(bare), load_target(bare)) == (None, ((), 0.0))
    assert load_latency(empty) is None


@pytest.mark.long
def test_a_declared_target_stays_with_the_model_and_is_held_against_the_newest_run(footed):
    assert load_target(footed) == ((), 0.0)
    set_target(footed, None, (30.0, 15.0), 4000.0, NOW)
    run_latency(footed, LatencyRequest(seconds=0.5, on_target=True), NullProgress(), NOW)
    found = load_latency(footed)
    assert (found.target_fps, found.target_mb, found.on_target) == ((15.0, 30.0), 4000.0, True)
    set_target(footed, None, (100_000.0,), 0.0, NOW)
    assert load_latency(footed).meets_target is False
