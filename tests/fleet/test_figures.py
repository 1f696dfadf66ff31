"""Figures of a fleet: intervals with sites as clusters, the league table, changes and advice."""

import re
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from fieldcheck.domain.estimate import Estimate
from fieldcheck.fleet import figures
from fieldcheck.fleet.report import build_fleet_page
from fieldcheck.fleet.store import (
    COLUMNS,
    FleetModel,
    FleetRecord,
    ProjectFacts,
    compute_row_hash,
    open_fleet,
    read_fleet,
    store_facts,
)
from fieldcheck.progress import NullProgress
from fieldcheck.report.html_page import render_page
from tests.fleet.fleets import BENCHMARK, SIZES, draw_cells, draw_site_accuracies, make_scorer
from tests.makers import NOW

OLD = FleetModel("old", "m1", 0, False, "accuracy", ("a", "b"), **BENCHMARK)
NEW = FleetModel("new", "m2", 1, True, "accuracy", ("a", "b"), **BENCHMARK)


def make_row(project_id, site, clip, frame, model, correct, **changes):
    cells = {
        "project_id": project_id, "site": site, "visit": "2026-11-02", "month": "2026-11",
        "camera": "left", "location": "", "clip_id": clip, "frame_id": frame,
        "taken_at": "2026-11-02T08:00:00+00:00", "light": "", "model_sha256": model,
        "picked": True, "stratum": "rest", "weight": 2.0, "label": "a", "label_state": "done",
        "prediction": "a" if correct else "b", "confidence": 0.9, "correct": correct, **changes,
    }  # fmt: skip
    row = [cells[name] for name in COLUMNS if name != "row_hash"]
    return (*row, compute_row_hash(row))


def store_sites(fleet, sites, models=(OLD, NEW)):
    """`sites`: name → rows."""
    with open_fleet(fleet) as folder:
        for site, rows in sites.items():
            facts = ProjectFacts(site, site, site, models, (), tuple(rows))
            store_facts(folder, facts, "", None, NullProgress())
    return read_fleet(fleet, figures.compute_fleet_figures)


def make_rows(site, right, n_clips=12, each=8, models=("m2",), **changes):
    """`right(model, clip, index)`: whether that frame is answered correctly."""
    return [
        make_row(
            site, site, f"c{clip}", f"{clip}-{index}", model, right(model, clip, index), **changes
        )
        for model in models
        for clip in range(n_clips)
        for index in range(each)
    ]


@pytest.mark.long
def test_every_site_counts_once_and_the_gap_is_benchmark_minus_field(tmp_path):
    sites = {
        name: make_rows(name, lambda _m, _c, index, wrong=wrong: index >= wrong, n_clips=n)
        for name, wrong, n in (("A", 0, 3), ("B", 2, 40), ("C", 4, 12), ("D", 2, 12))
    }
    (one,) = store_sites(tmp_path / "fleet", sites).class_lists
    assert one.total.scope == "sites"
    assert one.total.field.value == pytest.approx((1 + 0.75 + 0.5 + 0.75) / 4)
    assert one.total.gap.value == pytest.approx(0.97 - 0.75)
    assert [one.sites[index].site for index in (0, -1)] == ["C", "A"]
    assert one.sites[0].score.n_clips == 12


@pytest.mark.long
def test_below_three_sites_the_range_is_for_other_clips(tmp_path):
    sites = {
        name: make_rows(name, lambda _m, _c, index: index > 1, n_clips=n)
        for name, n in (("A", 6), ("B", 2))
    }
    (one,) = store_sites(tmp_path / "fleet", sites).class_lists
    assert (one.total.scope, one.total.n_clips) == ("clips", 8)
    small = next(site for site in one.sites if site.site == "B")
    assert not small.score.gap.measured
    assert small.score.gap.value == pytest.approx(0.22)


@pytest.mark.long
def test_of_two_sites_the_one_that_is_clearly_behind_the_other_is_named(tmp_path):
    def sites(wrong):
        return {
            "A": make_rows("A", lambda _m, _c, index: index > 0),
            "B": make_rows("B", lambda _m, _c, index: index >= wrong),
        }

    (far,) = store_sites(tmp_path / "far", sites(5)).class_lists
    assert [site.site for site in far.sites if site.is_behind] == ["B"]
    assert far.sites[0].behind.value == pytest.approx(4 / 8)
    (near,) = store_sites(tmp_path / "near", sites(1)).class_lists
    assert not any(site.is_behind for site in near.sites)


def test_groups_are_split_and_cameras_belong_to_their_site(tmp_path):
    def halves(site):
        dark = make_rows(site, lambda _m, _c, i: i > 3, 6, light="dark", camera="left")
        bright = make_rows(site, lambda _m, _c, i: True, 6, light="normal", camera="right")
        return dark + [
            (*row[:6], f"r{row[6]}", f"r{row[7]}", *row[8:-1], f"r{row[-1]}") for row in bright
        ]

    (one,) = store_sites(tmp_path / "fleet", {name: halves(name) for name in "ABC"}).class_lists
    light = {group.value: group for group in one.groups["light"]}
    assert list(light) == ["dark", "normal"]
    assert light["dark"].field.value == 0.5
    assert light["normal"].field.value == 1.0
    assert {group.value for group in one.groups["camera"]} == {
        f"{site}: {camera}" for site in "ABC" for camera in ("left", "right")
    }


