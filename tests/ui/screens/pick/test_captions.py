from dataclasses import replace

import pytest

from fieldcheck.domain.label import Draw, Stratum
from fieldcheck.footage.clips_and_scene_cuts import ClipPlan
from fieldcheck.i18n import language
from fieldcheck.sampling.proposal import ClipSpan, DrawnPicks, ProposedPick
from fieldcheck.ui.screens.pick import captions
from fieldcheck.ui.screens.pick.captions import EnlargedView

ROW = ProposedPick(
    "r-000004", 2, "belt.avi", 161.9, "", "left", "line 1", ("dark", "glare"), ("dark", "blur")
)
BARE = ProposedPick("r-000008", 3, "belt.avi", 0.0, "", "", "", (), ())
DRAW = Draw(
    1, "balanced", 7, False, 20, False, (Stratum("hard", 24, 8), Stratum("rest", 96, 12)), (), "",
    "2026-03-01T08:00:00+00:00", False
)  # fmt: skip
FOUND = DrawnPicks((ROW, BARE), (DRAW,), 120, 0)
CLIPS = tuple(
    ClipSpan(f"c{at}", "r", at, 20.0, "belt.avi", "", (), joins=at > 1) for at in (1, 2, 3)
)


def test_a_tile_has_number_clip_and_time():
    first, second = captions.build_tiles([ROW, replace(BARE, scene=1)])
    assert (first.frame_id, first.first, first.second) == ("r-000004", "1", "2 · 2:41")
    assert first.description == "Frame 1, clip 2, 2:41, dark, blurred"
    assert second.description == "Frame 2, clip 3, 0:00"
    tiles = captions.build_tiles([replace(ROW, scene=at) for at in range(10)])
    assert [tile.first for tile in tiles][::9] == ["01", "10"]


def test_what_is_known_of_a_frame():
    looked = captions.build_enlarged_frame(ROW, 1)
    assert looked.title == "#1 · 2:41"
    assert dict(looked.facts) == {
        "Clip": "2, from belt.avi", "Camera": "left, line 1", "Conditions": "dark, glare",
        "Image": "dark, blurred", "Status": "included",
    }  # fmt: skip
    assert dict(captions.build_enlarged_frame(BARE, 2).facts) == {
        "Clip": "3, from belt.avi", "Camera": "not specified", "Conditions": "not specified",
        "Image": "no anomalies detected", "Status": "included",
    }  # fmt: skip


def test_the_summary_counts_frames_clips_and_cameras():
    assert captions.format_summary(FOUND) == "2 frames · 2 clips · 1 camera"
    assert captions.format_summary(replace(FOUND, rows=(BARE,))) == "1 frame · 1 clip"


def test_the_note_tells_the_draw_and_what_drawing_again_would_do():
    assert captions.format_draw_note(FOUND) == (
        "Hardest 20%: 8 of 24 · The rest: 12 of 96. Which frames count as hard stays hidden until "
        "labelling is done. Before the first label, picking again replaces the current picks."
    )
    hard = "* “Hard only” frames never count in the main result."
    assert captions.format_draw_note(FOUND, hard_only=True).endswith(hard)
    expected = (
        "Labels exist: new picks come from clips without picks first, then from the remaining "
        "frames; existing picks stay."
    )
    assert expected in captions.format_draw_note(replace(FOUND, n_labels=1))
    census = replace(FOUND, draws=(replace(DRAW, census=True, strata=(Stratum("even", 2, 2),)),))
    expected = "All sampled frames are picked. Before the first label, picking again"
    assert captions.format_draw_note(census).startswith(expected)
    assert captions.format_draw_note(replace(FOUND, rows=(), draws=())) == ""


