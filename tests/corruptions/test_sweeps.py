from dataclasses import replace
from math import nan

import pytest

from fieldcheck.corruptions import messages
from fieldcheck.domain.estimate import Estimate
from fieldcheck.domain.robustness import CLEAN, Sweep, SweepRow
from fieldcheck.i18n import language

NOTHING = Estimate.not_measured("clean", 100)


def share(value, n=100):
    return Estimate.from_limits(
        value, value - 0.05, value + 0.05, n=n, n_eff=float(n), method="wilson"
    )


def sweep(on="field", labelled=True, tipping=2.4, partial=()):
    score = share if labelled else lambda value: Estimate.not_measured("no_labels", 100)
    rows = (
        SweepRow(CLEAN, "", 0.0, on, score(0.9), NOTHING, NOTHING, NOTHING, 0.9),
        SweepRow(
            "dark", "light", 3.0, on, score(0.62), score(0.28), share(0.31), NOTHING, nan,
            tipping if labelled else None,
        ),
    )  # fmt: skip
    return Sweep("net", 7, rows, (), partial)


@pytest.fixture(autouse=True)
def english():
    with language.use_language("en"):
        yield


def test_each_corruption_says_what_is_left_and_where_it_tips():
    assert messages.list_sweep_lines(sweep()) == (
        "net, random seed 7",
        "Field, n = 100: clean 90% (85–95%)",
        "  Low light: moderate 62% (57–67%), −28 pp; tipping point at severity 2.4",
    )


def test_no_loss_is_told_without_a_minus():
    clean, dark = sweep().rows
    found = replace(
        sweep(),
        rows=(
            clean,
            replace(dark, value=clean.value, drop=replace(dark.drop, value=0.001, lo=-0.05)),
        ),
    )
    assert "moderate 90% (85–95%), no drop demonstrated" in messages.list_sweep_lines(found)[-1]
    unsure = replace(
        sweep(), rows=(clean, replace(dark, drop=replace(dark.drop, value=0.06, lo=-0.01)))
    )
    assert "moderate 62% (57–67%), no drop demonstrated" in messages.list_sweep_lines(unsure)[-1]


def test_one_that_does_not_tip_says_how_far_it_was_swept():
    expected = "; no tipping point observed up to moderate"
    assert messages.list_sweep_lines(sweep(tipping=None))[-1].endswith(expected)


def test_without_labels_the_changed_answers_are_told():
    assert messages.list_sweep_lines(sweep("footage", labelled=False)) == (
        "net, random seed 7",
        "Footage, n = 100: no labels, only changed predictions are counted",
        "  Low light: moderate 31% changed",
    )


def test_a_sweep_that_was_stopped_says_how_to_go_on():
    expected = "  Some frames have no prediction yet; run again to continue."
    assert messages.list_sweep_lines(sweep(partial=("field",)))[-1] == expected


def test_how_like_the_original_a_picture_still_is_stands_where_it_was_measured():
    row = sweep().rows[1]
    assert (messages.describe_row_likeness(None), messages.describe_row_likeness(row)) == ("", "")
    assert messages.describe_row_likeness(replace(row, ssim=0.8)) == "0.80"
    assert messages.describe_row_likeness(replace(row, ssim=0.8, psnr=21.3)) == "21.3 dB, 0.80"
