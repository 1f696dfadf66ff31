"""Commands about a model file: the doctor, which says what is wrong between it and its card, and
quantisation."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from fieldcheck.cli.command import Answer, TerminalProgress, define_command, json_command
from fieldcheck.cli.values import CLASSES_OPTION, KIND_OPTION, existing_project, make_task_option
from fieldcheck.domain.model_card import KINDS, dump_card
from fieldcheck.domain.prediction import Task
from fieldcheck.models import messages as tries
from fieldcheck.models.messages import list_preprocessing_lines, list_quantised_lines
from fieldcheck.timestamp import get_timestamp

if TYPE_CHECKING:
    from fieldcheck.models.check_model import ModelCheck
    from fieldcheck.models.doctor.findings import Finding
    from fieldcheck.models.session import TensorSpec

FILE = click.Path(path_type=Path)
SHOWN = 5  # candidates in words; the document has them all


@define_command("check")
@click.argument("file", type=FILE)
@click.option(
    "--card",
    type=FILE,
    default=None,
    help="Model card; default: MODEL.card.json next to the model.",
)
@click.option(
    "--labelled",
    type=FILE,
    default=None,
    help="A few labelled frames, in any supported benchmark format.",
)
@click.option(
    "--base",
    type=FILE,
    default=None,
    help="Full-precision model from which this model was quantised.",
)
@CLASSES_OPTION
@make_task_option(KINDS)
@KIND_OPTION
@click.option(
    "--write-card",
    "kept",
    type=FILE,
    default=None,
    help=("Write the model card, including proposed values, to a new file."),
)
@json_command("model_check", timed=True)
def check_model_command(
    file: Path,
    card: Path | None,
    labelled: Path | None,
    base: Path | None,
    classes: Path | None,
    task: Task | None,
    kind: str | None,
    kept: Path | None,
    bar: TerminalProgress,
) -> Answer:
    """Check a model: compare the model file with its model card and a few labelled frames. No
    project required."""
    from fieldcheck.models.check_model import StatedOutput, check_model
    from fieldcheck.models.doctor import findings as words
    from fieldcheck.models.store import write_card

    model_check = check_model(file, card, labelled, base, bar, classes, StatedOutput(task, kind))
    if kept is not None and model_check.diagnosis is not None:
        write_card(kept, model_check.diagnosis.card)
    lines = (
        (words.describe_written_card(str(kept), written=model_check.diagnosis is not None),)
        if kept is not None
        else ()
    )
    return Answer(make_check_document(model_check), (*_iter_lines(model_check), *lines))


def make_check_document(model_check: ModelCheck) -> dict[str, Any]:
    """The doctor's answer as `model check --json` prints it."""
    diagnosis, facts = model_check.diagnosis, model_check.model
    return {
        "ok": model_check.ok,
        "model": {
            "name": facts.name,
            "sha256": facts.sha256 or None,
            "opset": facts.opset,
            "inputs": [_make_tensor_document(tensor_spec) for tensor_spec in facts.inputs],
            "outputs": [_make_tensor_document(output) for output in facts.outputs],
        },
        "card": dump_card(diagnosis.card) if diagnosis else None,
        "receipt": dict(model_check.preprocessing_record)
        if model_check.preprocessing_record
        else None,
        "proposed": list(model_check.proposed),
        "n_labelled": model_check.n_labelled,
        "unmatched": list(model_check.unmatched),
        "findings": make_findings_document(model_check.findings),
        "candidates": [
            {
                "change": dict(preprocessing_candidate.change),
                "score": preprocessing_candidate.score.to_json(),
            }
            for preprocessing_candidate in (diagnosis.candidates if diagnosis else ())
        ],
    }


def make_findings_document(findings: Sequence[Finding]) -> list[dict[str, Any]]:
    """Findings as every document holds them."""
    from fieldcheck.models.doctor import findings as words

    findings_and_texts = [(finding, words.describe_finding(finding)) for finding in findings]
    return [
        {
            "code": finding.code,
            "level": finding.level,
            "what": finding_text.problem,
            "seen": finding_text.evidence,
            "todo": finding_text.remedy,
        }
        for finding, finding_text in findings_and_texts
    ]


def _make_tensor_document(tensor: TensorSpec) -> dict[str, Any]:
    return {"name": tensor.name, "shape": list(tensor.shape), "type": tensor.kind}


def _iter_lines(model_check: ModelCheck) -> Iterator[str]:
    from fieldcheck.models.doctor import findings as words

    yield words.describe_diagnosis(
        model_check.model.name, len(model_check.findings), model_check.n_labelled
    )
    for finding in model_check.findings:
        finding_text = words.describe_finding(finding)
        yield f"· {finding_text.problem}"
        yield f"  {finding_text.evidence}"
        yield f"  {finding_text.remedy}"
    if model_check.preprocessing_record:
        yield tries.describe_model_input(
            model_check.model.name, list_preprocessing_lines(model_check.preprocessing_record)
        )
    if model_check.proposed:
        yield words.describe_proposed_values(model_check.proposed)
    for candidate in model_check.diagnosis.candidates[:SHOWN] if model_check.diagnosis else ():
        yield f"  {words.describe_candidate(candidate.change, candidate.score)}"


# Quantisation command: what an INT8 copy of a model costs and buys.


@define_command("quantise")
@existing_project
@click.argument("model")
@json_command("model_quantise")
def run_quantise_command(project: Path, model: str, bar: TerminalProgress) -> Answer:
    """Quantise a model to INT8, calibrated on field frames, and compare size, latency and score."""
    from fieldcheck.models.quantise import make_quantised_model
    from fieldcheck.project.folder import open_project

    with open_project(project) as opened:
        quantised_model = make_quantised_model(opened, model, bar, get_timestamp())
    return Answer(
        {"project": str(project.resolve()), **quantised_model.to_json()},
        list_quantised_lines(quantised_model),
    )


COMMANDS = (check_model_command, run_quantise_command)
