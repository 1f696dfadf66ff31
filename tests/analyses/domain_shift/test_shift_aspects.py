from dataclasses import replace
from math import nan

import pytest

from fieldcheck.analyses.domain_shift_result import Aspect, ShiftAspects
from tests.analyses.domain_shift.test_domain_shift_section import (
    area,
    cause,
    judged,
    report,
    said,
    shift,
)


def aspects(told="told", leading=("time",), shown=("time",), **changes):
    rows = {
        "time": area(0.96, 0.9, 0.99),
        "spectrum": area(0.9, 0.8, 0.95),
        "place": area(0.55, 0.4, 0.7),
    }
    found = ShiftAspects(
        told=told,
        leading=leading,
        aspects=tuple(
            Aspect(name, auc, auc.value + 0.01, 0.5, 0.68, name in shown)
            for name, auc in rows.items()
        ),
        unmasked=area(0.97, 0.93, 0.99),
        masked=area(0.96, 0.91, 0.99),
        fell=area(0.01, -0.02, 0.03),
        marked=0.016,
        order=0.6,
        order_p=0.4,
        n_frames=120,
        n_clips=12,
        n_pictures=400,
    )
    return replace(found, **changes)


OVERLAY = {
    "told": "overlay",
    "leading": (),
    "shown": (),
    "masked": area(0.58, 0.4, 0.7),
    "fell": area(0.39, 0.25, 0.5),
}


def test_the_kind_of_shift_is_named_with_its_range():
    found = said(report(shift(aspects=aspects())))
    assert (
        "Thumbnail AUC: 0.96 (0.91–0.99) with borders, time stamps and logos masked, 0.97 "
        "(0.93–0.99) unmasked."
    ) in found
    assert any(
        one.startswith("Demonstrated shift of time: AUC 0.96 (0.90–0.99) exceeds chance")
        for one in found
    )
    second = said(
        report(shift(aspects=aspects(leading=("time", "spectrum"), shown=("time", "spectrum"))))
    )
    assert any(one.endswith("Also demonstrated, with less effect: spectrum.") for one in second)


def test_kinds_that_tell_as_much_cannot_be_told_apart():
    found = said(report(shift(aspects=aspects("confounded", (), ("time", "spectrum")))))
    assert any(
        (
            "cannot be separated: none of time, spectrum distinguishes field and benchmark "
            "significantly"
        )
        in one
        for one in found
    )
    assert any(
        one.startswith("No type of shift reported")
        for one in said(report(shift(aspects=aspects("none", (), ()))))
    )
    few = aspects("too_few_clips", (), (), order=nan, order_p=nan)
    assert any(
        "cannot be separated: fewer than four clips" in one
        for one in said(report(shift(aspects=few)))
    )


def test_a_time_stamp_is_no_domain_shift():
    found = report(shift(causes=[cause()], aspects=aspects(**OVERLAY)))
    text = said(found)
    assert any(
        one.startswith("No domain shift demonstrated beyond borders, time stamps or logos")
        for one in text
    )
    assert any("falls from 0.97 (0.93–0.99) to 0.58 (0.40–0.70)" in one for one in text)
    assert not any(one.startswith("Darker") for one in text)
    assert judged(found) == ("pass", 0.58)
    part = said(
        report(shift(aspects=aspects(masked=area(0.85, 0.8, 0.9), fell=area(0.12, 0.02, 0.2))))
    )
    assert any(
        one.startswith("Borders, time stamps or logos explain part of the difference")
        for one in part
    )


@pytest.mark.parametrize(
    ("order", "p", "first"),
    [
        (0.9, 0.01, "Brightness increased over the clips"),
        (0.1, 0.01, "Brightness decreased over the clips"),
        (0.6, 0.4, "No trend in brightness over the clips"),
    ],
)
def test_the_order_of_the_light_is_told(order, p, first):
    assert any(
        one.startswith(first)
        for one in said(report(shift(aspects=aspects(order=order, order_p=p))))
    )
