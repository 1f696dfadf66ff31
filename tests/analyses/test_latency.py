from dataclasses import replace

import jsonschema

from fieldcheck import paths
from fieldcheck.analyses.blocks import Pairs, Paragraph, Table
from fieldcheck.analyses.latency import build_latency_section, load_latency_result
from fieldcheck.latency.latency_run import LatencyRequest, run_latency
from fieldcheck.progress import NullProgress
from fieldcheck.report.folder import build_summary
from fieldcheck.safe_json_yaml import parse_json
from tests.latency.made import FOUND, MEMORY
from tests.makers import NOW
from tests.report.example_report import change_report, example_report


def told(found):
    return change_report(example_report(), results={"latency": found})


def test_without_a_run_the_section_says_so():
    expected = "Latency not measured."
    assert build_latency_section(None).blocks[0].text.startswith(expected)


def test_stages_and_the_machine_stand_in_tables():
    blocks = build_latency_section(FOUND).blocks
    (table,) = [one for one in blocks if isinstance(one, Table)]
    assert [cell.text for cell in table.rows[3]] == ["forward pass", "4.0", "4.0", "20%"]
    (pairs,) = [one for one in blocks if isinstance(one, Pairs)]
    assert dict(pairs.rows)["CPU"] == "Atom x6425E"
    assert dict(pairs.rows)["Energy"] == "not available"


def test_the_five_largest_activations_stand_in_a_table():
    blocks = build_latency_section(replace(FOUND, graph=MEMORY)).blocks
    (_, table) = [one for one in blocks if isinstance(one, Table)]
    assert [[cell.text for cell in row] for row in table.rows] == [
        ["Conv", "c1", "1 × 16 × 208 × 208", "2.77", "33%"],
        ["Concat", "c2", "1 × 12 × 208 × 208", "2.08", "25%"],
    ]
    said = [one.text for one in blocks if isinstance(one, Paragraph)]
    assert "904,467 parameters, 3.62 MB." in said
    assert not any(one.startswith("Largest activations") for one in said), "they stand in the table"


def test_the_summary_holds_the_run_and_fits_its_schema():
    found = build_summary(told(replace(FOUND, graph=MEMORY)))
    assert found["latency"]["graph"]["peak"] == 8_310_000
    assert found["latency"]["total"]["p99_ms"] == 48.0
    jsonschema.validate(
        found, parse_json(paths.get_resource_path("report/summary.schema.json").read_text("utf-8"))
    )


def test_the_newest_run_of_the_model_as_it_is_used_stands_in_the_report(footed, empty, monkeypatch):
    monkeypatch.setattr("fieldcheck.latency.frame_timing.WARM_UP_S", 0.1)
    assert load_latency_result(empty) is None
    for seconds in (0.1, 0.3):
        last = run_latency(footed, LatencyRequest(seconds), NullProgress(), NOW).latency
    assert load_latency_result(footed).to_json() == last.to_json()
