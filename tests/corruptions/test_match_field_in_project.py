import cv2
import numpy as np
import pytest

from fieldcheck.api.demo import get_demo_files, prepare_demo
from fieldcheck.corruptions.catalogue import CORE
from fieldcheck.corruptions.match_field import (
    SEVERITIES,
    StatisticsChunk,
    compute_statistics,
    get_match,
    match_corruptions,
    match_field,
    shrink_to_side,
)
from fieldcheck.imaging.quality import measure_statistics
from fieldcheck.progress import NullProgress
from fieldcheck.project.folder import open_project
from fieldcheck.report.assemble import build_report

NOW = "2026-03-01T10:00:00+00:00"


def test_what_was_found_is_kept_for_the_footage_and_the_benchmark_as_they_are(
    labelled, monkeypatch
):
    assert get_match(labelled) is None
    found = match_field(labelled, 0, NullProgress(), NOW)
    assert found is not None
    assert get_match(labelled) == found
    # whoever asks again is told what is known
    monkeypatch.setattr("fieldcheck.corruptions.match_field.fit_field", None)
    assert match_field(labelled, 0, NullProgress(), NOW) == found
    assert build_report(labelled, "en", NullProgress(), NOW).field_match == found


def test_another_benchmark_is_another_question(labelled, monkeypatch):
    match_field(labelled, 0, NullProgress(), NOW)
    monkeypatch.setattr(
        "fieldcheck.corruptions.match_field.compute_benchmark_key", lambda benchmark: "another"
    )
    assert get_match(labelled) is None


def test_without_a_benchmark_or_footage_there_is_nothing_to_compare(empty):
    assert match_field(empty, 0, NullProgress(), NOW) is None
    assert get_match(empty) is None


def planted():
    """The corruptions that the answer key of the sample allows."""
    told = get_demo_files().key["planted"]["corruption"]
    return {told["family"], *told["akin"]}


def test_the_damage_planted_in_the_sample_is_found_in_a_few_of_its_frames():
    """The same on 15 pictures and four frames a clip: the full share goes through the project."""
    sample, side = get_demo_files(), 288
    # by class, every light
    files = sorted(
        sample.benchmark.rglob("*.jpg"), key=lambda file: (file.parents[1].name, file.name)
    )
    files = tuple(str(files[at]) for at in np.linspace(0, len(files) - 1, 15).astype(int))
    (clean,) = compute_statistics(StatisticsChunk(files, "", side, 0))
    clouds = {
        (name, by): one
        for name in CORE
        for by, one in zip(
            SEVERITIES, compute_statistics(StatisticsChunk(files, name, side, 0)), strict=True
        )
    }
    field, clips = [], []
    for number, clip in enumerate(sample.key["footage"]):
        video = cv2.VideoCapture(str(sample.get_footage_path(clip)))
        for at in range(60):
            bgr = video.read()[1]
            if at in {5, 20, 40, 55}:
                field.append(
                    measure_statistics(shrink_to_side(cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB), side))
                )
                clips.append(number)
        video.release()
    found = match_corruptions(clean, clouds, np.stack(field), np.array(clips), seed=0)
    assert found.top[0].corruption in planted()
    assert found.top[0].explained > 0.5


@pytest.mark.full("matched_sample")
def test_the_damage_planted_in_the_sample_is_named(tmp_path, counts, evidence):
    counts(ci=0, full=1)
    with open_project(prepare_demo(tmp_path, NullProgress(), NOW)) as project:
        found = match_field(project, 0, NullProgress(), NOW)
    assert found is not None
    evidence(**found.to_json())
    assert found.named is not None
    assert found.named.corruption in planted()
