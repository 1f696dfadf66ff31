"""Sentences on the state of the evidence: what is sealed, signed, guarded, stored and decided, and the next step."""

from __future__ import annotations

from typing import NamedTuple

from fieldcheck.domain.evidence_state import EvidenceState
from fieldcheck.words.evidence import list_seal_lines
from fieldcheck.words.figures import format_number
from fieldcheck.words.language import tr, tr_plural

DONE, OPEN, LOOK = "✓", "–", "▲"


class StateLine(NamedTuple):
    """`mark`: done, open, or to be looked at; `said`: a sentence or two."""

    mark: str
    sentence: str


def build_state_lines(found: EvidenceState, key: str) -> dict[str, StateLine]:
    """A line for each part of the evidence, by its code; `key`: file of the key that signs, empty for none."""
    return {
        "seal": _build_seal_line(found),
        "signature": _build_signature_line(found, key),
        "pin": _build_pin_line(found),
        "runs": _build_run_line(found.n_runs),
        "people": _build_agreement_line(found),
    }


def list_changes_since_seal(found: EvidenceState) -> tuple[str, ...]:
    """Changes since it was sealed, a line each."""
    return list_seal_lines(found.sealed)[2:] if found.sealed is not None else ()


def describe_next_step(found: EvidenceState) -> str:
    """The next step in words."""
    if found.sealed is None:
        return tr("Next: seal limits, classes and sampled frames. Sealing after the first label is reported as late.")
    if not found.n_labels:
        return tr("Next: label frames. The sealed limits, classes and frames apply from the first label.")
    if found.n_open:
        return tr("Next: resolve label conflicts.")
    return tr("Next: create an evidence pack with all of the above in one verifiable file.")


def _build_seal_line(found: EvidenceState) -> StateLine:
    if found.sealed is None:
        return StateLine(OPEN, list_seal_lines(None)[0])
    return StateLine(DONE if found.is_intact else LOOK, list_seal_lines(found.sealed)[0])


def _build_signature_line(found: EvidenceState, key: str) -> StateLine:
    chosen = tr("Signing key: {file}").format(file=key) if key else tr("No signing key chosen: nothing will be signed.")
    if found.sealed is None or found.sealed.signed_labels is None:
        return StateLine(OPEN, chosen)
    signed = list_seal_lines(found.sealed)[1]
    return StateLine(DONE, f"{signed} {chosen}" if key else signed)


def _build_pin_line(found: EvidenceState) -> StateLine:
    if not found.guarded:
        return StateLine(OPEN, tr("No PIN set: anyone can change the limits."))
    if not found.unlocked:
        return StateLine(DONE, tr("PIN required to change limits."))
    return StateLine(LOOK, tr("PIN accepted: limits can be changed until the project is closed."))


def _build_run_line(n: int) -> StateLine:
    if not n:
        return StateLine(OPEN, tr("No run saved yet. A run saves the model's predictions."))
    said = tr_plural("{n} run saved; can be reproduced.", "{n} runs saved; each can be reproduced.", n)
    return StateLine(DONE, said.format(n=format_number(n)))


def _build_agreement_line(found: EvidenceState) -> StateLine:
    if not found.n_conflicts:
        return StateLine(OPEN, tr("No label conflicts."))
    if not found.n_open:
        said = tr_plural(
            "{n} label conflict, resolved.",
            "{n} label conflicts, all resolved.",
            found.n_conflicts,
        )
        return StateLine(DONE, said.format(n=found.n_conflicts))
    said = tr_plural("{n} label conflict; unresolved: {open}.", "{n} label conflicts; unresolved: {open}.", found.n_conflicts)
    return StateLine(LOOK, said.format(n=found.n_conflicts, open=found.n_open))
