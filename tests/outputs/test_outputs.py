"""The safety line of every move and rename: what the product prints for six projects is the same to
the byte.

On another processor than that of the expected outputs the last digits of sums are left out.
"""

import json
import re

import pytest

from tests.outputs.program import forked_commands
from tests.outputs.projects import PROJECTS, outputs_of
from tests.outputs.stored import EXPECTED, compared, processor, read
from tests.outputs.test_one_value import assert_one_value_each, read_pdf

SHORT = ("nine_labels",)  # the smallest stands for the others where time is short


@pytest.fixture(scope="module")
def forking():
    """Commands of all walks fork from one program: it loads for four seconds."""
    with forked_commands() as made:
        yield made


@pytest.mark.parametrize(
    "name",
    [name if name in SHORT else pytest.param(name, marks=pytest.mark.long) for name in PROJECTS],
)
def test_the_product_prints_what_it_printed(name, tmp_path, forking):
    found = compared(read(EXPECTED / name), outputs_of(name, tmp_path, forking), processor())
    assert not found, (
        f"{name} differs; where that is meant, `python -m tests.outputs {name}` stores it "
        f"anew\n{found}"
    )
    papers = sorted(tmp_path.glob("report/**/report.pdf"))
    assert bool(papers) == (EXPECTED / name / "report").exists()
    for paper in papers:
        summary = json.loads((paper.parent / "summary.json").read_text("utf-8"))
        text = read_pdf(paper)
        few = summary["field"]["n_labelled"] < 10 or summary["gap"]["value"] is None
        assert few or re.search(r"\bField \d", text), "the headline is read"
        assert_one_value_each(text, summary)


def test_a_difference_is_told_file_by_file():
    expected = {"a.txt": "one\ntwo\n", "b.json": '{"ssim": 0.72357957}', "c.txt": "x\n"}
    now = {"a.txt": "one\nthree\n", "b.json": '{"ssim": 0.72357941}', "d.txt": "x\n"}
    told = compared({**expected, "processor.txt": "here"}, now, "here").splitlines()
    assert told[:2] == ["missing: c.txt", "not expected: d.txt"]
    assert {"-two", "+three", '+{"ssim": 0.72357941}'} <= set(told)


def test_on_another_processor_a_number_may_be_a_little_apart_and_nothing_else():
    expected = {
        "processor.txt": "there",
        "a.json": '"ssim": 0.72357957, "value": 0.6848958333333334',
    }
    near = {"a.json": '"ssim": 0.72357941, "value": 0.6848958333333331'}
    assert not compared(expected, near, "here")
    assert compared(expected, {"a.json": '"ssim": 0.72357941, "value": 0.6858958333333331'}, "here")
    assert compared(expected, {"a.json": '"SSIM": 0.72357957, "value": 0.6848958333333334'}, "here")
    off = {"a.json": '"ssim": 0.72357941, "value": 0.6848958333333334'}
    assert compared(expected, off, "there")
