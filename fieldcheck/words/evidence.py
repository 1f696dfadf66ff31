"""Texts about evidence: packs, what their verification found, and the seal before the first label."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from fieldcheck.domain.label import Label
from fieldcheck.domain.repeat import Repeat
from fieldcheck.domain.seal import SealChange, SealState
from fieldcheck.scoring.agreement import Agreement
from fieldcheck.timestamp import parse_local_time
from fieldcheck.words.figures import format_interval, format_limit, format_number, format_percent
from fieldcheck.words.formatting import format_names
from fieldcheck.words.labels import format_label
from fieldcheck.words.language import tr, tr_plural
from fieldcheck.words.project_errors import describe_pack_fault
from fieldcheck.words.scores import describe_excluded_people


def list_pack_lines(out: str, n_records: int, n_figures: int, signed_by: str, n_people: int) -> tuple[str, ...]:
    """Lines about a pack that was written; `n_people`: pictures that stayed out of it because a person is marked on them."""
    first = tr_plural(
        "{n} record (including {figures} report values) packed into {out}.",
        "{n} records (including {figures} report values) packed into {out}.",
        n_records,
    ).format(n=n_records, figures=n_figures, out=out)
    return (
        first,
        _describe_signers((signed_by,) if signed_by else ()),
        *([describe_excluded_people(n_people, "people_pack")] if n_people else []),
    )


def _describe_signers(keys: Sequence[str]) -> str:
    if not keys:
        return tr("Not signed: anyone with write access can recreate the pack.")
    return tr("Signed with key {keys}.").format(keys=", ".join(key[:16] for key in keys))


def list_verification_lines(
    out: str, n_records: int, n_figures: int, signed_by: Sequence[str], strange_verifier: bool = False
) -> tuple[str, ...]:
    """Lines for a pack that fits; `strange_verifier`: the program in it is not this version's."""
    said = tr_plural(
        "{out} verified: {n} record intact, {figures} values reproduced from labels and predictions.",
        "{out} verified: {n} records intact, {figures} values reproduced from labels and predictions.",
        n_records,
    )
    lines = said.format(out=out, n=n_records, figures=n_figures), _describe_signers(signed_by)
    return (
        (*lines, tr("The verify_pack.py in the pack differs from the one of this version. Run your own copy."))
        if strange_verifier
        else lines
    )


def list_unpack_lines(project: str, missing: Sequence[str]) -> tuple[str, ...]:
    """Lines for a project that was made of a pack; `missing`: files with weights that the pack does not hold."""
    made = tr("Project created: {path}").format(path=project)
    lost = tr("Model weights are missing from the pack: {files}. Everything else was unpacked. Add the model again before you run it.")
    return (made, lost.format(files=format_names(missing))) if missing else (made,)


def describe_pack_mismatch(out: str, record: str, what: str, stored: Any, now: Any) -> str:
    """One line: the first record of a pack that does not fit."""
    if what == "figure":
        said = tr("{out}: verification failed. {record} is {stored} in the pack, but {now} when recomputed from labels and predictions.")
        return said.format(out=out, record=record, stored=_format_value(stored), now=_format_value(now))
    return tr("{out}: verification failed: {record}, {what}.").format(out=out, record=record, what=describe_pack_fault(what))


