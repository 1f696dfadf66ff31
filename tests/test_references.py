"""The product's figures beside other people's libraries, asked in an environment of their own. Run
by `packaging/test.sh --references`."""

import os
import subprocess
from pathlib import Path

import numpy as np
import pytest

from fieldcheck.stats.agreement import find_label_noise
from fieldcheck.stats.wilson_interval import StratumCount, estimate_stratified
from tests.counts import Counts, Evidence
from tests.coverage import (
    DESIGNS,
    WEIGHED,
    CellResult,
    as_figures,
    cells,
    held,
    shortfalls,
    simulate,
    visits,
)

CHECKOUT = Path(__file__).parents[1]
ASK = CHECKOUT / "packaging" / "references" / "ask.py"


@pytest.fixture
def ask(tmp_path):
    """`ask(question, **arrays)`: what the reference libraries answer, as arrays by name."""
    python = os.environ.get("FIELDCHECK_REFERENCES")
    if not python:
        pytest.skip("only in the share of references: packaging/test.sh --references")

    def asked(question, **arrays):
        np.savez(tmp_path / "in.npz", **arrays)
        command = [python, ASK, question, tmp_path / "in.npz", tmp_path / "out.npz"]
        subprocess.run(command, check=True)
        with np.load(tmp_path / "out.npz") as answer:
            return dict(answer)

    return asked


def test_suspects_are_those_of_cleanlab(ask):
    """Confident learning flags the same labels on random answers (methods 9)."""
    rng = np.random.default_rng(4)
    for _ in range(5):
        labels = rng.integers(0, 4, 200)
        probability = rng.dirichlet(np.ones(4), 200)
        probability[np.arange(200), labels] += rng.random(200)
        probability /= probability.sum(axis=1, keepdims=True)
        theirs = ask("suspects", labels=labels, probability=probability)["flagged"]
        assert np.array_equal(find_label_noise(labels, probability).flagged, theirs)


def test_a_share_by_strata_has_the_value_of_glide(ask):
    rng = np.random.default_rng(5)
    for _ in range(5):
        right, stratum = rng.random(100) < 0.8, np.repeat([0, 1, 2], [20, 30, 50])
        listed = rng.integers(50, 500, 3)
        theirs = ask(
            "stratified", right=right.astype(float), stratum=stratum, share=listed / listed.sum()
        )["value"]
        counts = [
            StratumCount(int(right[stratum == k].sum()), int((stratum == k).sum()), int(listed[k]))
            for k in range(3)
        ]
        assert estimate_stratified(counts).value == pytest.approx(float(theirs), abs=1e-12)


def test_peers_in_the_cells_of_the_coverage_study(ask):
    """GLIDE's clusters and ssepy's strata on the very visits of the product: how often each holds
    the truth is told, not asked of them."""
    runs = 400
    ours = [simulate(cell, runs) for cell in cells()]
    told = {"ours": ours, "glide_clusters": [], "ssepy_strata": []}
    for design, sizes in DESIGNS.items():
        of_design = [cell for cell in cells() if cell.design == design]
        drawn = [visit for cell in of_design for visit in visits(cell, runs)]
        right = np.array([one[0] for one in drawn], float)
        weight = np.array([one[1] for one in drawn])
        for name, limits in ask("camera", right=right, weight=weight, clip=drawn[0][2]).items():
            if name == "glide_clusters" and design == WEIGHED:
                continue  # its clusters know no weights
            for cell, theirs in zip(of_design, np.split(limits, len(of_design)), strict=True):
                told[name].append(
                    CellResult(
                        design, cell.accuracy, cell.icc, len(sizes), *held(theirs, cell),
                        *older(told["ours"], cell),
                    )
                )  # fmt: skip
    record = Evidence("coverage_peers", Counts(full=True, told=[runs]))
    record(
        lowest={name: min(one.coverage for one in results) for name, results in told.items()},
        below={
            name: f"{len(shortfalls(results))} of {len(results)}" for name, results in told.items()
        },
        cells={name: as_figures(results) for name, results in told.items()},
    )
    record.write(CHECKOUT)
    assert min(one.coverage for one in told["ours"]) >= 0.93 - 3 * (0.07 * 0.93 / runs) ** 0.5


def older(ours, cell):
    """Coverage and width of the older interval in a cell."""
    (found,) = (
        one
        for one in ours
        if (one.design, one.accuracy, one.icc) == (cell.design, cell.accuracy, cell.icc)
    )
    return found.older_coverage, found.older_width
