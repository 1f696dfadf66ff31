import csv
import io
from dataclasses import replace

import pytest
from click.testing import CliRunner

from fieldcheck.analyses import mask_scores
from fieldcheck.analyses.blocks import Paragraph, Table
from fieldcheck.cli.run_and_report import run_model_command
from fieldcheck.domain.estimate import Estimate
from fieldcheck.models.mask_scores import MaskClassScore, MaskScores
from fieldcheck.models.runs_mlflow import run_and_score
from fieldcheck.progress import NullProgress
from fieldcheck.report.explore_data import compute_round_result
from fieldcheck.report.folder import build_summary
from fieldcheck.report.summary_page import build_first_page
from tests import makers
from tests.report.example_report import estimate, example_report

NONE = Estimate.not_measured("undefined")
FOUND = MaskScores(
    120, estimate(0.71, 0.66, 0.76, 120, "bootstrap_frames"),
    estimate(0.55, 0.5, 0.6, 120, "bootstrap_frames"),
    (
        MaskClassScore("ground", 120, estimate(0.93, 0.91, 0.95, 120, "bootstrap_frames"), NONE),
        MaskClassScore(
            "crack", 40, estimate(0.49, 0.4, 0.58, 120, "bootstrap_frames"),
            estimate(0.55, 0.5, 0.6, 120, "bootstrap_frames"),
        ),
    ),
)  # fmt: skip


def report(found):
    made = example_report(results={"mask_scores": found})
    return replace(made, model=replace(made.model, task="segmentation"))


def test_the_section_has_all_classes_and_each_and_what_the_field_cannot_tell():
    section = mask_scores.build_mask_section(report(FOUND))
    (table,) = (block for block in section.blocks if isinstance(block, Table))
    assert [[cell.text for cell in row] for row in table.rows] == [
        ["Mean over the classes", "120", "71% (66–76%)", "55% (50–60%)"],
        ["ground", "120", "93% (91–95%)", "not measured"],
        ["crack", "40", "49% (40–58%)", "55% (50–60%)"],
    ]
    said = [block.text for block in section.blocks if isinstance(block, Paragraph)]
    assert said[-1] == (
        "In the field, points are labelled and no outlines: IoU and boundary F cannot be computed "
        "there. The gap is measured in frames whose points are all covered."
    )


@pytest.mark.parametrize(("why", "said"), [
    ("gone", "not on this computer"), ("points_only", "one mask per image"),
])  # fmt: skip
def test_without_masks_the_section_says_why_and_nothing_else_does(why, said):
    made = report(MaskScores(0, NONE, NONE, (), why))
    section = mask_scores.build_mask_section(made)
    assert said in section.blocks[0].text
    assert mask_scores.list_mask_sentences(made) == []
    assert mask_scores.format_masks_csv(made) == ""


def test_a_model_without_masks_has_no_section():
    assert mask_scores.build_mask_section(example_report()) is None
    assert mask_scores.format_masks_csv(example_report()) == ""


def test_first_page_table_and_json_tell_the_same():
    made = report(FOUND)
    sentence = "Masks on the benchmark: mean IoU 71% (66–76%), boundary F 55% (50–60%), n = 120."
    assert build_first_page(made).under[-1] == sentence
    rows = list(csv.DictReader(io.StringIO(mask_scores.format_masks_csv(made))))
    assert [row["class"] for row in rows] == ["", "ground", "crack"]
    assert (rows[0]["iou"], rows[0]["iou_lo"], rows[1]["boundary_f"]) == ("0.71", "0.66", "")
    kept = build_summary(made)["mask_scores"]
    assert kept["mean_iou"]["value"] == 0.71
    assert [row["name"] for row in kept["classes"]] == ["ground", "crack"]


@pytest.mark.long
def test_the_window_and_the_terminal_have_the_sentence_too(material, tmp_path):
    path = tmp_path / "p.fieldcheck"
    folder = makers.masked_benchmark(tmp_path / "set")
    with makers.empty_project(path, material / "mask.onnx", benchmark=folder) as project:
        makers.add_footage(project, material / "belt.avi")
        makers.draw(project, 10)
        makers.point_all(project)
        run_and_score(project, None, "all", NullProgress(), makers.NOW)
        headline = compute_round_result(project, "en").headline
    sentence = "Masks on the benchmark: mean IoU 100%, boundary F not measured, n = 12."
    assert headline[-1] == sentence
    ran = CliRunner().invoke(run_model_command, [str(path)])
    assert sentence in ran.output