def test_modes_of_several_sites_stand_apart_from_those_of_one(tmp_path):
    def right(_model, _clip, index):
        return index > 0

    sites = {name: make_rows(name, right, 4) for name in "ABC"}
    odd = make_row("A", "A", "c0", "odd", "m2", False, label="b", prediction="a")
    sites["A"].append(odd)
    (one,) = store_sites(tmp_path / "fleet", sites).class_lists
    (shared,), (single,) = one.shared_modes, one.single_modes
    assert (shared.label, shared.prediction, shared.sites, shared.n) == (
        "a",
        "b",
        ("A", "B", "C"),
        12,
    )
    assert (single.label, single.sites, single.n_sites, single.n_clips) == ("b", ("A",), 1, 1)


@pytest.mark.long
def test_models_are_compared_on_the_same_frames(tmp_path):
    def right(model, clip, index):
        return index > (0 if model == "m2" else 4) or clip == 0

    sites = {name: make_rows(name, right, models=("m1", "m2")) for name in "ABCDEF"}
    sites["F"] = make_rows("F", lambda _m, _c, i: i > 0, models=("m1", "m2"))
    (one,) = store_sites(tmp_path / "fleet", sites).class_lists
    (change,) = one.changes
    assert (change.before, change.after) == ("old", "new")
    by_site = dict(change.sites)
    assert [by_site[name].direction for name in "ABCDEF"] == ["better"] * 5 + [""]
    assert change.fleet.change.value == pytest.approx(5 / 6 * 11 / 12 * 4 / 8)


class ReadColumns(dict):
    """Columns that count how often each is asked for."""

    def __init__(self, columns):
        super().__init__(columns)
        self.asked = Counter()

    def __getitem__(self, name):
        self.asked[name] += 1
        return super().__getitem__(name)


def test_rows_are_searched_once_however_many_models_are_compared():
    """Else every step between two models reads the rows of all sites."""
    records, rows = [], []
    for site in "ABCDEF":
        models = [
            FleetModel(f"{site}{n}", f"{site}{n}", n, n == 2, "accuracy", ("a",)) for n in range(3)
        ]
        records.append(FleetRecord(site, site, site, "", "1", tuple(models), (), ()))
        rows += [(site, site, model.sha256, "c", "f", 1.0, model.newest) for model in models]
    names = ("project_id", "site", "model", "clip", "frame_id", "weight", "correct")
    pairs = ReadColumns(
        {
            name: np.array(column, object)
            for name, column in zip(names, zip(*rows, strict=True), strict=True)
        }
    )
    changes = figures.compare_models(records, pairs)
    assert [change.fleet.change.n for change in changes] == [1] * 12
    assert (pairs.asked["project_id"], pairs.asked["model"]) == (1, 1)


def test_what_is_not_labelled_or_not_decided_is_collected_next(tmp_path):
    rows = make_rows("A", lambda _m, clip, index: clip % 3 > 0 or index > 2)
    rows += make_rows(
        "A", lambda _m, _c, _i: None, 2, label_state="", label="", weight=None, camera="top",
        light="glare", picked=False,
    )  # fmt: skip
    rows = [(*row[:7], f"{row[4]}{row[7]}", *row[8:-1], f"{row[4]}{row[-1]}") for row in rows]
    (one,) = store_sites(tmp_path / "fleet", {"A": rows}).class_lists
    told = [(item.kind, item.what, item.n) for item in one.next]
    assert told[:2] == [("label_camera", "top", 16), ("label_light", "glare", 16)]
    assert told[2][0] == "record_clips"
    assert told[2][2] > 0


@pytest.mark.long
@pytest.mark.parametrize("n_clips", [5, 10])
def test_without_a_benchmark_it_is_run_next_and_no_clips_are_asked_for(tmp_path, n_clips):
    rows = {site: make_rows(site, lambda _m, _c, i: i > 0, n_clips) for site in "AB"}
    unmeasured = store_sites(tmp_path / "fleet", rows, (replace(NEW, benchmark_n=0),))
    (one,) = unmeasured.class_lists
    assert [(item.site, item.kind) for item in one.next] == [
        ("A", "run_benchmark"),
        ("B", "run_benchmark"),
    ]
    page = print_page(unmeasured)
    assert page.count("Run the benchmark with the newest model: the gap requires it.") == 2
    assert "has a verdict" not in page
    assert "Order not measured: fewer than two sites have a gap with a 95% CI." in page
    assert "excludes 0" not in page


