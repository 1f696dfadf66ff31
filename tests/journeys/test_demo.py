"""The demo, as the README promises it: one command, one sentence, one report, and no network."""

import csv
import json
import re
import time
from pathlib import Path

import jsonschema
import pypdf
import pytest

from fieldcheck import paths
from tests.counts import only_full
from tests.journeys.program import Program

GAP = r"Gap (−?\d+) pp \((−?\d+)(?:–| to )(−?\d+)\)"

pytestmark = pytest.mark.long  # the walk of the demo that all of them read takes a minute


@pytest.fixture
def walked(walked_demo):
    """The demo's folder and what it printed."""
    assert walked_demo.outcome.code == 0, walked_demo.outcome.err
    return walked_demo.folder, walked_demo.outcome


@pytest.fixture(scope="module")
def examined(walked_demo, tmp_path_factory):
    """The demo's project after the out-of-distribution test, which the walk leaves out, and what
    the report says then."""
    folder = tmp_path_factory.mktemp("examined")
    program, project = Program(folder / "home"), walked_demo.copy(folder) / "sample.fieldcheck"
    program.document("probe", project)
    return project, *read_report(program, project)


def read_report(program, project):
    """Summary and page of a report of a project."""
    report = Path(program.document("report", project)["report"])
    summary = json.loads((report / "summary.json").read_text("utf-8"))
    return summary, (report / "report.html").read_text("utf-8")


def section(page, anchor):
    return page[page.index(f'id="{anchor}"') :].partition("</section>")[0].replace("<wbr>", "")


def report_of(outcome):
    return json.loads((folder_of(outcome) / "summary.json").read_text(encoding="utf-8"))


def folder_of(outcome):
    """The report's folder, from the path that the demo printed."""
    return Path(re.search(r"\S+report\.html", outcome.out).group()).parent


def test_the_demo_prints_the_gap_with_its_interval_and_the_path_of_the_report(walked):
    _, outcome = walked
    sentence, verdict, path = outcome.out.strip().splitlines()[:3]
    assert verdict.startswith("Not ready, because of gap ")
    pattern = r"Benchmark [\d.]+% → Field [\d.]+% \(\d+–\d+%\).* Gap \d+ pp \(-?\d+–\d+\)\..*"
    assert re.fullmatch(pattern, sentence)
    assert path.endswith("report.html")
    assert outcome.err == ""
    for page in ("README.md", "docs/sample.md"):
        assert sentence in Path(page).read_text("utf-8")


def test_the_demo_ends_with_its_proof_a_gap_that_is_not_there_beside_the_one_that_is(walked):
    """The interval without a shift holds 0 and the one on the line does not; drawn on one scale."""
    _, outcome = walked
    _, healthy, without, spoiled, on_line = outcome.out.strip().splitlines()[3:]
    gaps = [
        [float(one.replace("−", "-")) for one in re.search(GAP, text).groups()]
        for text in (without, on_line)
    ]
    assert gaps[0][1] < 0 < gaps[0][2] < gaps[1][1]
    assert abs(gaps[0][0]) <= 5 < 24 <= gaps[1][0]
    drawn = [text.split()[-1] for text in (healthy, spoiled)]
    assert [len(one) for one in drawn] == [51, 51]
    assert [len(re.findall(r"[|X]", one)) for one in drawn] == [2, 2]  # X: the benchmark on an end
    assert drawn[0].index("o") > drawn[1].rindex("|")
    assert outcome.out.strip().splitlines()[0] in on_line


def test_the_report_of_the_demo_has_five_pages_at_most(walked):
    _, outcome = walked
    pages = pypdf.PdfReader(folder_of(outcome) / "report.pdf").pages
    assert 3 <= len(pages) <= 5


def test_the_summary_fits_its_schema_and_says_the_same_numbers(walked):
    _, outcome = walked
    summary = report_of(outcome)
    jsonschema.validate(
        summary,
        json.loads(
            paths.get_resource_path("report/summary.schema.json").read_text(encoding="utf-8")
        ),
    )
    gap = summary["gap"]
    assert gap["lo"] <= gap["value"] <= gap["hi"]
    assert gap["value"] == pytest.approx(
        summary["benchmark"]["score"]["value"] - summary["field"]["footage"]["value"]
    )
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
    assert all(
        (folder / "sample.fieldcheck" / row["file"]).is_file()
        for row in rows
        if row["picked"] == "1"
    )


def test_the_interval_of_the_demo_holds_the_score_that_the_answer_key_gives(walked):
    _, outcome = walked
    key = json.loads(paths.get_resource_path("demo/answer_key.json").read_text("utf-8"))
    truth = {Path(clip["file"]).name: clip["classes"] for clip in key["footage"]}
    with (folder_of(outcome) / "frames.csv").open(newline="", encoding="utf-8") as text:
        right = [
            row["prediction"] == truth[row["source"]][int(row["source_index"])]
            for row in csv.DictReader(text)
        ]
    field = report_of(outcome)["field"]
    for basis in ("footage", "camera"):
        assert field[basis]["lo"] <= sum(right) / len(right) <= field[basis]["hi"]


