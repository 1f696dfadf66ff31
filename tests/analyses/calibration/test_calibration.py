from fieldcheck.analyses.temperature_scaling import Calibration


def test_a_side_that_was_not_measured_is_none():
    assert Calibration("frame", (), None, ()).get_side("field") is None