def _format_value(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def list_share_lines(out: Sequence[str], n: Sequence[int], n_both: int, n_people: int) -> tuple[str, ...]:
    """Who has how many frames; `n_people`: frames that nobody has because a person is marked on them."""
    frames = [f"{where}: {tr_plural('{n} frame', '{n} frames', each).format(n=each)}" for where, each in zip(out, n, strict=True)]
    line = tr("{first}; {second}; in both: {both}.").format(first=frames[0], second=frames[1], both=n_both)
    return (line, describe_excluded_people(n_people, "people_share")) if n_people else (line,)


def list_merge_lines(n_taken: int, n_second: int, n_known: int, n_unmatched: int, n_open: int) -> tuple[str, ...]:
    """Lines about a merge."""
    lines = [
        tr("Labels merged: {taken}; second labels: {second}; already present: {known}.").format(
            taken=n_taken, second=n_second, known=n_known
        )
    ]
    if n_unmatched:
        lines.append(
            tr_plural("{n} labelled frame is not among the picks.", "{n} labelled frames are not among the picks.", n_unmatched).format(
                n=n_unmatched
            )
        )
    if n_open:
        lines.append(tr_plural("{n} label conflict.", "{n} label conflicts.", n_open).format(n=n_open))
    return tuple(lines)


def list_agreement_lines(found: Agreement | None) -> tuple[str, ...]:
    """Agreement between people; nothing where no frame was labelled by both."""
    if found is None or not found.n:
        return ()
    said = tr_plural(
        "Inter-annotator agreement: {share} ({range}) on {n} frame labelled by both.",
        "Inter-annotator agreement: {share} ({range}) on {n} frames labelled by both.",
        found.n,
    ).format(share=format_percent(found.agreement.value), range=format_interval(found.agreement), n=found.n)
    if not found.kappa.measured:
        return (said,)
    kappa = tr("Cohen's kappa: {value} ({lo} to {hi}).")
    return said, kappa.format(
        value=format_number(found.kappa.value, 2), lo=format_number(found.kappa.lo, 2), hi=format_number(found.kappa.hi, 2)
    )


def describe_conflict(frame: str, first: str, first_by: str, second: str, second_by: str, settled: bool) -> str:
    """One line: what two people said of a frame."""
    said = tr("{frame}: {first} ({by}) vs {second} ({other})")
    if settled:
        said = tr("{frame}: resolved as {first} ({by}) instead of {second} ({other})")
    return said.format(frame=frame, first=first, by=first_by or "–", second=second, other=second_by or "–")


def format_two_answers(first: Label, second: Repeat) -> tuple[str, str]:
    """Answers of two people to one frame, each with who gave it."""
    said = tr("{answer} ({by})")
    return said.format(answer=format_label(first), by=first.by or "–"), said.format(answer=format_label(second), by=second.by or "–")


def describe_conflict_progress(number: int, n: int, n_decided: int, settled: bool) -> str:
    """Place among the frames on which two people differ, how many of them are decided, and whether this one is."""
    said = tr("Conflict {number} of {n}; resolved: {decided}.").format(number=number, n=n, decided=n_decided)
    return f"{said} {tr('Resolved in favour of the left label.')}" if settled else said


def list_seal_lines(found: SealState | None) -> tuple[str, ...]:
    """State of the seal, a line each: when, by whom, and what changed since."""
    if found is None:
        return (tr("Not sealed yet: the first label seals limits, classes and sampled frames automatically."),)
    lines = [_format_seal_time(found)]
    if found.signed_labels is None:
        lines.append(tr("Seal not signed: it shows changes, but not who made them."))
    else:
        said = tr_plural(
            "Signed with key {keys} when {n} label existed.", "Signed with key {keys} when {n} labels existed.", found.signed_labels
        )
        lines.append(said.format(keys=", ".join(key[:16] for key in found.signed_by), n=found.signed_labels))
    lines += list_seal_changes(found)
    if found.n_redrawn:
        lines.append(
            tr_plural("Sampled frames changed {n} time since.", "Sampled frames changed {n} times since.", found.n_redrawn).format(
                n=found.n_redrawn
            )
        )
    return tuple(lines)


def _format_seal_time(found: SealState) -> str:
    if not found.n_labels_before:
        return tr("Limits, classes and sampled frames sealed before the first label, {when}.").format(when=format_minute(found.at))
    return tr_plural(
        "Limits, classes and sampled frames sealed late, {when}: {n} label already existed.",
        "Limits, classes and sampled frames sealed late, {when}: {n} labels already existed.",
        found.n_labels_before,
    ).format(when=format_minute(found.at), n=found.n_labels_before)


def format_minute(iso: str) -> str:
    """A moment to the minute, on this computer's clock."""
    return f"{parse_local_time(iso):%Y-%m-%d %H:%M}"


def list_seal_changes(found: SealState) -> list[str]:
    """One sentence for each criterion that is not as it was sealed."""
    return [_describe_seal_change(one) for one in found.changes]


def _describe_seal_change(one: SealChange) -> str:
    when, before, after = format_minute(one.at), json.loads(one.before), json.loads(one.after)
    if one.part == "tolerance":
        said = tr("Gap limit changed after labelling began, {when}: {before} → {after} pp.")
        if one.by:
            said = tr("Gap limit changed after labelling began, {when}, by {name}: {before} → {after} pp.")
        return said.format(when=when, name=one.by, before=format_limit(before), after=format_limit(after))
    if one.part == "rate_limits":
        return tr("Rate limits changed after labelling began, {when}: {before} → {after}.").format(
            when=when, before=_format_rates(before), after=_format_rates(after)
        )
    names = ", ".join(before) or tr("none"), ", ".join(after) or tr("none")
    if one.part == "ok_classes":
        said = tr("OK classes changed after labelling began, {when}: {before} → {after}.")
    else:
        said = tr("Classes changed after labelling began, {when}: {before} → {after}.")
    return said.format(when=when, before=names[0], after=names[1])


def _format_rates(told: Any) -> str:
    known = {name: value[0] for name, value in told.items()} if isinstance(told, dict) else {}
    return ", ".join(f"{name} {format_percent(value, 1)}" for name, value in sorted(known.items())) or tr("none")
