import csv
import io
import json
from collections import defaultdict
from dataclasses import replace
from itertools import combinations, product
from math import comb

import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest
from statsmodels.stats.proportion import proportion_confint

from fieldcheck.analyses.escape_rate import (
    PART_COLUMNS,
    PartArrays,
    build_escape_rate_section,
    compute_escape_rates,
    compute_part_rates,
    compute_plant_consequences,
    estimate_exact,
    format_parts_csv,
    load_escape_rates,
)
from fieldcheck.cli.footage import show_parts_command
from fieldcheck.domain.estimate import Estimate
from fieldcheck.domain.frame import PartRule
from fieldcheck.domain.report import EscapeRates, PartUnits, PlantFigures, RateLimit
from fieldcheck.footage.frame_listing import (
    get_part_rule,
    load_parts,
    set_part_call,
    set_part_rule,
    store_parts,
)
from fieldcheck.i18n.language import use_language
from fieldcheck.models.evaluate import get_called_class
from fieldcheck.models.scored_sides import load_field_side
from fieldcheck.models.store import find_model, set_ok_classes
from fieldcheck.progress import NullProgress
from fieldcheck.report.assemble import build_report
from fieldcheck.report.folder import build_folder_contents, build_summary
from fieldcheck.report.key_figures import build_key_figures
from fieldcheck.stats.camera_interval import estimate_camera_interval
from fieldcheck.stats.cluster import compute_part_inclusion
from fieldcheck.stats.weighted_field_score import estimate_weighted_share
from fieldcheck.stats.wilson_interval import estimate_wilson
from tests.report.example_report import change_report, example_report
from tests.report.made_facts import decision

CLIPS = np.array([f"c{k % 10}" for k in range(100)])
DEFECT = np.array([True] * 20 + [False] * 80)
CALLED = np.array([True] * 17 + [False] * 3 + [True] * 4 + [False] * 76)


def rates(defect=DEFECT, called=CALLED, weight=None):
    weights = np.ones(defect.size) if weight is None else weight
    return compute_escape_rates(
        defect, called, weights, CLIPS[: defect.size], ("ok",), is_stated=True
    )


@pytest.mark.parametrize(("hits", "n"), [(0, 20), (3, 20), (20, 20), (1, 7), (50, 100)])
def test_the_exact_limits_are_scipys(hits, n):
    found = estimate_exact(hits, n)
    wanted = binomtest(hits, n).proportion_ci(method="exact")
    assert (found.lo, found.hi) == pytest.approx((wanted.low, wanted.high), abs=1e-9)


def test_each_rate_has_its_own_denominator():
    found = rates()
    assert (found.escaped, found.defects, found.rejected, found.good) == (3, 20, 4, 80)
    assert found.escape == estimate_exact(3, 20)
    assert found.false_reject == estimate_exact(4, 80)
    assert (found.escape_below, found.parts_to_show) == (None, None)
    assert (found.ok_classes, found.told) == (("ok",), True)
    assert found.escape_cameras == estimate_camera_interval(~CALLED[:20], np.ones(20), CLIPS[:20])
    actual = found.false_reject_cameras
    assert actual == estimate_camera_interval(CALLED[20:], np.ones(80), CLIPS[20:])
    actual = [(one.n, one.n_eff, one.method) for one in (found.escape, found.false_reject)]
    assert actual == [(20, 20.0, "clopper_pearson"), (80, 80.0, "clopper_pearson")]


def test_frames_of_different_weight_are_weighed():
    weight = np.where(np.arange(100) % 2 == 0, 6.0, 16.0)
    found = rates(weight=weight)
    assert found.escape == estimate_weighted_share((~CALLED[:20]).astype(float), weight[:20])
    assert found.escape.value != pytest.approx(3 / 20)
    assert found.false_reject == estimate_weighted_share(CALLED[20:].astype(float), weight[20:])
    assert rates(weight=np.full(100, 7.0)).escape == estimate_exact(3, 20)


