from dataclasses import replace

import pytest

from fieldcheck.domain.estimate import Estimate
from fieldcheck.domain.project_state import EvidenceState, SealChange, SealState
from fieldcheck.domain.run import ReplayDifference, ReplayResult, Run, RunLine
from fieldcheck.errors.message_format import use_audience
from fieldcheck.evidence import messages
from fieldcheck.evidence import messages as words
from fieldcheck.i18n import language
from fieldcheck.i18n.language import use_language
from fieldcheck.stats.agreement import measure_agreement

AT = "2026-03-01T08:00:00+00:00"
SEALED = SealState(AT, 0, (), None, (), 0, False)


def test_what_fits_is_said_with_its_figures_and_whether_anybody_signed():
    said = words.list_verification_lines("a.fcpack", 922, 759, ("ab" * 32,))
    assert said[0] == (
        "a.fcpack verified: 922 records intact, 759 values reproduced from labels and predictions."
    )
    assert said[1] == f"Signed with key {'ab' * 8}."
    assert words.list_pack_lines("a.fcpack", 1, 0, "", 0)[1].startswith("Not signed:")
    expected = "2 frames with a marked person were left out"
    assert words.list_pack_lines("a.fcpack", 1, 0, "", 2)[2].startswith(expected)


def test_the_first_thing_that_does_not_fit_is_named():
    said = words.describe_pack_mismatch("a.fcpack", "figure /gap/value", "figure", 0.25, 0.3)
    assert "figure /gap/value is 0.25 in the pack, but 0.3 when recomputed" in said
    said = words.describe_pack_mismatch("a.fcpack", "log.jsonl:3", "chain", None, None)
    assert said == "a.fcpack: verification failed: log.jsonl:3, hash chain broken."


def test_a_limit_that_changed_after_the_seal_is_said_with_both_figures():
    changes = (
        SealChange("tolerance", "0.03", "0.05", AT, "A. B."),
        SealChange("tolerance", "0.05", "0.04", AT, ""),
        SealChange("rate_limits", "{}", '{"escape_rate":[0.01,"A. B."]}', AT, ""),
        SealChange("ok_classes", '["ok"]', "[]", AT, ""),
        SealChange("classes", '["ok"]', '["ok","bad"]', AT, ""),
    )
    limit, unnamed, rates, ok, classes = words.list_seal_changes(replace(SEALED, changes=changes))
    assert "by A. B.: 3 → 5 pp." in limit
    assert "5 → 4 pp." in unnamed
    assert rates.endswith("none → Escape rate 1%.")
    assert ok.endswith("ok → none.")
    assert classes.endswith("ok → ok, bad.")
    with use_language("de"):
        assert "3" in words.list_seal_changes(replace(SEALED, changes=changes))[0]


def test_the_seal_says_when_it_came_and_what_it_is_worth():
    assert words.list_seal_lines(None)[0].startswith("Not sealed yet")
    assert "before the first label" in words.list_seal_lines(SEALED)[0]
    late = replace(
        SEALED, n_labels_before=20, signed_by=("ab" * 32,), signed_labels=20, n_redrawn=2
    )
    said = words.list_seal_lines(late)
    assert "20 labels already existed" in said[0]
    assert "when 20 labels existed" in said[1]
    assert "2 times" in said[2]


def test_a_merge_says_what_came_what_differs_and_how_far_two_people_agree():
    said = words.list_merge_lines(80, 20, 0, 1, 2)
    assert said[0] == "Labels merged: 80; second labels: 20; already present: 0."
    assert said[1:] == ("1 labelled frame is not among the picks.", "2 label conflicts.")
    agreement = measure_agreement(["a"] * 10 + ["b"] * 10, ["a"] * 10 + ["b"] * 8 + ["a"] * 2, 2)
    share, kappa = words.list_agreement_lines(agreement)
    assert share.startswith("Inter-annotator agreement: 90% (")
    assert kappa.startswith("Cohen's kappa: 0.80 (")
    assert words.list_agreement_lines(None) == ()
    assert words.describe_conflict("f", "red", "A", "blue", "", False) == "f: red (A) vs blue (–)"
    expected = ("a: 3 frames; b: 4 frames; in both: 2.",)
    assert words.list_share_lines(["a", "b"], (3, 4), 2, 0) == expected


