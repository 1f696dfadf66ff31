from dataclasses import replace

import pytest

from fieldcheck.domain.label import WHYS_OUT, Draw, Stratum
from fieldcheck.domain.recording import Recording, SkippedFile
from fieldcheck.i18n import language
from fieldcheck.i18n.language import use_language
from fieldcheck.sampling.hardness import GROUNDS
from fieldcheck.sampling.messages import (
    SKIPS,
    describe_clip_plan,
    describe_import,
    format_length,
    get_exclusion_reason,
    get_pick_reason,
    get_skip_reason,
    get_stratum_name,
    list_draw_lines,
    list_failed_imports,
    list_left_out_recordings,
)

RECORDING = Recording(
    "r", "video", "belt.mp4", "", "", "", "", "", (), 2.0, 25.0, 64, 48, n_frames=250
)
DRAW = Draw(
    1, "balanced", 7, True, 100, False, (Stratum("hard", 24, 8), Stratum("rest", 96, 12)), (), "",
    "", False,
)  # fmt: skip


def test_what_came_in_is_counted():
    assert describe_import(RECORDING, 1, 20, known=False) == "belt.mp4: 1 clip, 20 frames sampled"
    expected = "belt.mp4: 2 clips, 1 frame sampled; 3 unreadable"
    assert describe_import(replace(RECORDING, n_unreadable=3), 2, 1, known=False) == expected


def test_pictures_that_could_not_be_read_are_named():
    skipped = tuple(SkippedFile(f"{n}.jpg", "not_a_picture") for n in range(5))
    folder = replace(RECORDING, source="night", n_unreadable=5, skipped=skipped)
    expected = "5 unreadable (0.jpg, 1.jpg, 2.jpg and 2 more)"
    assert describe_import(folder, 1, 7, known=False).endswith(expected)


def test_what_did_not_come_in_is_told_in_four_lines_at_most():
    assert list_failed_imports(["a."], 0) == ("a.",)
    assert list_failed_imports(["a.", "b."], 3) == ("a.", "b.", "3 others imported.")
    expected = ("a", "b", "c", "3 more unreadable. 1 other imported.")
    assert list_failed_imports(list("abcdef"), 1) == expected
    expected = ("a.", "2 others imported. 1 other was already in the project.")
    assert list_failed_imports(["a."], 2, 1) == expected
    assert list_failed_imports(["a."], 0, 2) == ("a.", "2 others were already in the project.")


def test_footage_that_is_there_already_adds_nothing():
    assert "nothing added" in describe_import(RECORDING, 1, 20, known=True)


def test_a_strangers_braces_in_a_file_name_do_no_harm():
    taken_in = describe_import(replace(RECORDING, source="a{b}{0}.mp4"), 1, 2, known=False)
    assert taken_in.startswith("a{b}{0}.mp4: 1 clip")


def test_a_draw_is_told_by_its_strata_its_grounds_and_its_seed():
    said = list_draw_lines(DRAW, ["doubt+blur"] * 5 + ["doubt"] * 3 + ["spread"] * 12)
    assert said[0] == "20 frames picked (Hardest 20%: 8 of 24; The rest: 12 of 96)."
    assert said[1].endswith("high model uncertainty, blurred (5); high model uncertainty (3).")
    assert said[2] == "Random seed 7."


def test_a_stratum_of_which_nothing_was_picked_is_not_told():
    changed = replace(DRAW, strata=(Stratum("hard", 24, 0), Stratum("rest", 96, 1)))
    said = list_draw_lines(changed, ["spread"])
    assert said == ("1 frame picked (The rest: 1 of 96).", "Random seed 7.")


def test_a_census_says_that_it_is_one():
    changed = replace(DRAW, census=True, strata=(Stratum("even", 38, 38),))
    said = list_draw_lines(changed, ["census"] * 38)
    assert said == ("Census: only 38 frames sampled, so all are picked.",)


def test_a_stratum_of_a_later_draw_carries_its_number():
    assert get_stratum_name("hard@2") == "Hardest 20%, sample 2"
    assert get_stratum_name("tomorrow") == "tomorrow"


@pytest.mark.parametrize("name", ["hard", "rest", "even", "must", "extra", "chosen"])
def test_every_stratum_has_words_in_german_too(name):
    english = get_stratum_name(name)
    with language.use_language("de"):
        assert get_stratum_name(name) != english


def test_the_plan_says_how_wide_the_range_would_be():
    assert describe_clip_plan(2, 8, None) == "2 of 8 clips: at least three for a camera interval"
    assert describe_clip_plan(5, 8, 0.12) == "5 of 8 clips: expected 95% CI ±12 pp"
    expected = ("a.mp4 excluded from sampling. It ended.",)
    assert list_left_out_recordings([("a.mp4", "It ended.")]) == expected


def test_a_length_is_what_was_recorded_and_with_gaps_also_what_it_took():
    assert format_length(20.4, 20.4, 0) == "0:20"
    assert format_length(20, 39, 3) == "0:20 (39 s with 3 gaps)"
    assert format_length(20, 139, 1) == "0:20 (2:19 with 1 gap)"


def test_a_reason_joins_its_grounds():
    assert get_pick_reason("doubt+blur") == "high model uncertainty, blurred"


def test_the_grounds_of_hardness_have_words():
    codes = [*GROUNDS.values(), "spread", "census", "must", "backlight", "noise"]
    assert all(get_pick_reason(code) != code for code in codes)


def test_an_unknown_code_stands_for_itself():
    assert get_pick_reason("tomorrow") == "tomorrow"


def test_every_reason_has_words():
    with use_language("de"):
        assert all(get_exclusion_reason(code) != code for code in WHYS_OUT)
    assert get_exclusion_reason("later") == "later"


def test_every_reason_has_words_and_a_typed_one_stays():
    with use_language("de"):
        assert all(get_skip_reason(code) != code for code in SKIPS)
    assert get_skip_reason("forklift in front") == "forklift in front"
