import ast
import json
from collections import defaultdict
from math import isnan, nan
from pathlib import Path
from typing import get_args

import pytest

from fieldcheck.domain import estimate
from fieldcheck.domain.estimate import Estimate, join_notes
from tests.source import tree


def test_a_value_outside_its_limits_widens_them_and_says_so():
    got = Estimate(0.9, 0.2, 0.8, 40, 40.0, "percentile")
    assert (got.lo, got.hi, got.note) == (0.2, 0.9, "widened")


def test_limits_that_hold_the_value_stay_as_they_are():
    got = Estimate(0.5, 0.4, 0.6, 40, 40.0, "wilson")
    assert (got.lo, got.hi, got.note, got.half_width) == (0.4, 0.6, "", pytest.approx(0.1))


@pytest.mark.parametrize(
    ("n", "status", "note"),
    [(1, "weak", "few_frames"), (9, "weak", "few_frames"), (10, "ok", ""), (0, "ok", "")],
)
def test_fewer_than_ten_frames_make_a_weak_estimate(n, status, note):
    got = Estimate.from_limits(0.5, 0.2, 0.8, n=n, n_eff=float(n), method="wilson")
    assert (got.status, got.note) == (status, note)


def test_nothing_measured_is_never_zero():
    got = Estimate.not_measured("no_labels")
    assert all(isnan(number) for number in (got.value, got.lo, got.hi))
    assert (got.status, got.note, got.n, got.measured) == ("na", "no_labels", 0, False)


def test_an_estimate_survives_the_way_through_json():
    for one in (
        Estimate.from_limits(0.61, 0.512, 0.7, n=100, n_eff=96.5, method="wilson"),
        Estimate.not_measured("too_few_clips", 12, 0.5),
    ):
        there = json.loads(json.dumps(one.to_json(), allow_nan=False))
        assert Estimate.from_json(there).to_json() == one.to_json()


def test_what_was_not_measured_equals_itself_and_nothing_else():
    one, other = (Estimate.not_measured("no_labels", 3, float(text)) for text in ("nan", "NaN"))
    assert one == other
    assert hash(one) == hash(other)
    assert one != Estimate.not_measured("no_labels", 4)
    assert one != Estimate.not_measured("too_few_clips", 3)
    assert one != Estimate.not_measured("no_labels", 3, 0.5)
    measured = Estimate.from_limits(0.5, 0.4, 0.6, n=20, n_eff=20.0, method="wilson")
    assert measured != Estimate.from_limits(0.5, 0.4, 0.7, n=20, n_eff=20.0, method="wilson")
    assert measured not in ((0.5, 0.4, 0.6, 20.0, 20, "wilson", "ok", ""), None)


def test_not_a_number_is_none_in_json():
    found = Estimate.not_measured("no_labels").to_json()
    assert (found["value"], found["lo"], found["hi"], found["n_eff"]) == (None, None, None, 0.0)


@pytest.mark.parametrize("wrong", [{"status": "fine"}, {"n": -1}, {"value": nan}, {"lo": nan}])
def test_values_that_make_no_estimate_are_refused(wrong):
    fine = {
        "value": 0.5, "lo": 0.4, "hi": 0.6, "n": 20, "n_eff": 20.0, "method": "wilson",
        "status": "ok", "note": "",
    }  # fmt: skip
    with pytest.raises(ValueError, match=r"status|negative|not a number"):
        Estimate(**{**fine, **wrong})


def test_a_weakened_estimate_keeps_its_numbers_and_never_becomes_measured():
    weak = Estimate.from_limits(0.5, 0.4, 0.6, n=20, n_eff=20.0, method="wilson")
    assert weak.with_weak_status("interim").status == "weak"
    expected = "no_labels+interim"
    assert Estimate.not_measured("no_labels").with_weak_status("interim").note == expected
    assert Estimate.not_measured("no_labels").with_weak_status("interim").status == "na"


def test_a_note_stands_once():
    assert join_notes("few_frames", "", "widened+few_frames") == "few_frames+widened"


# Codes are declared once: a second list of the same ones is where the two would come apart.

PACKAGE = Path(__file__).parent.parent.parent / "fieldcheck"


def literal_codes():
    """Module and name of each alias of string literals, by its codes."""
    found = defaultdict(list)
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in tree(path).body:
            if not isinstance(node, ast.Assign) or not isinstance(node.value, ast.Subscript):
                continue
            if ast.unparse(node.value.value) == "Literal" and isinstance(
                codes := ast.literal_eval(node.value.slice), tuple
            ):
                found[frozenset(codes)].append(
                    f"{path.relative_to(PACKAGE).as_posix()}: {node.targets[0].id}"
                )
    return found


@pytest.mark.long
def test_no_list_of_codes_is_declared_twice():
    assert [places for places in literal_codes().values() if len(places) > 1] == []


def test_what_cannot_be_judged_is_neither_passed_nor_failed():
    for codes in (estimate.Verdict, estimate.CheckState):
        assert {"pass", "fail"} < set(get_args(codes))
    assert not {"pass", "fail"} & set(get_args(estimate.Readiness))


@pytest.mark.long
def test_other_clips_are_never_known_better_than_this_footage():
    camera = Estimate.from_limits(0.8, 0.7, 0.88, n=60, n_eff=60.0, method="beta_binomial_clips")
    footage = Estimate.from_limits(0.8, 0.72, 0.9, n=60, n_eff=60.0, method="wilson")
    wider = camera.widen_to(footage)
    assert (wider.lo, wider.hi, wider.value, wider.method) == (0.7, 0.9, 0.8, camera.method)
    assert wider.widen_to(footage) is wider
    nothing = Estimate.not_measured("no_labels")
    assert camera.widen_to(nothing) is camera
    assert nothing.widen_to(footage) is nothing
