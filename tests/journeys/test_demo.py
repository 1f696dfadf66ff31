"""The demo, as the README promises it: one command, one sentence, one report, and no network."""

import csv
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest

from fieldcheck import resources
from tests.journeys.program import Program


@pytest.fixture(scope="module")
def walked(tmp_path_factory):
    """The demo's folder and what it printed, walked once."""
    folder = tmp_path_factory.mktemp("demo")
    outcome = Program(folder / "home")("demo", folder / "sample", "--headless")
    assert outcome.code == 0, outcome.err
    return folder / "sample", outcome


def report_of(outcome):
    return json.loads((folder_of(outcome) / "summary.json").read_text(encoding="utf-8"))


def folder_of(outcome):
    """The report's folder, from the path that the demo printed."""
    return Path(re.search(r"\S+report\.html", outcome.out).group()).parent


def test_the_demo_prints_the_gap_with_its_interval_and_the_path_of_the_report(walked):
    _, outcome = walked
    sentence, path = outcome.out.strip().splitlines()
    assert re.fullmatch(r"Benchmark [\d.]+% → Field [\d.]+% \(\d+–\d+%\).* Gap \d+ pp \(-?\d+–\d+\)\..*", sentence)
    assert path.endswith("report.html")
    assert outcome.err == ""


def test_the_summary_fits_its_schema_and_says_the_same_numbers(walked):
    _, outcome = walked
    summary = report_of(outcome)
    jsonschema.validate(summary, json.loads(resources.path("report/summary.schema.json").read_text(encoding="utf-8")))
    gap = summary["gap"]
    assert gap["lo"] <= gap["value"] <= gap["hi"]
    assert gap["value"] == pytest.approx(summary["benchmark"]["score"]["value"] - summary["field"]["footage"]["value"])
    assert summary["field"]["n_labelled"] == 100
    assert summary["field"]["camera"] is not None
    assert f"Gap {round(100 * gap['value'])} pp" in gap["sentence"]


def test_every_listed_frame_stands_in_frames_csv_and_weights_add_up_to_the_list(walked):
    folder, outcome = walked
    with (folder_of(outcome) / "frames.csv").open(newline="", encoding="utf-8") as text:
        rows = list(csv.DictReader(text))
    weights = [float(row["weight"]) for row in rows if row["label_state"] == "done"]
    assert len(weights) == 100
    assert sum(weights) == pytest.approx(len(rows))
    assert all((folder / "sample.fieldcheck" / row["file"]).is_file() for row in rows if row["picked"] == "1")


def test_the_page_says_that_the_sample_is_rendered(walked):
    _, outcome = walked
    assert "rendered" in (folder_of(outcome) / "report.html").read_text(encoding="utf-8")


def test_the_report_says_what_an_int8_copy_of_the_samples_model_costs_and_buys(program, walked, tmp_path):
    project = shutil.copytree(walked[0] / "sample.fieldcheck", tmp_path / "sample.fieldcheck")
    document = program.document("model", "quantise", project, "model")
    assert document["bytes_after"] < 0.5 * document["bytes_before"]
    assert document["n_calibrated"] == 100
    assert (project / document["file"]).stat().st_size == document["bytes_after"]
    report = program.document("report", project)
    summary = json.loads((Path(report["report"]) / "summary.json").read_text("utf-8"))["quantised"]
    for side, n in (("field", 100), ("benchmark", 200)):
        change = summary[side]["change"]
        assert change["n"] == n
        assert change["lo"] <= change["value"] <= change["hi"]
        assert change["value"] > -0.1  # it is a small network with its first and last layers in int8 too
    page = (Path(report["report"]) / "report.html").read_text("utf-8")
    section = page[page.index('id="lighter"') :].partition("</section>")[0]
    for said in ("steps set by 100 field frames", "MB", "ms", "Field", "Benchmark", "int8"):
        assert said in section


def test_a_second_walk_uses_what_is_there_and_gives_the_same_digits(program, walked):
    folder, outcome = walked
    again = program("demo", folder, "--headless")
    assert again.code == 0
    first, second = report_of(outcome), report_of(again)
    for changing in ("created", "provenance"):
        first.pop(changing), second.pop(changing)
    assert first == second
    assert again.out.splitlines()[0] == outcome.out.splitlines()[0]


def test_the_demo_works_where_there_is_no_network_at_all(program, tmp_path):
    inside = ["unshare", "--map-root-user", "--net"]
    if shutil.which("unshare") is None or subprocess.run([*inside, "true"], check=False, capture_output=True).returncode:
        pytest.skip("this machine does not let a user make a network of his own")
    command = [*inside, sys.executable, "-m", "fieldcheck", "demo", str(tmp_path / "sample"), "--headless"]
    walked = subprocess.run(command, check=False, capture_output=True, text=True, env=program.environment)
    assert (walked.returncode, walked.stderr) == (0, "")