def test_without_a_defect_there_is_no_escape_rate():
    found = rates(np.zeros(5, bool), np.zeros(5, bool))
    assert found.escape.status == "na"
    assert found.escape_cameras.status == "na"
    assert (estimate_exact(0, 0).note, estimate_exact(0, 0).n) == ("no_labels", 0)


@pytest.mark.parametrize(("hits", "n"), [(0, 40), (1, 12), (7, 65), (19, 35), (12, 12)])
def test_exact_and_wilson_limits_agree_with_statsmodels(hits, n):
    found, other = estimate_exact(hits, n), estimate_wilson(hits, n)
    actual = (found.lo, found.hi)
    assert actual == pytest.approx(proportion_confint(hits, n, method="beta"), abs=1e-9)
    actual = (other.lo, other.hi)
    assert actual == pytest.approx(proportion_confint(hits, n, method="wilson"), abs=1e-9)


def test_without_an_ok_class_there_are_no_rates(labelled):
    assert load_escape_rates(labelled) is None


def test_the_rates_are_those_of_the_labelled_frames(labelled):
    set_ok_classes(labelled, ["green"])
    found = load_escape_rates(labelled)
    assert isinstance(found, EscapeRates)
    side = load_field_side(labelled, find_model(labelled))
    green = 1
    defect, said = side.judgement.truth != green, side.judgement.predicted != green
    assert (found.defects, found.escaped) == (int(defect.sum()), int((defect & ~said).sum()))
    weight = side.scores.weight[side.labelled]
    assert found.escape.value == np.average((~said)[defect], weights=weight[defect])


def test_masks_have_no_escape_rate(pointed):
    assert load_escape_rates(pointed) is None


def report(escaped):
    defect = np.arange(100) < 20
    called = defect & (np.arange(100) >= escaped)
    clip = np.array([f"c{k % 10}" for k in range(100)])
    return replace(
        example_report(),
        results={
            "inspection": compute_escape_rates(
                defect, called, np.ones(100), clip, ("ok",), is_stated=False
            )
        },
    )


def words(found):
    return [block.text for block in found.blocks if hasattr(block, "text")]


def test_what_is_missing_is_said():
    (block,) = build_escape_rate_section(example_report()).blocks
    assert block.text.startswith("Not measured: no class is marked OK")


def test_both_rates_stand_with_counts_and_limits():
    found = build_escape_rate_section(report(3))
    rows = [[cell.text for cell in row] for row in found.blocks[0].rows]
    assert rows[0][:3] == ["Escape rate (frames with a defect passed as OK)", "20", "15% (3–38%)"]
    assert rows[1][1:3] == ["80", "0 of 80 (upper limit 4.6%)"]
    assert words(found)[0] == "OK classes, proposed from their names: ok."
    assert words(found)[1].startswith("Escapes: 3 of 20 labelled frames that show a defect; ")


def test_an_escape_limit_says_how_many_clips_it_asks_for():
    """Nothing is excluded by frames that nobody knows to be parts of their own."""
    alone = words(build_escape_rate_section(report(0)))
    assert not any("excluded" in line for line in alone)
    results = report(0).results
    for limit, start in ((0.1, "Demonstrating an escape limit of 10.0% requires at least 19 "),
                         (0.001, "An escape limit of 0.1% cannot be demonstrated")):  # fmt: skip
        set_ = decision(limits=(RateLimit("escape_rate", limit, "QM"),))
        found = replace(report(0), results={**results, "decision": set_})
        lines = [line for line in words(build_escape_rate_section(found)) if line not in alone]
        assert len(lines) == 1
        assert lines[0].startswith(start)


def by_the_plant(escaped, **figures):
    made = report(escaped)
    rates = made.results["inspection"]
    found = replace(rates, plant=compute_plant_consequences(rates, PlantFigures(**figures)))
    return [
        line
        for line in words(build_escape_rate_section(replace(made, results={"inspection": found})))
        if line not in words(build_escape_rate_section(made))
    ]