def test_what_two_people_said_of_a_frame_stands_with_who_said_it():
    expected = "f: resolved as red (A) instead of blue (B)"
    assert words.describe_conflict("f", "red", "A", "blue", "B", True) == expected
    assert words.describe_conflict_progress(2, 5, 1, False) == "Conflict 2 of 5; resolved: 1."
    expected = "Resolved in favour of the left label."
    assert words.describe_conflict_progress(2, 5, 2, True).endswith(expected)
    assert len(words.list_share_lines(["a", "b"], (3, 4), 2, 1)) == 2
    same = words.list_agreement_lines(measure_agreement(["a"] * 4, ["a"] * 4, 2))
    assert len(same) == 1, "where both only ever gave one answer, chance is all there is"


SEALED_STATE = SealState("2026-03-02T09:30:00+00:00", 0, (), None, (), 0, admin=False)
NOTHING = EvidenceState(None, False, False, 0, 0, 0, 0)
ALL = EvidenceState(
    replace(SEALED_STATE, signed_by=("ab" * 20,), signed_labels=3), True, False, 39, 100, 5, 0
)


def marks(found, key=""):
    return "".join(line.mark for line in messages.build_state_lines(found, key).values())


def test_each_part_of_the_evidence_is_done_open_or_to_be_looked_at():
    assert marks(NOTHING) == "–––––"
    assert marks(ALL) == "✓✓✓✓✓"
    changed = SealChange("tolerance", "0.03", "0.05", "2026-03-03T09:30:00+00:00", "A. B.")
    sealed = replace(SEALED_STATE, n_labels_before=4, changes=(changed,))
    late = replace(ALL, sealed=sealed, unlocked=True, n_open=2)
    assert marks(late) == "▲–▲✓▲"
    assert len(messages.list_changes_since_seal(late)) == 1
    assert messages.list_changes_since_seal(NOTHING) == ()


def test_its_sentences_have_their_counts_and_name_the_key():
    said = messages.build_state_lines(ALL, "line4.pem")
    assert said["runs"].sentence == "39 runs saved; each can be reproduced."
    assert said["signature"].sentence.endswith("when 3 labels existed. Signing key: line4.pem")
    expected = "5 label conflicts; unresolved: 2."
    assert messages.build_state_lines(replace(ALL, n_open=2), "")["people"].sentence == expected


def test_without_a_second_person_there_can_be_no_conflict():
    def said(**known):
        return messages.build_state_lines(replace(NOTHING, **known), "")["people"].sentence

    assert said(n_people=1) == "Only one annotator has labelled."
    assert said(n_people=2) == "No label conflicts."


def test_the_next_step_is_the_seal_then_labels_then_what_is_open_then_a_pack():
    found = [NOTHING, replace(NOTHING, sealed=SEALED_STATE), replace(ALL, n_open=1), ALL]
    expected = ["seal", "label", "resolve", "create"]
    assert [messages.describe_next_step(one).split()[1] for one in found] == expected


RUN = Run(
    "0123456789abcdef", "m" * 64, "c" * 64, "field", "none", 0.0, 0, "0.1.0", 100,
    "2026-11-27T04:00:00+00:00",
)  # fmt: skip
KINDS = ("model", "card", "frame", "library", "machine", "threads", "provider", "answer")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("lang", language.LANGUAGES)
def test_each_difference_is_one_sentence_with_both_sides(kind, lang):
    with language.use_language(lang):
        differences = (ReplayDifference(kind, "thing", "before", "after"),)
        _, said = messages.list_replay_lines(ReplayResult(RUN, "net", 100, 1, differences))
    assert said.endswith(".")
    assert "before" in said
    assert "after" in said
    assert ("thing" in said) == (kind not in ("threads", "provider"))