def test_the_page_says_that_the_sample_is_rendered(walked):
    _, outcome = walked
    assert "rendered" in (folder_of(outcome) / "report.html").read_text(encoding="utf-8")


@only_full
def test_the_report_says_what_an_int8_copy_of_the_samples_model_costs_and_buys(
    program, walked_demo, tmp_path
):
    project = walked_demo.copy(tmp_path) / "sample.fieldcheck"
    document = program.document("model", "quantise", project, "model")
    summary, page = read_report(program, project)
    assert document["bytes_after"] < 0.5 * document["bytes_before"]
    assert document["n_calibrated"] == 100
    assert (project / document["file"]).stat().st_size == document["bytes_after"]
    summary = summary["quantised"]
    for side, n in (("field", 100), ("benchmark", 200)):
        change = summary[side]["change"]
        assert change["n"] == n
        assert change["lo"] <= change["value"] <= change["hi"]
        # it is a small network with its first and last layers in int8 too
        assert change["value"] > -0.1
    for said in ("calibrated on 100 field frames", "MB", "ms", "Field", "Benchmark", "int8"):
        assert said in section(page, "lighter")


def test_what_was_planted_in_the_sample_stands_where_an_engineer_would_look(examined):
    _, summary, page = examined
    planted = json.loads(paths.get_resource_path("demo/answer_key.json").read_text("utf-8"))[
        "planted"
    ]
    inside = {one["between"]: one for one in summary["independence"]["leaks"]}["benchmark_training"]
    leaks = {
        (one["benchmark"].partition("/")[2], one["training"].partition("/")[2])
        for one in planted["near_duplicates"]
    }
    assert {(one["picture"], one["twin"]) for one in inside["pairs"]} == leaks
    assert all(f"{picture} ≈ {twin}" in section(page, "independence") for picture, twin in leaks)

    (doubted,) = (one["labels"] for one in summary["suspected_labels"] if one["on"] == "benchmark")
    wrong = {one["path"].partition("/")[2]: one["true"] for one in planted["wrong_labels"]}
    found = [one for one in doubted if one["item"] in wrong]
    assert len(found) >= 0.8 * len(wrong)
    assert sum(one["instead"] == wrong[one["item"]] for one in found) >= 0.8 * len(found)
    assert found[0]["item"] in section(page, "suspected_labels")

    blank = next(one for one in summary["probes"] if one["family"] == "blank")
    assert blank["rate"]["lo"] > 0.3
    assert "Blank images" in section(page, "knows")

    (frozen,) = planted["frozen"]
    # listed twice a second
    assert summary["field"]["n_frozen"] == pytest.approx(2 * frozen["seconds"], abs=1)
    assert f"{summary['field']['n_frozen']} skipped: image feed frozen" in section(page, "made")

    spot = planted["blind_spot"]
    (slice_,) = (
        one
        for one in summary["slices"]
        if (one["key"], one["value"]) == (spot["key"], spot["value"])
    )
    assert slice_["behind"] >= 0.2, "the glare lags, whether it is demonstrated or not"
    assert spot["value"] in section(page, "where")

    never = planted["never_in_benchmark"]
    assert (
        f"{never['class']} × {never['benchmark_condition']}: 0 benchmark images, about "
        in section(page, "coverage")
    )


def test_the_runs_of_the_demo_come_again_digit_by_digit(examined, tmp_path):
    """A hundred frames within ten minutes, by the contract: these are 100 picks, and it takes
    seconds."""
    program, began = Program(tmp_path / "home"), time.monotonic()
    stored = program.document("runs", examined[0], "--most", 1000)["runs"]
    picked = [
        one["run_id"]
        for one in stored
        if (one["on"], one["recipe"], one["model"]) == ("field", "none", "model")
    ]
    (found,) = (program.document("replay", examined[0], run_id) for run_id in picked)
    assert (found["same"], found["n"], found["differences"]) == (True, 100, [])
    assert time.monotonic() - began < 600


@only_full
def test_a_second_walk_uses_what_is_there_and_gives_the_same_digits(program, walked_demo, tmp_path):
    outcome = walked_demo.outcome
    again = program("demo", walked_demo.copy(tmp_path), "--headless")
    assert again.code == 0
    first, second = report_of(outcome), report_of(again)
    for changing in ("created", "provenance", "change"):
        first.pop(changing), second.pop(changing)
    assert first == second
    assert again.out.splitlines()[0] == outcome.out.splitlines()[0]


def test_the_demo_works_where_there_is_no_network_at_all(walked_demo):
    if not walked_demo.alone:
        pytest.skip("this machine does not let a user make a network of his own")
    assert (walked_demo.outcome.code, walked_demo.outcome.err) == (0, "")
