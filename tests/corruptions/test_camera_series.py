"""A guided series on the fake industrial camera of Aravis, whose pictures do get brighter with
exposure and gain; and the ranking of stored series."""

from dataclasses import replace

import numpy as np
import pytest
from onnx import helper

from fieldcheck.corruptions.camera_series import (
    FEWEST_PARTS,
    KIND,
    CameraSeries,
    SeriesClip,
    list_series,
    list_settings,
    rank_settings,
    record_series,
)
from fieldcheck.corruptions.fix_messages import list_series_lines
from fieldcheck.csv_json_xml import to_json_value
from fieldcheck.errors.files import CameraRefused
from fieldcheck.errors.labels import ClassUnknown
from fieldcheck.footage.camera.exposure_control import (
    CameraCapabilities,
    CameraSettings,
    ControlChange,
    ControlRange,
)
from fieldcheck.footage.live_camera import LiveCamera
from fieldcheck.imaging.codec import read_image
from fieldcheck.models.store import find_model
from fieldcheck.progress import Cancelled, NullProgress
from fieldcheck.project.tables import models as models_table
from tests import makers
from tests.footage.servers import processes
from tests.footage.servers.processes import SERIAL
from tests.footage.servers.processes import GigeCamera as FakeCamera

UVC = CameraCapabilities(
    ControlRange(0.1, 1000.0, 0.1), ControlRange(0.0, 255.0, 1.0), True, True,
    ControlRange(2800.0, 6500.0, 10.0), ControlRange(1.0, 255.0, 1.0),
)  # fmt: skip
AS_IT_WAS = {"exposure_ms": 10.0, "gain": 0.0, "white_balance_k": None, "focus": None}


@pytest.fixture
def site(tmp_path):
    """A project whose model names "green" where a picture is bright, else "red"."""
    weights = np.zeros((3, 3), np.float32)
    weights[:, 1] = 10.0
    body = [
        *makers.POOLED,
        helper.make_node("MatMul", ["f", "w"], ["z"]),
        helper.make_node("Add", ["z", "b"], ["y"]),
    ]
    makers.write_card(tmp_path / "net.card.json", makers.COLOUR_CARD)
    bias = np.array([22.0, 0, 0], np.float32)  # of 30: where the mean is below 187 of 255
    model = makers.tiny_model(tmp_path / "net.onnx", body=body, weights={"w": weights, "b": bias})
    with makers.empty_project(tmp_path / "site.fieldcheck", model) as project:
        yield project


@pytest.fixture
def live(monkeypatch):
    processes.needs_aravis()
    monkeypatch.setenv("FIELDCHECK_GIGE_INTERFACE", "lo")
    with FakeCamera():
        camera = LiveCamera(f"gige:{SERIAL}")
        camera.start()
        yield camera
        camera.stop()


def record(project, live, **wanted):
    return record_series(
        project, find_model(project), live, "green", NullProgress(), makers.NOW, 0.2, **wanted
    )


@pytest.mark.long
def test_a_series_ranks_real_pictures_of_a_camera_and_gives_its_settings_back(site, live):
    series = record(site, live)
    assert len(series.clips) == 10
    assert series.settings[0] == AS_IT_WAS
    for clip in series.clips:
        assert clip.reported["exposure_ms"] == pytest.approx(clip.wanted["exposure_ms"])
        assert clip.reported["gain"] == int(clip.wanted["gain"])  # as this camera rounds
        files = sorted((site.path / series.folder / clip.folder).iterdir())
        assert len(files) == len(clip.right) == 4
    dark, bright = (
        read_image(site.path / series.folder / f"{series.settings.index(wanted):02d}" / "000.png")
        for wanted in (AS_IT_WAS | {"exposure_ms": 5.0}, AS_IT_WAS | {"exposure_ms": 20.0})
    )
    assert dark.mean() < 0.8 * bright.mean()
    ranking = rank_settings(list_series(site, find_model(site)))
    assert (ranking.newest, ranking.parts) == (series, 1)
    best, last = ranking.ranked[0], next(one for one in ranking.ranked if one.is_first)
    assert best.wanted["gain"] > 0
    assert (best.right, last.right, best.verdict) == (4, 0, None)
    first, second, *_, few, kept = list_series_lines(ranking)
    assert first == f"gige:{SERIAL}: correct images of 1 part under 10 settings, on this footage:"
    assert second.startswith("  gain ")
    assert "4 of 4, mean confidence " in second
    assert few.startswith("Nothing is demonstrated by so few parts: show 4 more parts")
    assert series.folder in kept
    for _ in range(100):
        frame = live.ring.subscribe().get_newest(1.0)
        if (frame.settings.exposure_ms, frame.settings.gain) == (10.0, 0.0):
            return
    raise AssertionError(frame.settings)


