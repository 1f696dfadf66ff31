from dataclasses import replace

import pytest

from fieldcheck.domain.pick import Draw, Stratum
from fieldcheck.ui.screens.pick import told
from fieldcheck.words import language
from fieldcheck.workflows.proposal import Proposal, Proposed

ROW = Proposed("r-000004", 2, "belt.avi", 161.9, "", "left", "line 1", ("dark", "glare"), ("dark", "blur"))
BARE = Proposed("r-000008", 3, "belt.avi", 0.0, "", "", "", (), ())
DRAW = Draw(
    1, "balanced", 7, False, 20, False, (Stratum("hard", 24, 8), Stratum("rest", 96, 12)), (), "", "2026-03-01T08:00:00+00:00", False
)  # fmt: skip
FOUND = Proposal((ROW, BARE), (DRAW,), 120, 0)


def test_a_tile_has_number_clip_and_time():
    first, second = told.tiles([ROW, BARE])
    assert (first.frame_id, first.first, first.second) == ("r-000004", "1", "2 · 2:41")
    assert first.description == "Frame 1, clip 2, 2:41, dark, blurred"
    assert second.description == "Frame 2, clip 3, 0:00"
    assert [tile.first for tile in told.tiles([ROW] * 10)][::9] == ["01", "10"]


def test_what_is_known_of_a_frame():
    looked = told.looked(ROW, 1)
    assert looked.title == "#1 · 2:41"
    assert dict(looked.facts) == {"Clip": "2, from belt.avi", "Camera": "left, line 1", "Light": "dark, glare", "Picture": "dark, blurred"}
    assert dict(told.looked(BARE, 2).facts) == {
        "Clip": "3, from belt.avi", "Camera": "not said", "Light": "not said", "Picture": "nothing out of the ordinary",
    }  # fmt: skip


def test_the_summary_counts_frames_clips_and_cameras():
    assert told.summary(FOUND) == "2 frames · 2 clips · 1 camera"
    assert told.summary(replace(FOUND, rows=(BARE,))) == "1 frame · 1 clip"


def test_the_note_tells_the_draw_and_what_drawing_again_would_do():
    assert told.note(FOUND) == (
        "Hardest fifth: 8 of 24; The rest: 12 of 96. Which is which stays hidden until they are labelled. "
        "Until the first label, a new proposal takes the place of this one. * “Hard only” frames never enter the headline figure."
    )
    assert "adds frames of clips that no draw covers yet" in told.note(replace(FOUND, n_labels=1))
    census = replace(FOUND, draws=(replace(DRAW, census=True, strata=(Stratum("even", 2, 2),)),))
    assert told.note(census).startswith("Every listed frame is taken. Until")
    assert told.note(replace(FOUND, rows=(), draws=())).startswith("* “Hard only”")


@pytest.mark.parametrize(
    ("found", "propose", "seed"),
    [
        (replace(FOUND, rows=(), draws=()), "Propose", "Seed 0"),
        (FOUND, "Propose again", "Seed 7"),
        (replace(FOUND, n_labels=3), "Propose more", "Seed 7"),
    ],
)
def test_the_button_says_what_it_will_do(found, propose, seed):
    assert (told.propose(found), told.seed(found)) == (propose, seed)


def test_before_a_draw_it_says_how_many_frames_there_are():
    assert told.before(FOUND).startswith("120 frames are listed.")
    with language.spoken("de"):
        assert "120" in told.before(FOUND)
