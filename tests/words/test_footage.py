import pytest

from fieldcheck.domain.pick import Draw, Stratum
from fieldcheck.domain.recording import Recording
from fieldcheck.words import footage


def draw(*strata, census=False):
    return Draw(1, "balanced", 7, True, 100, census, strata, (), "", "2026-01-01T00:00:00+00:00", False)


def recording(n_unreadable=0):
    return Recording("r", "video", "night.mp4", "", "", "", "", "", (), 2.0, 30.0, 1280, 720, n_unreadable=n_unreadable)


def test_a_recording_is_told_by_its_clips_and_frames():
    assert footage.imported(recording(), 1, 80, known=False) == "night.mp4: 1 clip, 80 frames listed"
    assert footage.imported(recording(3), 2, 1, known=False) == "night.mp4: 2 clips, 1 frame listed; 3 could not be read"


def test_a_recording_that_is_known_adds_nothing():
    assert footage.imported(recording(), 1, 80, known=True) == "night.mp4 is in the project already; nothing was added."


def test_a_draw_is_told_by_its_kinds_of_frames_and_its_seed():
    assert footage.picked(
        draw(Stratum("hard", 120, 40), Stratum("rest", 480, 60), Stratum("must", 0, 0)),
        ["doubt+blur"] * 25 + ["noise"] * 15 + ["spread"] * 60,
    ) == (
        "100 frames picked (Hardest fifth: 40 of 120; The rest: 60 of 480).",
        "Why the hard ones look hard: the model is unsure, blurred (25); noisy (15).",
        "Seed 7.",
    )


def test_a_census_says_that_it_is_one():
    assert footage.picked(draw(Stratum("even", 80, 80), census=True), ["census"] * 80) == (
        "Census: the footage has only 80 listed frames, so every one is picked.",
    )


@pytest.mark.parametrize(("name", "said"), [("hard", "Hardest fifth"), ("hard@2", "Hardest fifth, draw 2"), ("odd", "odd")])
def test_a_later_draw_is_told_from_the_first(name, said):
    assert footage.stratum_name(name) == said