def test_the_next_part_is_shown_under_the_same_settings_unless_they_are_wanted_anew(site, live):
    model, before = find_model(site), series_of((0,) * 4, (1,) * 4)
    site.write(
        lambda db: models_table.put_fact(
            db, KIND, model.sha256, model.card_sha256, live.source, to_json_value(before), "2026"
        )
    ).result()
    assert list_series(site, model) == [before]
    live.adjust(ControlChange(7.0, 0.0))
    again = record(site, live)
    assert again.settings == before.settings
    assert rank_settings(list_series(site, model)).parts == 2
    with pytest.raises(Cancelled):
        record_series(site, model, live, "green", Stops(), makers.LATER, 0.2, anew=True)
    assert len(list_series(site, model)) == 2


class Stops(NullProgress):
    def report(self, done, total, unit=""):
        if total != 8:  # of two settings
            raise Cancelled


def test_a_camera_without_controls_and_a_class_that_is_none_are_refused(site):
    camera = LiveCamera("synthetic:64x48@30")
    camera.start()
    try:
        with pytest.raises(CameraRefused) as caught:
            record(site, camera)
        assert caught.value.problem == "no_controls"
        with pytest.raises(ClassUnknown):
            record_series(site, find_model(site), camera, "dent", NullProgress(), makers.NOW, 0.2)
    finally:
        camera.stop()


def test_ten_settings_of_a_webcam_change_one_control_each_within_its_range():
    now = CameraSettings(5.0, 64.0, 4600.0, True, focus=30.0)
    first, *others = list_settings(UVC, now)
    assert first == {"exposure_ms": 5.0, "gain": 64.0, "white_balance_k": 4600.0, "focus": 30.0}
    assert len(others) == 9
    changed = [{name for name in first if other[name] != first[name]} for other in others]
    assert all(len(names) == 1 for names in changed)
    assert set.union(*changed) == set(first)
    for other in others:
        for name, value in other.items():
            span = getattr(UVC, name)
            assert span.low <= value <= span.high
    exposures = {other["exposure_ms"] for other in others}
    assert {2.5, 10.0} < exposures


def test_a_camera_that_reports_no_control_has_one_setting():
    assert len(list_settings(CameraCapabilities(), CameraSettings())) == 1
    assert len(list_settings(UVC, None)) == 1


def series_of(*rights):
    """A part under the first setting and under brighter ones, right on these frames."""
    clips = tuple(
        SeriesClip(AS_IT_WAS | {"gain": gain}, AS_IT_WAS | {"gain": gain}, f"{gain}", right, 0.5)
        for gain, right in zip((0.0, 1.0, 2.0), rights, strict=False)
    )
    return CameraSeries("cam", "gige:FC01", "net", "green", "exports/s", makers.NOW, clips)


def test_a_setting_is_demonstrated_over_parts_and_never_by_few():
    better = series_of((0, 0, 0, 0), (1, 1, 1, 1), (0, 1, 0, 0))
    few = rank_settings([better] * (FEWEST_PARTS - 1))
    assert all(setting.verdict is None for setting in few.ranked)
    ranking = rank_settings([better] * 8)
    assert (ranking.parts, ranking.ranked[0].right, ranking.ranked[0].pictures) == (8, 32, 32)
    verdict = {setting.wanted["gain"]: setting.verdict for setting in ranking.ranked}
    assert verdict[0.0] is None
    assert verdict[1.0].direction == "better"
    lines = list_series_lines(ranking)
    assert any(line.startswith("Demonstrated over 8 parts: gain 1.0: ") for line in lines)
    assert any(line.endswith("Selected as the best of 2: expect a smaller gain.") for line in lines)
    alike = rank_settings([series_of((1, 0, 1, 0), (0, 1, 1, 0), (1, 1, 0, 0))] * 8)
    assert "No setting demonstrated to help among 2 tried together." in list_series_lines(alike)


def test_other_settings_and_other_cameras_are_not_mixed():
    one = series_of((0, 0), (1, 1))
    elsewhere, fewer = replace(one, source="gige:FC02"), series_of((0, 0))
    assert rank_settings([one, elsewhere, fewer, one]).parts == 2
