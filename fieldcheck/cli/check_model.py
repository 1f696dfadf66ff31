"""The doctor at the terminal: a model file, its card, and what is wrong between them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from fieldcheck.cli.door import Answer, TerminalProgress, door
from fieldcheck.domain.answer_kind import Task
from fieldcheck.domain.model_card import KINDS, card_to_json
from fieldcheck.inference.doctor.findings import Finding
from fieldcheck.inference.open_model import Tensor
from fieldcheck.words import doctor as words
from fieldcheck.words import try_model as tries
from fieldcheck.words.preprocessing_record import preprocessing_lines
from fieldcheck.workflows.models.check_model import ModelCheck, SaidOutput, check_model
from fieldcheck.workflows.models.models import write_card

FILE = click.Path(path_type=Path)
SHOWN = 5  # candidates in words; the document has them all


@click.command("check")
@click.argument("file", type=FILE)
@click.option("--card", type=FILE, default=None, help="Model card; default: MODEL.card.json next to the model.")
@click.option("--labelled", type=FILE, default=None, help="A few labelled frames, in any supported benchmark format.")
@click.option("--base", type=FILE, default=None, help="Full-precision model from which this model was quantised.")
@click.option("--classes", type=FILE, default=None, help="Text file with one class per line.")
@click.option("--task", type=click.Choice(list(KINDS)), default=None, help="Task of the model, if its outputs do not define it.")
@click.option("--kind", default=None, help="Output type (output.kind of the model card), if several fit.")
@click.option("--write-card", "kept", type=FILE, default=None, help=("Write the model card, including proposed values, to a new file."))
@door("model_check")
def model_check(
    file: Path, card: Path | None, labelled: Path | None, base: Path | None, classes: Path | None, task: Task | None, kind: str | None,
    kept: Path | None, bar: TerminalProgress,
) -> Answer:  # fmt: skip
    """Check a model: compare the model file with its model card and a few labelled frames. No project required."""
    found = check_model(file, card, labelled, base, bar, classes, SaidOutput(task, kind))
    if kept is not None and found.diagnosis is not None:
        write_card(kept, found.diagnosis.card)
    said = (words.card_written(str(kept), written=found.diagnosis is not None),) if kept is not None else ()
    return Answer(check_document(found), (*_lines(found), *said))


def check_document(found: ModelCheck) -> dict[str, Any]:
    """The doctor's answer as `model check --json` prints it."""
    diagnosis, facts = found.diagnosis, found.model
    return {
        "ok": found.ok,
        "model": {
            "name": facts.name,
            "sha256": facts.sha256 or None,
            "opset": facts.opset,
            "inputs": [_tensor(one) for one in facts.inputs],
            "outputs": [_tensor(one) for one in facts.outputs],
        },
        "card": card_to_json(diagnosis.card) if diagnosis else None,
        "receipt": dict(found.preprocessing_record) if found.preprocessing_record else None,
        "proposed": list(found.proposed),
        "n_labelled": found.n_labelled,
        "unmatched": list(found.unmatched),
        "findings": findings_document(found.findings),
        "candidates": [{"change": dict(one.change), "score": one.score.to_json()} for one in (diagnosis.candidates if diagnosis else ())],
    }


def findings_document(findings: Sequence[Finding]) -> list[dict[str, Any]]:
    """Findings as every document holds them."""
    return [{"code": one.code, "level": one.level, **asdict(words.told(one))} for one in findings]


def _tensor(tensor: Tensor) -> dict[str, Any]:
    return {"name": tensor.name, "shape": list(tensor.shape), "type": tensor.kind}


def _lines(found: ModelCheck) -> Iterator[str]:
    yield words.checked(found.model.name, len(found.findings), found.n_labelled)
    for one in found.findings:
        said = words.told(one)
        yield f"· {said.what}"
        yield f"  {said.seen}"
        yield f"  {said.todo}"
    if found.preprocessing_record:
        yield tries.goes_in(found.model.name, preprocessing_lines(found.preprocessing_record))
    if found.proposed:
        yield words.proposed(found.proposed)
    for candidate in found.diagnosis.candidates[:SHOWN] if found.diagnosis else ():
        yield f"  {words.candidate(candidate.change, candidate.score)}"


COMMANDS = (model_check,)
