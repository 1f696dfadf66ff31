from fieldcheck.analyses.releases import build_quantised_section
from fieldcheck.i18n import language
from fieldcheck.report.folder import build_summary
from tests.models.test_messages import FOUND
from tests.report.example_report import example_report


def test_what_it_costs_and_buys_stands_in_a_section():
    with language.use_language("en"):
        blocks = build_quantised_section(example_report(quantised=FOUND)).blocks
    assert "26%" in blocks[1].text
    table = blocks[3]
    expected = ["Field", "100", "61.0% (51.2–70.0%)", "58.0% (48.2–67.2%)"]
    assert [cell.text for cell in table.rows[0]] == expected
    assert blocks[4].text.startswith("Field: Change: −3.0 pp")


def test_where_none_was_measured_that_is_said():
    with language.use_language("en"):
        expected = "No INT8 quantised model measured"
        assert expected in build_quantised_section(example_report()).blocks[0].text


def test_the_summary_holds_every_figure():
    told = build_summary(example_report(quantised=FOUND))["quantised"]
    assert (told["bytes_after"], told["time"]["value"]) == (2_200_000, 0.5)
    assert (told["field"]["p"], told["benchmark"]) == (0.453, None)
    assert build_summary(example_report())["quantised"] is None