def test_fewer_than_three_clips_are_noticed_with_what_helps():
    assert captions.format_clip_notice(replace(FOUND, clips=CLIPS[:2])) == (
        "2 clips. With fewer than 3 the result holds for this footage only.",
        "Record 1 more clip",
    )
    assert captions.format_clip_notice(replace(FOUND, clips=CLIPS[:1]))[1] == (
        "Record 2 more clips"
    )
    assert captions.format_clip_notice(replace(FOUND, clips=CLIPS)) == ("", "")
    assert captions.format_clip_notice(replace(FOUND, clips=())) == ("", "")


@pytest.mark.parametrize(("found", "propose", "seed"), [
    (replace(FOUND, rows=(), draws=()), "Pick frames", "Random seed 0"),
    (FOUND, "Pick again", "Random seed 7"),
    (replace(FOUND, n_labels=3), "Pick more", "Random seed 7"),
])  # fmt: skip
def test_the_button_says_what_it_will_do(found, propose, seed):
    assert (captions.format_draw_button(found), captions.format_seed(found)) == (propose, seed)


def test_before_a_draw_it_says_how_many_frames_there_are():
    assert captions.format_before_draw(FOUND).startswith("120 frames sampled.")
    with language.use_language("de"):
        assert "120" in captions.format_before_draw(FOUND)


def test_a_burst_is_one_pile_until_it_is_opened():
    rows = [replace(ROW, frame_id=f"r{at}", scene=at // 3) for at in range(7)]
    piled = captions.build_tiles(rows)
    expected = [("r0", "×3"), ("r3", "×3"), ("r6", "")]
    assert [(tile.frame_id, tile.badge) for tile in piled] == expected
    assert piled[0].description.endswith(", 3 similar")
    expected = ["r0", "r3", "r4", "r5", "r6"]
    assert [tile.frame_id for tile in captions.build_tiles(rows, open_scenes={1})] == expected


def test_what_is_out_is_crossed_says_why_and_can_be_shown_alone():
    rows = [ROW, replace(BARE, scene=1, taken_out="camera_fault", person=True)]
    first, second = captions.build_tiles(rows)
    assert (first.excluded, first.mark) == (False, "")
    assert (second.excluded, second.mark, second.sign) == (True, "✕", "P")
    assert second.description == "Frame 2, clip 3, 0:00, excluded: camera fault, person visible"
    assert [tile.frame_id for tile in captions.build_tiles(rows, shown="out")] == ["r-000008"]
    assert [tile.frame_id for tile in captions.build_tiles(rows, shown="in")] == ["r-000004"]
    expected = "excluded: camera fault, person visible"
    assert dict(captions.build_enlarged_frame(rows[1], 2).facts)["Status"] == expected
    actual = dict(captions.build_enlarged_frame(replace(ROW, labelled=True), 1).facts)["Status"]
    assert actual == "labelled"


def test_the_note_tells_how_many_clips_there_are_and_what_they_lead_to():
    plan = ClipPlan(7, 20, 14, 0.143)
    assert captions.format_draw_note(FOUND, plan).startswith(
        "Hardest 20%: 8 of 24 · The rest: 12 of 96. 7 of 20 clips: expected 95% CI ±14 pp. Which"
    )
    expected = "7 of 20 clips: expected 95% CI ±14 pp."
    assert captions.format_draw_note(replace(FOUND, rows=()), plan) == expected
    actual = captions.format_draw_note(replace(FOUND, rows=()), replace(plan, clips=0))
    assert actual == captions.format_draw_note(replace(FOUND, rows=()))


class Shown:
    is_large = is_pixels = False

    def show_large(self, on, pixels=False):
        self.is_large, self.is_pixels = on, pixels


def test_the_picture_opens_whole_or_pixel_for_pixel_and_closes_once():
    view = Shown()
    large = EnlargedView(view)
    large.toggle_enlarged()
    assert (view.is_large, view.is_pixels) == (True, False)
    large.toggle_pixel_mode()
    assert (view.is_large, view.is_pixels) == (True, True)
    large.toggle_pixel_mode()
    assert (view.is_large, view.is_pixels) == (True, False)
    assert large.close_enlarged()
    assert not view.is_large
    assert not large.close_enlarged()