def test_without_the_plants_figures_nothing_is_said_of_ppm_or_cost():
    assert by_the_plant(3) == []


def test_ppm_and_cost_a_day_stand_with_whose_figures_they_rest_on_and_what_the_ranges_are():
    said = by_the_plant(
        3, defect_ppm=2000, parts_per_day=8000, cost_escape=50, currency="EUR", by=("Q. Manager",)
    )
    assert said[0].endswith("50 EUR per escape (entered by Q. Manager).")
    assert said[1].startswith("Escapes per parts produced: about 300 ppm")
    assert said[2].startswith("Escapes cost about 120 EUR per day")
    expected = "95% CI for other clips of these cameras; the plant's own values are taken as exact."
    assert said[-1] == expected
    assert not any(line.startswith("False rejects cost") for line in said)


def test_a_price_of_nothing_is_no_sentence_about_cost():
    said = by_the_plant(3, defect_ppm=2000, parts_per_day=8000, cost_escape=0, currency="EUR")
    assert not any("a day (" in line for line in said)


def test_too_few_defects_are_said_instead_of_a_figure():
    few = replace(
        report(0).results["inspection"],
        defects=4,
        escape=Estimate.not_measured("too_few"),
        escape_cameras=Estimate.not_measured("too_few"),
    )
    few = replace(few, plant=compute_plant_consequences(few, PlantFigures(defect_ppm=2000)))
    said = words(
        build_escape_rate_section(change_report(example_report(), results={"inspection": few}))
    )
    assert "No ppm or cost of escapes: 4 labelled defects are too few." in said


ENTERED = PlantFigures(
    defect_ppm=2000, parts_per_day=8000, cost_escape=50, cost_reject=2, currency="EUR",
    by=("Q. Manager",),
)  # fmt: skip
PLANT_DEFECT = np.arange(100) < 20
# 3 of 20 defects passed, 4 of 80 good parts rejected
PLANT_CALLED = (np.arange(100) >= 3) & (np.arange(100) < 24)
RATES = compute_escape_rates(
    PLANT_DEFECT, PLANT_CALLED, np.ones(100), np.array(["one"] * 100), ("ok",), is_stated=True
)
SHARES = st.floats(0, 1)


def plant_rates(lo, value, hi):
    escape = Estimate.from_limits(value, lo, hi, n=50, n_eff=50.0, method="made")
    return replace(RATES, escape=escape)


def limits(found):
    return found.value, found.lo, found.hi


def test_the_figures_worked_by_hand():
    found = compute_plant_consequences(RATES, ENTERED)
    # 0.15, 0.03207, 0.37893 of 2000 ppm
    assert limits(found.escaped_ppm) == pytest.approx((300, 64.1, 757.9), abs=0.1)
    # 16 defects a day at 50
    assert limits(found.escape_cost) == pytest.approx((120, 25.66, 303.14), abs=0.01)
    assert found.rejected_ppm.value == pytest.approx(49_900)  # 0.05 of 998,000
    # 7984 good parts a day, 0.05 of them at 2
    assert found.reject_cost.value == pytest.approx(798.4)
    assert found.escaped_ppm.n == 20
    assert (found.rejected_ppm.n, found.escape_cost.basis) == (80, "footage")


def test_other_clips_of_the_cameras_give_the_limits_where_there_are_any():
    escape_cameras = Estimate.from_limits(0.15, 0.01, 0.6, n=20, n_eff=5.0, method="made")
    wide = replace(RATES, escape_cameras=escape_cameras)
    found = compute_plant_consequences(wide, ENTERED)
    assert limits(found.escaped_ppm) == pytest.approx((300, 20, 1200))
    assert found.escaped_ppm.basis == "cameras"


def test_without_the_plants_figures_there_is_nothing():
    assert compute_plant_consequences(RATES, PlantFigures()) is None