def test_a_picture_that_is_gone_has_no_hash_now():
    differences = (ReplayDifference("frame", "a.png", "0" * 64, ""),)
    _, said = messages.list_replay_lines(ReplayResult(RUN, "net", 100, 1, differences))
    assert said == "Image a.png: SHA-256 000000000000 saved, no file now."


def test_a_run_without_an_answer_is_not_called_the_same():
    empty = ReplayResult(RUN, "net", 0, 0, ())
    assert not empty.is_identical
    expected = ("Run 0123456789abcdef has no predictions; nothing to reproduce.",)
    assert messages.list_replay_lines(empty) == expected


def test_ten_differences_are_told_and_the_rest_counted():
    many = tuple(ReplayDifference("answer", f"f{n}", "1", "2") for n in range(30))
    lines = messages.list_replay_lines(ReplayResult(RUN, "net", 100, 30, many))
    assert "differs: 30 of 100 predictions differ or their image is missing." in lines[0]
    assert lines[-1] == "20 more differences."
    with use_audience("terminal"):
        expected = "20 more differences (`fieldcheck replay --json`)."
        assert messages.list_replay_lines(ReplayResult(RUN, "net", 100, 30, many))[-1] == expected
    assert len(lines) == 12


def test_a_sweep_says_its_corruption_in_the_list():
    line = RunLine(replace(RUN, recipe="dark", severity=3.0), "net", 20, ("cpu",))
    shown, said = messages.list_run_lines(1, [line], 0)
    assert (
        shown
        == "0123456789abcdef  2026-11-27T04:00:00  net on picked frames, dark 3; predictions: 20"
    )
    assert said == "1 run saved."


def test_every_set_has_a_name():
    expected = {"picked frames", "footage", "benchmark"}
    assert {messages.get_run_set_name(on) for on in ("field", "footage", "benchmark")} == expected


@pytest.mark.parametrize(("recipe", "severity", "said"), [
    ("none", 0.0, "picked frames"),
    ("colour_cast", 3.0, "picked frames, Colour cast, moderate"),
    ("probe:blank", 0.0, "OOD: Blank images"),
    ("probe:mirrored", 0.0, "OOD: Mirrored"),
    ("golden", 0.0, "golden set"),
])  # fmt: skip
def test_a_run_says_in_words_what_was_done_to_its_pictures(recipe, severity, said):
    run = replace(RUN, recipe=recipe, severity=severity)
    assert messages.build_run_row(RunLine(run, "net", 20, ("cpu",)), None)[1] == said


def test_a_score_of_few_frames_is_too_few_and_one_of_many_has_a_decimal():
    line = RunLine(RUN, "net", 20, ("cpu",))
    score = ("accuracy", Estimate(0.6, 0.3, 0.8, 9, 9.0, "wilson"))
    assert messages.build_run_row(line, score)[4].startswith("too few (30–80%)")
    score = ("accuracy", Estimate(0.6, 0.3, 0.8, 500, 500.0, "wilson"))
    assert messages.build_run_row(line, score)[4].startswith("60.0% (30.0–80.0%)")


def test_the_list_says_which_runs_it_shows_or_that_there_are_none():
    assert messages.describe_page(1200, 1, 50) == "1,200 runs saved; showing 1 to 50, newest first."
    assert messages.describe_page(0, 1, 0).startswith("No run saved yet")
    expected = "5 runs saved; showing 3 to 3, newest first."
    assert messages.list_run_lines(5, [RunLine(RUN, "net", 20, ("cpu",))], 2)[-1] == expected


@pytest.mark.parametrize(
    ("kinds", "said"),
    [((), "✓ identical"), (("answer",), "▲ different"), (("model",), "▲ not reproducible")],
)
def test_the_outcome_of_a_repetition_is_a_sign_and_a_word(kinds, said):
    differences = tuple(ReplayDifference(kind, "thing", "before", "after") for kind in kinds)
    found = ReplayResult(RUN, "net", 100, len(kinds), differences)
    assert messages.get_outcome_name(found) == said
    assert messages.list_replay_lines(found)[0].startswith(
        {"✓": "Run 0123456789abcdef of net on picked frames"}.get(said[0], "Run 0123456789abcdef")
    )
