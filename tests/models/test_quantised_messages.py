from dataclasses import replace

from fieldcheck.domain.estimate import Estimate
from fieldcheck.domain.run import PairedChange, QuantisedModel
from fieldcheck.models.messages import list_quantised_lines
from fieldcheck.stats.intervals import estimate_bonett_price, estimate_wilson

CHANGE = PairedChange(
    estimate_wilson(61, 100), estimate_wilson(58, 100), estimate_bonett_price(2, 5, 100), 0.453
)
RATIO = Estimate.from_limits(0.5, 0.45, 0.55, n=60, n_eff=60.0, method="bootstrap_median")
FOUND = QuantisedModel(
    "net", "exports/net.int8.onnx", 100, 8_400_000, 2_200_000, 12.0, 6.0, RATIO, CHANGE, None
)


def test_cost_and_gain_stand_line_by_line():
    lines = list_quantised_lines(FOUND)
    assert lines[0] == "net in INT8, calibrated on 100 field frames."
    assert lines[1] == "Size: 8.40 MB before, 2.20 MB after (26%)."
    assert "12.00 ms before, 6.00 ms after, 0.50× (0.45 to 0.55)" in lines[2]
    expected = "Field: 61.0% correct before, 58.0% after, on the same 100 images. Change: −3.0 pp"
    assert lines[3].startswith(expected)
    assert "No difference demonstrated" in lines[3]
    assert lines[-1] == "Quantised model: exports/net.int8.onnx"


def test_times_that_do_not_stand_in_their_ratio_are_told_to_be_measured_again():
    assert "busy" not in list_quantised_lines(FOUND)[2]
    expected = "measure again when idle."
    assert list_quantised_lines(replace(FOUND, ms_after=9.0))[2].endswith(expected)


def test_nothing_labelled_is_said():
    assert "Field: no labels yet." in list_quantised_lines(replace(FOUND, field=None))
