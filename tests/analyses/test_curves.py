from fieldcheck.analyses.precision_recall import Unlikeness, UnlikenessStep


def test_a_stretch_holds_its_quartiles():
    step = UnlikenessStep(0, 9, "", 0.2, 0.1, 0.4)
    assert Unlikeness((step,), 10, 20, 0.3, True).steps[0].low <= step.middle <= step.high
