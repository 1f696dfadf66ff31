import json
from dataclasses import FrozenInstanceError
from math import nan

import pytest

from fieldcheck.corruptions import messages as probing
from fieldcheck.domain.estimate import Estimate
from fieldcheck.domain.robustness import (
    CLEAN,
    FAMILIES,
    MODERATE_FIRST,
    SEVERITIES,
    SHORTCUTS,
    CandidateCorruption,
    FieldMatch,
    RunnerUp,
    SavedComparison,
    Sweep,
    SweepRow,
)
from fieldcheck.i18n import language

NOTHING = Estimate.not_measured("clean")


def row(corruption, severity, on="field", tipping=None):
    return SweepRow(corruption, "", severity, on, NOTHING, NOTHING, NOTHING, NOTHING, nan, tipping)


def test_tipping_names_each_corruption_of_each_set_once_and_never_the_clean_row():
    alone = row("dark", 3.0, on="benchmark")
    rows = (row(CLEAN, 0.0), row("dark", 1.0, tipping=2.5), row("dark", 3.0, tipping=2.5), alone)
    expected = (("dark", "field", 2.5), ("dark", "benchmark", None))
    assert Sweep("net", 0, rows, ()).get_tipping_severities() == expected


def test_the_three_named_severities_are_worked_on_moderate_first():
    assert [SEVERITIES[name] for name in ("moderate", "mild", "severe")] == list(MODERATE_FIRST)


BEST = CandidateCorruption("shot_noise", "gauss_noise", 2.3, 0.71, 0.25)


def test_what_was_found_reads_back_the_same():
    with_second = FieldMatch(
        None, "unexplained", (BEST,), 0.5, RunnerUp("defocus", "defocus", 2.0, 1.5, 0.62), 80, 120,
        6,
    )  # fmt: skip
    cases = (FieldMatch(BEST, "", (BEST,), 0.75), FieldMatch(None, "too_few", (), 0.0), with_second)
    for found in cases:
        assert FieldMatch.from_json(json.loads(json.dumps(found.to_json()))) == found


def test_what_an_earlier_version_kept_has_no_second_and_no_counts():
    kept = FieldMatch(None, "unexplained", (BEST,), 0.5, None, 80, 120, 6).to_json()
    for later in ("second", "n_pictures", "n_frames", "n_clips"):
        del kept[later]
    assert FieldMatch.from_json(kept) == FieldMatch(None, "unexplained", (BEST,), 0.5)


def test_the_family_is_that_of_the_named_one():
    assert FieldMatch(BEST, "", (BEST,), 0.75).family == "gauss_noise"
    assert FieldMatch(None, "undecided", (BEST,), 0.5).family == ""


def test_one_or_two_are_told_or_none():
    second = RunnerUp("defocus", "defocus", 2.0, 1.5, 0.62)
    assert FieldMatch(None, "unexplained", (BEST,), 0.5).named_corruptions == ()
    assert FieldMatch(BEST, "", (BEST,), 0.75).named_corruptions == (("shot_noise", 2.3),)
    expected = (("shot_noise", 1.5), ("defocus", 2.0))
    assert FieldMatch(None, "unexplained", (BEST,), 0.5, second).named_corruptions == expected


def test_a_pair_cannot_be_changed():
    pair = SavedComparison("k", "s", "a", "b", (("dark", 1.0),), 0, (), (), 0.5, 0.5, "")
    with pytest.raises(FrozenInstanceError):
        pair.seed = 1


def test_every_family_and_every_shortcut_has_a_name():
    with language.use_language("en"):
        families = {name: probing.get_ood_family_name(name) for name in FAMILIES}
        said = families | {name: probing.get_shortcut_name(name) for name in SHORTCUTS}
    assert all(name != shown for name, shown in said.items())
    assert len(set(said.values())) == len(said) == 12
