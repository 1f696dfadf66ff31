from dataclasses import replace

from fieldcheck.analyses.discovered_slices import (
    DiscoveredSlice,
    Discovery,
    TreeSplit,
    build_discovered_section,
)
from tests.report.example_report import example_report

PATH = (TreeSplit("brightness", False, 41.2), TreeSplit("condition=glare", True, 0.5))
LEAF = DiscoveredSlice(PATH, 9, 14, 4, 6, 86, 0.001, 0.01, True)


def said(found):
    return [
        block.text
        for block in build_discovered_section(
            replace(example_report(), facts={"discovered": found})
        ).blocks
    ]


def test_a_shown_slice_stands_in_a_sentence_with_both_counts():
    (line,) = said(Discovery("", 200, 15, (LEAF,)))
    assert line.startswith(
        "▲ wrong in 9 of 14 frames with luma at most 41 and condition: glare (elsewhere 6 of "
        "86; 4 clips)"
    )
    assert line.endswith("on held-out clips.")


def test_an_idea_is_called_an_idea():
    lines = said(Discovery("", 200, 15, (replace(LEAF, shown=False),)))
    assert lines[0].startswith("No slice found")
    assert lines[1].startswith("Candidate slice, not demonstrated: wrong in 9 of 14")


def test_why_nothing_was_looked_for():
    expected = ["Not searched: requires 60 labelled frames; available: 59."]
    assert said(Discovery("frames", 59, 9, ())) == expected
    expected = ["Not searched: requires 8 errors; available: 3."]
    assert said(Discovery("errors", 90, 3, ())) == expected
    assert said(Discovery("clips", 90, 9, ())) == ["Not searched: requires 4 clips."]
    assert said(None)[0].startswith("Not searched: no labelled frame")
