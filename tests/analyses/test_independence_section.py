from dataclasses import replace

from fieldcheck.analyses.independence import (
    DuplicatePair,
    Independence,
    LeakCount,
    SourceScore,
    build_independence_section,
    list_independence_warnings,
)
from fieldcheck.domain.estimate import Estimate
from fieldcheck.report.summary_page import list_limitations
from tests.report.example_report import estimate, example_report

FOUND = Independence(
    (
        LeakCount("benchmark_within", 1, 400, (DuplicatePair("a.png", "b.png"),)),
        LeakCount("benchmark_field", 0, 400),
        LeakCount(
            "benchmark_training", 12, 400,
            tuple(DuplicatePair(f"{k}.png", f"t{k}.png") for k in range(12)),
        ),
        LeakCount("field_training", 0, 900),
    ),
    False, 5000, 3, estimate(0.97, 0.95, 0.98, 400), estimate(0.96, 0.94, 0.98, 388),
    estimate(1.0, 0.76, 1.0, 12),
    (
        SourceScore("IMG", estimate(0.9, 0.8, 0.95, 100)),
        SourceScore("", estimate(0.99, 0.97, 1.0, 300)),
    ),
    ("net",), 0, 100,
)  # fmt: skip


def report(found):
    return replace(example_report(), facts={"independence": found})


def words(found):
    return [
        block.text
        for block in build_independence_section(report(found)).blocks
        if hasattr(block, "text")
    ]


def test_more_than_two_percent_leaked_stands_on_the_first_page():
    (line,) = list_independence_warnings(report(FOUND))
    expected = "Benchmark images in the training folder: 12 of 400 (3.0%) are near-duplicates"
    assert line.startswith(expected)
    assert line in list_limitations(report(FOUND))
    eight = replace(FOUND, leaks=(LeakCount("benchmark_training", 8, 400),))
    assert list_independence_warnings(report(eight)) == []  # two percent is not more than two


def test_a_worn_out_sample_and_exported_labels_stand_there_too():
    found = replace(FOUND, leaks=None, looks=("a", "b", "c"), exported=7)
    lines = list_independence_warnings(report(found))
    assert lines[0].endswith("a new sample.")
    assert lines[1].startswith("7 of 100 labelled frames were exported for training")


def test_counts_pairs_and_both_scores_stand_in_the_section():
    tables = [
        block
        for block in build_independence_section(report(FOUND)).blocks
        if hasattr(block, "rows")
    ]
    rows = [[cell.text for cell in row] for row in tables[0].rows]
    assert rows[2] == ["Benchmark images in the training folder", "12", "400", "3.0%"]
    expected = ["97% (95–98%, n = 400)", "96% (94–98%, n = 388)", "100% (76–100%, n = 12)"]
    assert [row[1].text for row in tables[1].rows] == expected
    assert [row[0].text for row in tables[2].rows] == ["IMG", "no name"]
    assert "Within the benchmark: a.png ≈ b.png" in words(FOUND)
    assert any(line.endswith("7.png ≈ t7.png …") for line in words(FOUND))


def test_what_was_not_looked_for_is_said():
    assert words(replace(FOUND, leaks=None))[0].startswith("Near-duplicates not searched yet")
    assert any("No training folder given" in line for line in words(replace(FOUND, training=None)))
    assert any(
        "The training folder is missing or contains no images." in line
        for line in words(replace(FOUND, training=0))
    )
    assert any("changed since" in line for line in words(replace(FOUND, outdated=True)))
    # a run looks for nothing
    assert all(
        "(Report)" in words(replace(FOUND, **what))[0]
        for what in ({"leaks": None}, {"outdated": True})
    )
    (block,) = build_independence_section(example_report()).blocks
    assert block.text.startswith("Not measured")


def test_nothing_leaked_has_no_second_score():
    none = replace(
        FOUND,
        leaks=(LeakCount("benchmark_within", 0, 400),),
        leaked=Estimate.not_measured("no_labels"),
        sources=(),
    )
    actual = len(
        [
            block
            for block in build_independence_section(report(none)).blocks
            if hasattr(block, "rows")
        ]
    )
    assert actual == 1
