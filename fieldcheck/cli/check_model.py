"""The doctor at the terminal: a model file, its card, and what is wrong between them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import click

from fieldcheck.cli.command import Answer, TerminalProgress, json_command
from fieldcheck.domain.model_card import KINDS, dump_card
from fieldcheck.domain.prediction import Task
from fieldcheck.models import messages as tries
from fieldcheck.models.check_model import ModelCheck, StatedOutput, check_model
from fieldcheck.models.doctor import findings as words
from fieldcheck.models.doctor.findings import Finding
from fieldcheck.models.messages import list_preprocessing_lines
from fieldcheck.models.session import TensorSpec
from fieldcheck.models.store import write_card

FILE = click.Path(path_type=Path)
SHOWN = 5  # candidates in words; the document has them all


@click.command("check")
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
@click.option("--classes", type=FILE, default=None, help="Text file with one class per line.")
@click.option(
    "--task",
    type=click.Choice(list(KINDS)),
    default=None,
    help="Task of the model, if its outputs do not define it.",
)
@click.option(
    "--kind", default=None, help="Output type (output.kind of the model card), if several fit."
)
@click.option(
    "--write-card",
    "kept",
    type=FILE,
    default=None,
    help=("Write the model card, including proposed values, to a new file."),
)
@json_command("model_check")
def check_model_command(
    file: Path, card: Path | None, labelled: Path | None, base: Path | None, classes: Path | None, task: Task | None, kind: str | None,
    kept: Path | None, bar: TerminalProgress,
) -> Answer:  # fmt: skip
    """Check a model: compare the model file with its model card and a few labelled frames. No
    project required."""
    found = check_model(file, card, labelled, base, bar, classes, StatedOutput(task, kind))
    if kept is not None and found.diagnosis is not None:
        write_card(kept, found.diagnosis.card)
    said = (
        (words.describe_written_card(str(kept), written=found.diagnosis is not None),)
        if kept is not None
        else ()
    )
    return Answer(make_check_document(found), (*_iter_lines(found), *said))


def make_check_document(found: ModelCheck) -> dict[str, Any]:
    """The doctor's answer as `model check --json` prints it."""
    diagnosis, facts = found.diagnosis, found.model
    return {
        "ok": found.ok,
        "model": {
            "name": facts.name,
            "sha256": facts.sha256 or None,
            "opset": facts.opset,
            "inputs": [_make_tensor_document(one) for one in facts.inputs],
            "outputs": [_make_tensor_document(one) for one in facts.outputs],
        },
        "card": dump_card(diagnosis.card) if diagnosis else None,
        "receipt": dict(found.preprocessing_record) if found.preprocessing_record else None,
        "proposed": list(found.proposed),
        "n_labelled": found.n_labelled,
        "unmatched": list(found.unmatched),
        "findings": make_findings_document(found.findings),
        "candidates": [
            {"change": dict(one.change), "score": one.score.to_json()}
            for one in (diagnosis.candidates if diagnosis else ())
        ],
    }


def make_findings_document(findings: Sequence[Finding]) -> list[dict[str, Any]]:
    """Findings as every document holds them."""
    told = [(one, words.describe_finding(one)) for one in findings]
    return [
        {
            "code": one.code,
            "level": one.level,
            "what": said.problem,
            "seen": said.evidence,
            "todo": said.remedy,
        }
        for one, said in told
    ]


def _make_tensor_document(tensor: TensorSpec) -> dict[str, Any]:
    return {"name": tensor.name, "shape": list(tensor.shape), "type": tensor.kind}


def _iter_lines(found: ModelCheck) -> Iterator[str]:
    yield words.describe_diagnosis(found.model.name, len(found.findings), found.n_labelled)
    for one in found.findings:
        said = words.describe_finding(one)
        yield f"· {said.problem}"
        yield f"  {said.evidence}"
        yield f"  {said.remedy}"
    if found.preprocessing_record:
        yield tries.describe_model_input(
            found.model.name, list_preprocessing_lines(found.preprocessing_record)
        )
    if found.proposed:
        yield words.describe_proposed_values(found.proposed)
    for candidate in found.diagnosis.candidates[:SHOWN] if found.diagnosis else ():
        yield f"  {words.describe_candidate(candidate.change, candidate.score)}"


COMMANDS = (check_model_command,)
