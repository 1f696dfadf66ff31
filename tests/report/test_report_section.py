from dataclasses import dataclass, replace

from fieldcheck.analyses.blocks import Section
from fieldcheck.report.section import ReportSection
from tests.report.example_report import example_report


@dataclass(frozen=True)
class Weather:
    cloudy: bool


WEATHER = ReportSection(
    "weather",
    lambda report: Section("weather", "", "", ()),
    lambda report: {"line": report.line},
    facts=Weather,
)


def test_facts_stand_under_the_sections_key_beside_its_own_keys():
    report = replace(example_report(), line="4", facts={"weather": Weather(cloudy=True)})
    assert WEATHER.to_document(report) == {"line": "4", "weather": {"cloudy": True}}


def test_facts_that_were_not_found_are_null():
    assert WEATHER.to_document(replace(example_report(), line="4", facts=None))["weather"] is None


def test_a_section_without_facts_has_no_key_for_them():
    plain = ReportSection("weather", WEATHER.blocks)
    assert plain.to_document(example_report()) == {}
