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

from fieldcheck.analyses.escape_rate import (
    PART_COLUMNS,
    PartArrays,
    build_escape_rate_section,
    compute_part_rates,
    format_parts_csv,
    load_escape_rates,
)
from fieldcheck.cli.footage import show_parts_command
from fieldcheck.domain.frame import PartRule
from fieldcheck.domain.report import PartUnits
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
from fieldcheck.stats.cluster import compute_part_inclusion
from tests.report.example_report import change_report, example_report

UNITS = PartUnits("pattern", "{part}_*", "any", 1, 60, 60, 180, 180, 12)
TOLD = "2026-11-26T12:00:00+01:00"


def by_part(escaped=0):
    """Sixty parts with a defect in twelve clips, of which that many passed."""
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
    first, second = (side.picks[k].frame_id for k in side.at[:2].tolist())
    store_parts(labelled, PartRule("csv", "a.csv", True), dict.fromkeys((first, second), "one"))
    rows = {row.part: row for row in load_escape_rates(labelled).parts.rows}
    assert rows["one"].frames == (first, second)
    assert len(rows) == side.at.size - 1
    assert {len(row.frames) for name, row in rows.items() if name != "one"} == {1}


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


def test_without_parts_no_sheet_is_written(labelled):
    set_ok_classes(labelled, ["green"])
    report = build_report(labelled, "en", NullProgress(), TOLD)
    assert "parts.csv" not in build_folder_contents(report)
    assert build_summary(report)["inspection"]["parts"] is None
