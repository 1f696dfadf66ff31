from dataclasses import replace

import pytest

from fieldcheck.domain.estimate import Estimate
from fieldcheck.domain.run import ReplayDifference, ReplayResult, Run, RunLine
from fieldcheck.errors.message_format import use_audience
from fieldcheck.evidence.messages import (
    build_run_row,
    describe_page,
    get_outcome_name,
    get_run_set_name,
    list_replay_lines,
    list_run_lines,
)
from fieldcheck.i18n import language

RUN = Run(
    "0123456789abcdef", "m" * 64, "c" * 64, "field", "none", 0.0, 0, "0.1.0", 100,
    "2026-11-27T04:00:00+00:00",
)  # fmt: skip
KINDS = ("model", "card", "frame", "library", "machine", "threads", "provider", "answer")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("lang", language.LANGUAGES)
def test_each_difference_is_one_sentence_with_both_sides(kind, lang):
    with language.use_language(lang):
        _, said = list_replay_lines(
            ReplayResult(RUN, "net", 100, 1, (ReplayDifference(kind, "thing", "before", "after"),))
        )
    assert said.endswith(".")
    assert "before" in said
    assert "after" in said
    assert ("thing" in said) == (kind not in ("threads", "provider"))


def test_a_picture_that_is_gone_has_no_hash_now():
    _, said = list_replay_lines(
        ReplayResult(RUN, "net", 100, 1, (ReplayDifference("frame", "a.png", "0" * 64, ""),))
    )
    assert said == "Image a.png: SHA-256 000000000000 saved, no file now."


def test_a_run_without_an_answer_is_not_called_the_same():
    empty = ReplayResult(RUN, "net", 0, 0, ())
    assert not empty.is_identical
    expected = ("Run 0123456789abcdef has no predictions; nothing to reproduce.",)
    assert list_replay_lines(empty) == expected


def test_ten_differences_are_told_and_the_rest_counted():
    many = tuple(ReplayDifference("answer", f"f{n}", "1", "2") for n in range(30))
    lines = list_replay_lines(ReplayResult(RUN, "net", 100, 30, many))
    assert lines[0] == (
        "Run 0123456789abcdef of net on picked frames differs: 30 of 100 predictions differ "
        "or their image is missing."
    )
    assert lines[-1] == "20 more differences."
    with use_audience("terminal"):
        expected = "20 more differences (`fieldcheck replay --json`)."
        assert list_replay_lines(ReplayResult(RUN, "net", 100, 30, many))[-1] == expected
    assert len(lines) == 12


def test_a_sweep_says_its_corruption_in_the_list():
    line = RunLine(replace(RUN, recipe="dark", severity=3.0), "net", 20, ("cpu",))
    shown, said = list_run_lines(1, [line], 0)
    assert (
        shown
        == "0123456789abcdef  2026-11-27T04:00:00  net on picked frames, dark 3; predictions: 20"
    )
    assert said == "1 run saved."


def test_every_set_has_a_name():
    expected = {"picked frames", "footage", "benchmark"}
    assert {get_run_set_name(on) for on in ("field", "footage", "benchmark")} == expected


@pytest.mark.parametrize(
    ("recipe", "severity", "said"),
    [
        ("none", 0.0, "picked frames"),
        ("colour_cast", 3.0, "picked frames, Colour cast, moderate"),
        ("probe:blank", 0.0, "OOD: Blank images"),
        ("probe:mirrored", 0.0, "OOD: Mirrored"),
        ("golden", 0.0, "golden set"),
    ],
)
def test_a_run_says_in_words_what_was_done_to_its_pictures(recipe, severity, said):
    run = replace(RUN, recipe=recipe, severity=severity)
    assert build_run_row(RunLine(run, "net", 20, ("cpu",)), None)[1] == said


def test_a_score_of_few_frames_is_too_few_and_one_of_many_has_a_decimal():
    line = RunLine(RUN, "net", 20, ("cpu",))
    assert build_run_row(line, ("accuracy", Estimate(0.6, 0.3, 0.8, 9, 9.0, "wilson")))[
        4
    ].startswith("too few (30–80%)")
    assert build_run_row(line, ("accuracy", Estimate(0.6, 0.3, 0.8, 500, 500.0, "wilson")))[
        4
    ].startswith("60.0% (30.0–80.0%)")


def test_the_list_says_which_runs_it_shows_or_that_there_are_none():
    assert describe_page(1200, 1, 50) == "1,200 runs saved; showing 1 to 50, newest first."
    assert describe_page(0, 1, 0).startswith("No run saved yet")
    expected = "5 runs saved; showing 3 to 3, newest first."
    assert list_run_lines(5, [RunLine(RUN, "net", 20, ("cpu",))], 2)[-1] == expected


@pytest.mark.parametrize(
    ("kinds", "said"),
    [((), "✓ identical"), (("answer",), "▲ different"), (("model",), "▲ not reproducible")],
)
def test_the_outcome_of_a_repetition_is_a_sign_and_a_word(kinds, said):
    found = ReplayResult(
        RUN,
        "net",
        100,
        len(kinds),
        tuple(ReplayDifference(kind, "thing", "before", "after") for kind in kinds),
    )
    assert get_outcome_name(found) == said
    assert list_replay_lines(found)[0].startswith(
        {"✓": "Run 0123456789abcdef of net on picked frames"}.get(said[0], "Run 0123456789abcdef")
    )
