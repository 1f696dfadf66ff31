from dataclasses import replace

from fieldcheck.domain.project_state import SealChange, SealState
from fieldcheck.evidence import messages as words
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
    assert said == (
        "a.fcpack: verification failed. figure /gap/value is 0.25 in the pack, but 0.3 when "
        "recomputed from labels and predictions."
    )
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
    assert rates.endswith("none → escape_rate 1.0%.")
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
    share, kappa = words.list_agreement_lines(
        measure_agreement(["a"] * 10 + ["b"] * 10, ["a"] * 10 + ["b"] * 8 + ["a"] * 2, 2)
    )
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
