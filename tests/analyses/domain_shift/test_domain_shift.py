from dataclasses import replace

from fieldcheck.analyses.domain_shift_result import Aspect, Cause, DomainShift, ShiftAspects
from fieldcheck.domain.estimate import Estimate


def test_named_causes_keep_their_order_and_survive_storing():
    auc = Estimate.from_limits(0.9, 0.8, 0.95, n=40, n_eff=8.0, method="bootstrap_clips")
    causes = (Cause("brightness", auc, 41.0, 118.0, True), Cause("noise", auc, 3.0, 2.0, False))
    nan = float("nan")
    found = DomainShift(
        "statistics", auc, 0.8, 0.9, nan, nan, nan, "alarm", False, causes, 40, 8, 100, ("a.png",),
        ("f1",),
    )  # fmt: skip
    assert [one.name for one in found.named_causes] == ["brightness"]
    again = DomainShift.from_json(found.to_json())
    assert again.to_json() == found.to_json()
    assert again.named_causes == found.named_causes


def test_the_shift_is_judged_by_what_is_left_where_only_an_overlay_told():
    auc, less = (
        Estimate.from_limits(value, value - 0.1, value, n=40, n_eff=8.0, method="bootstrap_clips")
        for value in (0.95, 0.6)
    )
    rows = (Aspect("time", less, 0.9, 0.5, 0.7, False),)
    aspects = ShiftAspects("overlay", (), rows, auc, less, auc, 0.01, 0.5, float("nan"), 40, 8, 100)
    found = DomainShift(
        "statistics", auc, 0.8, 0.9, 0.5, 0.6, 0.01, "alarm", False, (), 40, 8, 100, ("a.png",),
        ("f1",), aspects,
    )  # fmt: skip
    assert found.judged_auc == less
    assert (
        replace(found, aspects=replace(aspects, told="told")).judged_auc
        == replace(found, aspects=None).judged_auc
        == auc
    )
    assert DomainShift.from_json(found.to_json()).to_json() == found.to_json()


def test_what_was_stored_before_there_were_aspects_is_read():
    auc = Estimate.from_limits(0.9, 0.8, 0.95, n=40, n_eff=8.0, method="bootstrap_clips")
    found = DomainShift(
        "statistics", auc, 0.8, 0.9, 0.5, 0.6, 0.01, "alarm", False, (), 40, 8, 100, ("a.png",),
        ("f1",),
    )  # fmt: skip
    stored = {name: value for name, value in found.to_json().items() if name != "aspects"}
    assert DomainShift.from_json(stored) == found