@pytest.mark.parametrize("missing", ["parts_per_day", "cost_escape", "currency"])
def test_a_cost_needs_every_figure_and_ppm_the_defect_rate_alone(missing):
    figures = replace(ENTERED, **{missing: "" if missing == "currency" else None})
    found = compute_plant_consequences(RATES, figures)
    assert found.escape_cost is None
    assert found.escaped_ppm is not None
    without = compute_plant_consequences(RATES, replace(ENTERED, defect_ppm=None))
    assert (without.escaped_ppm, without.rejected_ppm) == (None, None)
    assert (without.escape_cost, without.reject_cost) == (None, None)


def test_fewer_than_ten_defects_are_not_enough():
    few = replace(RATES, escape=Estimate.from_limits(0.2, 0.01, 0.7, n=9, n_eff=9.0, method="made"))
    found = compute_plant_consequences(few, ENTERED)
    assert (found.escaped_ppm, found.escape_cost) == (None, None)
    assert found.reject_cost is not None


@given(
    SHARES, SHARES, SHARES, SHARES, SHARES, st.floats(1, 1e6), st.floats(1, 1e6),
    st.floats(0.01, 1e6),
)  # fmt: skip
def test_a_wider_interval_of_the_rate_widens_that_of_the_cost(a, b, c, d, e, ppm, parts, price):
    outer_lo, lo, value, hi, outer_hi = sorted((a, b, c, d, e))
    entered = replace(ENTERED, defect_ppm=ppm, parts_per_day=parts, cost_escape=price)
    inner, outer = (
        compute_plant_consequences(plant_rates(*one), entered).escape_cost
        for one in ((lo, value, hi), (outer_lo, value, outer_hi))
    )
    assert outer.lo <= inner.lo <= inner.value <= inner.hi <= outer.hi
    assert inner.value == outer.value


@given(SHARES, SHARES, SHARES)
def test_a_price_of_nothing_costs_nothing_to_say(a, b, c):
    found = compute_plant_consequences(
        plant_rates(*sorted((a, b, c))), replace(ENTERED, cost_escape=0, cost_reject=0)
    )
    assert (found.escape_cost, found.reject_cost) == (None, None)


UNITS = PartUnits("pattern", "{part}_*", "any", 1, 60, 60, 180, 180, 12)
TOLD = "2026-11-26T12:00:00+01:00"


def by_part(escaped=0):
    """Sixty, shifts twelve clips, of which that many passed."""
    called = np.arange(60) >= escaped
    clip = np.array([f"c{k % 12}" for k in range(60)])
    return PartArrays(np.ones(60, bool), called, np.ones(60), clip, UNITS)


def test_no_escape_of_60_parts_in_12_clips_excludes_the_golden_rate():
    found = compute_part_rates(by_part(), ("ok",), is_stated=True)
    assert found.escape_below == pytest.approx(0.112643037034, abs=1e-9)
    assert (found.parts, found.parts_reason) == (UNITS, "")


def test_no_rate_is_excluded_where_one_escaped_or_no_defect_was_labelled():
    assert compute_part_rates(by_part(1), ("ok",), is_stated=True).escape_below is None
    good = replace(by_part(), defect=np.zeros(60, bool))
    assert compute_part_rates(good, ("ok",), is_stated=True).escape_below is None


def test_the_section_says_parts_and_what_no_escape_excludes():
    with use_language("en"):
        found = {"inspection": compute_part_rates(by_part(), ("ok",), is_stated=True)}
        section = build_escape_rate_section(change_report(example_report(), results=found))
        tiles = build_key_figures(change_report(example_report(), results=found)).tiles
    said = " ".join(block.text for block in section.blocks if hasattr(block, "text"))
    assert "Escapes: 0 of 60 labelled parts with a defect" in said
    assert (
        "No labelled part with a defect escaped (60 parts in 12 clips): an escape rate above "
        "11.3% is excluded with 95% confidence (one-sided) for these cameras." in said
    )
    assert "frames that show" not in said
    assert "parts with a defect passed as OK" in tiles[1].under


