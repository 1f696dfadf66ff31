import pytest

from fieldcheck.errors.files import CameraRefused, PathMissing
from fieldcheck.errors.labels import NothingLabelled
from fieldcheck.footage.live_camera import ViewedCamera
from fieldcheck.project.folder import open_project
from fieldcheck.ui.open_cameras import CameraSession
from fieldcheck.ui.screens.stress.state import (
    CAMERA,
    FILE,
    SAMPLE,
    list_project_sources,
    list_sample_sources,
    make_file_key,
    open_source,
)
from tests import makers

HANG_S = 60.0


def first_result(live):
    live.start()
    try:
        return live.results.take_value(HANG_S)
    finally:
        live.stop()


def test_the_sample_offers_its_clips_and_plays_the_first_with_its_own_model():
    offer = list_sample_sources()
    assert len(offer.choices) == 12
    assert all(key.startswith(SAMPLE) and name in key for key, name in offer.choices)
    found = first_result(open_source(offer.choices[0][0], None, 0))
    assert found.source.removesuffix(".mp4") == offer.choices[0][1]
    assert found.card is not None
    assert found.get_top(1)


def test_a_project_offers_its_recordings_and_answers_with_its_newest_model(footed):
    offer = list_project_sources(footed)
    assert [name for _, name in offer.choices] == ["belt.avi", "Benchmark images"]
    assert offer.model
    found = first_result(open_source(offer.choices[0][0], footed, 0))
    assert (found.source, found.card.classes) == ("belt.avi", makers.COLOURS)


def test_the_model_decides_by_the_thresholds_of_the_field_where_that_is_tried(tmp_path):
    with makers.shy_project(tmp_path) as project:
        key = list_project_sources(project).choices[0][0]
        assert first_result(open_source(key, project, 0)).card.output.thresholds == ()
        found = first_result(open_source(key, project, 0, tried=True))
        assert [name for name, _ in found.card.output.thresholds] == ["blue"]


def test_labels_that_suggest_no_thresholds_refuse_it(labelled):
    with pytest.raises(NothingLabelled):
        open_source(list_project_sources(labelled).choices[0][0], labelled, 0, tried=True)


def test_a_file_is_looked_at_with_the_model_of_the_project(footed, tmp_path):
    picture = makers.save_picture(tmp_path / "one.png", "blue")
    found = first_result(open_source(make_file_key(str(picture)), footed, 0))
    assert (found.source, found.get_top(1)[0].name) == ("one.png", "blue")


def test_without_a_project_a_file_has_no_model(tmp_path):
    picture = makers.save_picture(tmp_path / "one.png", "blue")
    found = first_result(open_source(FILE + str(picture), None, 0))
    assert found.card is None


def test_a_project_without_a_model_still_shows_its_footage(tmp_path, material):
    with open_project_without_model(tmp_path / "bare.fieldcheck") as project:
        makers.add_footage(project, material / "night.avi")
        offer = list_project_sources(project)
        assert offer.model == ""
        assert first_result(open_source(offer.choices[0][0], project, 0)).card is None


def test_a_file_that_is_gone_is_an_error_with_a_sentence(tmp_path):
    with pytest.raises(PathMissing):
        open_source(make_file_key(str(tmp_path / "gone.mp4")), None, 0)


def open_project_without_model(path):
    makers.empty_project(path, classes=makers.COLOURS).close()
    return open_project(path)


def test_a_camera_is_opened_by_what_it_is_called(footed):
    found = first_result(open_source(CAMERA + "synthetic:320x240@30", footed, 0))
    assert (found.original.shape, found.card.classes) == ((240, 320, 3), makers.COLOURS)


def test_a_camera_that_is_open_already_is_looked_at_where_it_is(footed):
    camera = ViewedCamera("synthetic:160x120@30")
    camera.start()
    try:
        opened = {"v4l2:one": CameraSession(camera, "HD webcam", camera.get_status())}
        found = first_result(open_source(CAMERA + "v4l2:one", footed, 0, opened))
        assert (found.original.shape, found.source) == ((120, 160, 3), "HD webcam")
    finally:
        camera.stop()


def test_a_camera_that_cannot_be_meant_is_refused():
    live = open_source(CAMERA + "v4l2:gone", None, 0)
    live.start()
    try:
        assert isinstance(live.trouble.take_value(HANG_S), CameraRefused)
    finally:
        live.stop()