@pytest.mark.long
def test_a_site_without_labels_and_benchmark_is_asked_for_both(tmp_path):
    unlabelled = {"label_state": "", "label": "", "weight": None, "picked": False}
    rows = {"A": make_rows("A", lambda _m, _c, _i: None, 3, **unlabelled)}
    for benchmark_n, last in ((0, "run_benchmark"), (2000, "record_clips")):
        model = replace(NEW, benchmark_n=benchmark_n)
        (one,) = store_sites(tmp_path / last, rows, (model,)).class_lists
        assert [item.kind for item in one.next] == ["label_camera", last]


@pytest.mark.long
@pytest.mark.parametrize(
    ("correct", "told"),
    [
        (1810, "Nothing more to collect; undecided: A, B, C, D."),
        (1400, "Nothing more to collect: every site has a verdict."),
    ],
    ids=["gap at its limit", "gap far below it"],
)
def test_sites_have_a_verdict_only_where_they_pass_or_fail(tmp_path, correct, told):
    """Of 8 frames in each clip 7 are correct, where the benchmark has `correct` of 2,000."""
    rows = {site: make_rows(site, lambda _m, _c, i: i > 0, 10) for site in "ABCD"}
    model = replace(NEW, benchmark_correct=correct)
    figures_of_all = store_sites(tmp_path / "fleet", rows, (model,))
    assert figures_of_all.class_lists[0].next == ()
    assert told in print_page(figures_of_all)


def print_page(figures_of_all):
    """The page without what holds values together in a line."""
    page = render_page(build_fleet_page(figures_of_all, "fleet", NOW))
    return re.sub(r"</?span[^>]*>", "", page)


def test_spellings_of_one_name_are_found():
    names = ["Hall 3", "hall-3", "Hall 4", "Werk Süd", "WERK SÜD"]
    assert figures.find_spellings(names) == (("Hall 3", "hall-3"), ("WERK SÜD", "Werk Süd"))


def test_gaps_are_moved_the_further_the_less_their_own_site_says():
    def gap(value, half):
        return Estimate(value, value - half, value + half, 50, 50.0, "mover")

    exact, vague = figures.shrink_gaps([gap(0.1, 0.02), gap(0.3, 0.02), gap(0.5, 0.4)], [20] * 3)[
        1:
    ]
    assert exact.value == pytest.approx(0.3, abs=0.01)
    assert 0.2 < vague.value < 0.4
    (alone,) = figures.shrink_gaps([gap(0.2, 0.1)], [9])
    assert alone.value == pytest.approx(0.2)
    nothing = figures.shrink_gaps([Estimate.not_measured("no_labels")], [0])
    assert not nothing[0].measured


@pytest.mark.long
@pytest.mark.full("fleet_coverage")
def test_the_interval_of_all_sites_covers(counts, evidence):
    """The mean accuracy of sites of very unequal size, with clips that are alike."""
    runs, rng, covered = counts(ci=6, full=1000), np.random.default_rng(36), {}
    for n_sites in (8, 20, 40):
        scorer = make_scorer(n_sites)
        for mean in (0.7, 0.9, 0.97):
            for correlation in (0.0, 0.05, 0.2):
                hits = 0
                for _ in range(runs):
                    accuracies = draw_site_accuracies(rng, n_sites, mean, correlation)
                    cells = draw_cells(rng, accuracies, rng.choice(SIZES, n_sites))
                    estimate = scorer.score_group("", cells).field
                    hits += estimate.lo <= mean <= estimate.hi
                covered[f"{n_sites} sites, {mean}, {correlation}"] = hits / runs
    evidence(runs=runs, lowest=min(covered.values()), covered=covered)
    least = 0.93 if runs >= 1000 else 0.5
    assert {name: share for name, share in covered.items() if share < least} == {}


@pytest.mark.long
@pytest.mark.full("fleet_bad_site")
def test_a_bad_site_is_found_and_harmless_differences_are_not_named(counts, evidence):
    """A site 35 points worse; a site one point worse, and sites that differ in size alone."""
    runs, rng = counts(ci=8, full=300), np.random.default_rng(37)
    found = named = last_small = 0
    for _ in range(runs):
        n_sites = int(rng.choice((8, 20, 40)))
        scorer, sizes = make_scorer(n_sites), rng.choice(SIZES[2:], n_sites)
        accuracies = np.full(n_sites, 0.9)
        sizes[0] = 200
        accuracies[0] = 0.55
        bad = figures.score_sites(scorer, draw_cells(rng, accuracies, sizes))
        found += bad[0].site == "s00" and bad[0].is_behind
        accuracies[0], sizes[1] = 0.89, 12
        harmless = figures.score_sites(scorer, draw_cells(rng, accuracies, sizes))
        named += any(site.is_behind for site in harmless)
        last_small += harmless[0].site == "s01"
    shares = {"found": found / runs, "named": named / runs, "small_first": last_small / runs}
    evidence(runs=runs, **shares)
    assert shares["found"] >= 0.9
    assert shares["named"] <= 0.1
    assert shares["small_first"] <= 0.2