@pytest.mark.long
@given(
    sizes=st.lists(st.integers(1, 6), min_size=1, max_size=2), data=st.data(),
)  # fmt: skip
def test_the_chance_of_a_part_is_its_share_of_all_draws(sizes, data):
    drawn = [data.draw(st.integers(0, size)) for size in sizes]
    owner = [data.draw(st.lists(st.integers(0, 2), min_size=n, max_size=n)) for n in sizes]
    members = [[row.count(part) for row in owner] for part in range(3)]
    found = compute_part_inclusion(members, sizes, drawn)
    draws = list(product(*(combinations(range(n), k) for n, k in zip(sizes, drawn, strict=True))))
    assert len(draws) == np.prod([comb(n, k) for n, k in zip(sizes, drawn, strict=True)])
    for part in range(3):
        hit = sum(
            any(owner[h][frame] == part for h, frames in enumerate(draw) for frame in frames)
            for draw in draws
        )
        assert found[part] == pytest.approx(hit / len(draws), abs=1e-9)


@given(size=st.integers(2, 8), data=st.data())
def test_weighted_parts_are_as_many_as_there_are_in_the_mean_of_all_draws(size, data):
    """Horvitz–Thompson: the sum of weights over the parts that a draw hits is unbiased."""
    owner = data.draw(st.lists(st.integers(0, 3), min_size=size, max_size=size))
    drawn = data.draw(st.integers(1, size))
    names = sorted(set(owner))
    chance = compute_part_inclusion([[owner.count(name)] for name in names], [size], [drawn])
    weight = dict(zip(names, 1 / chance, strict=True))
    draws = list(combinations(range(size), drawn))
    totals = [sum(weight[name] for name in {owner[k] for k in draw}) for draw in draws]
    assert np.mean(totals) == pytest.approx(len(names), abs=1e-9)


@given(size=st.integers(1, 500), data=st.data())
def test_a_part_of_one_frame_weighs_as_much_as_the_frame(size, data):
    drawn = data.draw(st.integers(1, size))
    assert compute_part_inclusion([[1]], [size], [drawn])[0] == pytest.approx(drawn / size)


def test_parts_of_one_frame_each_give_the_rates_of_frames(labelled):
    set_ok_classes(labelled, ["green"])
    frames = load_escape_rates(labelled)
    set_part_rule(labelled, PartRule("pause", "0.1"))
    parts = load_escape_rates(labelled)
    for name in ("escape", "false_reject", "escape_cameras", "false_reject_cameras"):
        by_part, by_frame = getattr(parts, name), getattr(frames, name)
        assert (by_part.value, by_part.lo, by_part.hi) == pytest.approx(
            (by_frame.value, by_frame.lo, by_frame.hi), abs=1e-9, nan_ok=True
        )
    assert {part.labelled for part in parts.parts.rows} == {1}


@pytest.fixture
def parted(labelled):
    """Its 120 frames show twelve parts, ten frames each."""
    set_ok_classes(labelled, ["green"])
    names = [
        line.frame.frame_id for line in load_field_side(labelled, find_model(labelled)).listing
    ]
    parts = {name: f"P{index // 10:03d}" for index, name in enumerate(names)}
    store_parts(labelled, PartRule("csv", "parts.csv", True), parts)
    return labelled


