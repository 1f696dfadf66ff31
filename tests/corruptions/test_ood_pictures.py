import shutil

import numpy as np
import pytest

from fieldcheck.corruptions.ood import (
    FrameChunk,
    PatchSource,
    SyntheticChunk,
    load_clean_predictions,
    predict_ood,
    select_own_frames,
)
from fieldcheck.corruptions.sweep_scores import list_images
from fieldcheck.models.store import find_model, make_model_file
from fieldcheck.progress import NullProgress
from fieldcheck.project.folder import open_project
from tests import makers


@pytest.fixture
def own(labelled):
    model = find_model(labelled)
    listed = list_images(labelled, model, "benchmark", 0)[:3]
    return make_model_file(labelled, model), tuple(
        PatchSource(subject, file, ((4.0, 4.0, 20.0, 20.0),)) for subject, file in listed
    )


def answered(*chunks):
    return {
        (probe, one.subject): one.answer for chunk in chunks for probe, one in predict_ood(chunk)
    }


def same(one, other):
    return one.keys() == other.keys() and all(np.array_equal(one[key], other[key]) for key in one)


def test_pictures_of_nothing_are_the_same_in_any_chunk(own):
    model, _ = own
    whole = answered(SyntheticChunk(model, "noise", 0, 6, 6, 3, (20, 30)))
    parts = answered(
        *(SyntheticChunk(model, "noise", k, k + 1, 6, 3, (20, 30)) for k in reversed(range(6)))
    )
    assert same(whole, parts)
    assert not same(whole, answered(SyntheticChunk(model, "noise", 0, 6, 6, 4, (20, 30))))


def test_frames_are_the_same_in_any_company(own):
    model, sources = own
    probes = ("permuted", "object_hidden", "grey")
    whole = answered(FrameChunk(model, probes, 0, sources))
    parts = answered(
        *(FrameChunk(model, (probe,), 0, (source,)) for source in sources for probe in probes)
    )
    assert same(whole, parts)
    assert len(whole) == 3 * (2 + 1 + 1)


def test_a_frame_without_a_box_is_not_hidden(own):
    model, sources = own
    bare = tuple(PatchSource(one.subject, one.file) for one in sources)
    assert {
        probe for probe, _ in answered(FrameChunk(model, ("object_hidden", "mirrored"), 0, bare))
    } == {"mirrored"}


def test_pictures_of_another_world_are_shown_as_they_are(own):
    model, sources = own
    plain = answered(FrameChunk(model, ("wrong_domain",), 0, sources))
    mirrored = answered(FrameChunk(model, ("mirrored",), 0, sources))
    for one in sources:  # the mean of every channel does not change in a mirror
        actual = plain["wrong_domain", one.subject]
        assert actual == pytest.approx(mirrored["mirrored", one.subject], abs=1e-5)


def test_benchmark_pictures_come_first_and_picks_fill_up(labelled):
    found = select_own_frames(labelled, find_model(labelled), 0, NullProgress(), makers.NOW)
    actual = [one.subject.endswith(".png") for one in found]
    assert actual == sorted((one.subject.endswith(".png") for one in found), reverse=True)
    assert sum(not one.subject.endswith(".png") for one in found) == 20
    assert len(found) <= 200


def test_every_one_of_them_has_a_clean_answer(labelled):
    model = find_model(labelled)
    found = select_own_frames(labelled, model, 0, NullProgress(), makers.NOW)
    assert {one.subject for one in found} <= set(load_clean_predictions(labelled, model))


def test_boxes_that_people_drew_come_with_their_frames(made_boxed, tmp_path):
    with open_project(shutil.copytree(made_boxed, tmp_path / "boxed.fieldcheck")) as project:
        found = select_own_frames(project, find_model(project), 0, NullProgress(), makers.NOW)
    assert found[0].boxes == ((4, 4, 32, 24), (40, 10, 56, 26))
    assert sum(bool(one.boxes) for one in found) == 1
