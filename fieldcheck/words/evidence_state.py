"""Sentences on the state of the evidence: what is sealed, signed, guarded, stored and decided, and the next step."""

from __future__ import annotations

from typing import NamedTuple

from fieldcheck.domain.evidence_state import EvidenceState
from fieldcheck.words.evidence import seal_lines
from fieldcheck.words.figures import number
from fieldcheck.words.language import plural, text

DONE, OPEN, LOOK = "✓", "–", "▲"


class StateLine(NamedTuple):
    """`mark`: done, open, or to be looked at; `said`: a sentence or two."""

    mark: str
    said: str


def state_lines(found: EvidenceState, key: str) -> dict[str, StateLine]:
    """A line for each part of the evidence, by its code; `key`: file of the key that signs, empty for none."""
    return {
        "seal": _seal(found),
        "signature": _signature(found, key),
        "pin": _pin(found),
        "runs": _runs(found.n_runs),
        "people": _people(found),
    }


def changes_since(found: EvidenceState) -> tuple[str, ...]:
    """Changes since it was sealed, a line each."""
    return seal_lines(found.sealed)[2:] if found.sealed is not None else ()


def next_step(found: EvidenceState) -> str:
    """The next step in words."""
    if found.sealed is None:
        return text("Next: seal limits, classes and sampled frames. Sealing after the first label is reported as late.")
    if not found.n_labels:
        return text("Next: label frames. The sealed limits, classes and frames apply from the first label.")
    if found.n_open:
        return text("Next: resolve label conflicts.")
    return text("Next: create an evidence pack with all of the above in one verifiable file.")


def _seal(found: EvidenceState) -> StateLine:
    if found.sealed is None:
        return StateLine(OPEN, seal_lines(None)[0])
    return StateLine(DONE if found.stands else LOOK, seal_lines(found.sealed)[0])


def _signature(found: EvidenceState, key: str) -> StateLine:
    chosen = text("Signing key: {file}").format(file=key) if key else text("No signing key chosen: nothing will be signed.")
    if found.sealed is None or found.sealed.signed_labels is None:
        return StateLine(OPEN, chosen)
    signed = seal_lines(found.sealed)[1]
    return StateLine(DONE, f"{signed} {chosen}" if key else signed)


def _pin(found: EvidenceState) -> StateLine:
    if not found.guarded:
        return StateLine(OPEN, text("No PIN set: anyone can change the limits."))
    if not found.unlocked:
        return StateLine(DONE, text("PIN required to change limits."))
    return StateLine(LOOK, text("PIN accepted: limits can be changed until the project is closed."))


def _runs(n: int) -> StateLine:
    if not n:
        return StateLine(OPEN, text("No run saved yet. A run saves the model's predictions."))
    said = plural("{n} run saved; can be reproduced.", "{n} runs saved; each can be reproduced.", n)
    return StateLine(DONE, said.format(n=number(n)))


def _people(found: EvidenceState) -> StateLine:
    if not found.n_conflicts:
        return StateLine(OPEN, text("No label conflicts."))
    if not found.n_open:
        said = plural(
            "{n} label conflict, resolved.",
            "{n} label conflicts, all resolved.",
            found.n_conflicts,
        )
        return StateLine(DONE, said.format(n=found.n_conflicts))
    said = plural("{n} label conflict; unresolved: {open}.", "{n} label conflicts; unresolved: {open}.", found.n_conflicts)
    return StateLine(LOOK, said.format(n=found.n_conflicts, open=found.n_open))