def test_a_part_is_decided_by_all_its_frames_and_weighed_by_its_chance(parted):
    found = load_escape_rates(parted)
    side, named = load_field_side(parted, find_model(parted)), load_parts(parted)
    labels = side.labels
    truth, said = defaultdict(list), defaultdict(list)
    for pick in side.picks:
        if labels[pick.frame_id].state == "done":
            truth[named[pick.frame_id]].append(labels[pick.frame_id].class_name != "green")
    for name, part in named.items():
        said[part].append(get_called_class(side.answers[name].answer, {})[0] != 1)
    rows = {row.part: row for row in found.parts.rows}
    assert set(rows) == set(truth)
    for part, row in rows.items():
        assert (row.defect, row.rejected) == (any(truth[part]), any(said[part]))
        assert (row.answered, row.labelled, row.called) == (10, len(truth[part]), sum(said[part]))
    assert found.defects == sum(map(any, truth.values()))
    assert found.parts.n_listed == 12
    assert min(row.weight for row in rows.values()) >= 1
    assert found.good + found.defects == len(rows) == found.parts.n_labelled < 20


def test_all_and_at_least_reject_fewer_parts_than_any(parted):
    rejected = []
    for call, least in (("any", 1), ("at_least", 2), ("all", 1)):
        set_part_call(parted, get_part_rule(parted), call, least)
        rows = load_escape_rates(parted).parts.rows
        assert all(
            row.rejected == (row.called >= {"any": 1, "at_least": 2, "all": row.answered}[call])
            for row in rows
        )
        rejected.append(sum(row.rejected for row in rows))
    assert rejected[0] >= rejected[1] >= rejected[2]
    assert rejected[0] > rejected[2]


def test_frames_that_the_list_does_not_name_are_parts_of_their_own(labelled):
    set_ok_classes(labelled, ["green"])
    side = load_field_side(labelled, find_model(labelled))
    first, second = (side.picks[k].frame_id for k in side.labelled[:2].tolist())
    store_parts(labelled, PartRule("csv", "a.csv", True), dict.fromkeys((first, second), "one"))
    rows = {row.part: row for row in load_escape_rates(labelled).parts.rows}
    assert rows["one"].frames == (first, second)
    assert len(rows) == side.labelled.size - 1
    assert {len(row.frames) for name, row in rows.items() if name != "one"} == {1}


@pytest.mark.long
def test_the_report_carries_parts_in_summary_and_sheet(parted):
    report = build_report(parted, "en", NullProgress(), TOLD)
    found = load_escape_rates(parted)
    summary = build_summary(report)["inspection"]
    assert summary["parts"] == {
        "source": "csv", "definition": "parts.csv", "call": "any", "least": 1, "n_listed": 12,
        "n_labelled": found.parts.n_labelled, "n_frames": 10 * found.parts.n_labelled,
        "n_answered": 10 * found.parts.n_labelled, "defect_clips": found.parts.defect_clips,
    }  # fmt: skip
    sheet = build_folder_contents(report)["parts.csv"].decode()
    rows = list(csv.DictReader(io.StringIO(sheet)))
    assert tuple(rows[0]) == PART_COLUMNS
    assert [float(row["weight"]) for row in rows] == [row.weight for row in found.parts.rows]
    assert format_parts_csv(None) == ""


def test_the_terminal_prints_the_rates_by_part(parted):
    found, path = load_escape_rates(parted), parted.path
    parted.close()
    with use_language("en"):
        said = CliRunner().invoke(show_parts_command, [str(path)]).output.splitlines()
    assert said[0] == "12 parts in 120 frames (list parts.csv)."
    assert said[2].startswith("Escape rate by part: ")
    assert said[-1] == (
        f"Escapes: {found.escaped} of {found.defects} labelled parts with a defect; false "
        f"rejects: {found.rejected} of {found.good} labelled good parts."
    )
    document = json.loads(CliRunner().invoke(show_parts_command, [str(path), "--json"]).stdout)
    assert document["rates"]["escaped"] == found.escaped
    assert document["rates"]["parts"]["n_listed"] == 12


@pytest.mark.long
def test_without_parts_no_sheet_is_written(labelled):
    set_ok_classes(labelled, ["green"])
    report = build_report(labelled, "en", NullProgress(), TOLD)
    assert "parts.csv" not in build_folder_contents(report)
    assert build_summary(report)["inspection"]["parts"] is None
