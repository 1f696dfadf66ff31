"""Texts about evidence: packs, what their verification found, and the seal before the first label."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from fieldcheck.domain.label import Label
from fieldcheck.domain.repeat import Repeat
from fieldcheck.domain.seal import SealChange, Sealed
from fieldcheck.scoring.agreement import Agreement
from fieldcheck.timestamp import local
from fieldcheck.words.figures import interval, limit, number, percent
from fieldcheck.words.formatting import listed
from fieldcheck.words.labels import said_of
from fieldcheck.words.language import plural, text
from fieldcheck.words.project_errors import misfit
from fieldcheck.words.scores import without_people


def packed(out: str, n_records: int, n_figures: int, signed_by: str, n_people: int) -> tuple[str, ...]:
    """Lines about a pack that was written; `n_people`: pictures that stayed out of it because a person is marked on them."""
    first = plural(
        "{n} record (including {figures} report values) packed into {out}.",
        "{n} records (including {figures} report values) packed into {out}.",
        n_records,
    ).format(n=n_records, figures=n_figures, out=out)
    return first, _signed((signed_by,) if signed_by else ()), *([without_people(n_people, "people_pack")] if n_people else [])


def _signed(keys: Sequence[str]) -> str:
    if not keys:
        return text("Not signed: anyone with write access can recreate the pack.")
    return text("Signed with key {keys}.").format(keys=", ".join(key[:16] for key in keys))


def verified(out: str, n_records: int, n_figures: int, signed_by: Sequence[str], strange_verifier: bool = False) -> tuple[str, ...]:
    """Lines for a pack that fits; `strange_verifier`: the program in it is not this version's."""
    said = plural(
        "{out} verified: {n} record intact, {figures} values reproduced from labels and predictions.",
        "{out} verified: {n} records intact, {figures} values reproduced from labels and predictions.",
        n_records,
    )
    lines = said.format(out=out, n=n_records, figures=n_figures), _signed(signed_by)
    return (
        (*lines, text("The verify_pack.py in the pack differs from the one of this version. Run your own copy."))
        if strange_verifier
        else lines
    )


def unpacked(project: str, missing: Sequence[str]) -> tuple[str, ...]:
    """Lines for a project that was made of a pack; `missing`: files with weights that the pack does not hold."""
    made = text("Project created: {path}").format(path=project)
    lost = text("Model weights are missing from the pack: {files}. Everything else was unpacked. Add the model again before you run it.")
    return (made, lost.format(files=listed(missing))) if missing else (made,)


def does_not_fit(out: str, record: str, what: str, stored: Any, now: Any) -> str:
    """One line: the first record of a pack that does not fit."""
    if what == "figure":
        said = text("{out}: verification failed. {record} is {stored} in the pack, but {now} when recomputed from labels and predictions.")
        return said.format(out=out, record=record, stored=_shown(stored), now=_shown(now))
    return text("{out}: verification failed: {record}, {what}.").format(out=out, record=record, what=misfit(what))


def _shown(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def shared(out: Sequence[str], n: Sequence[int], n_both: int, n_people: int) -> tuple[str, ...]:
    """Who has how many frames; `n_people`: frames that nobody has because a person is marked on them."""
    frames = [f"{where}: {plural('{n} frame', '{n} frames', each).format(n=each)}" for where, each in zip(out, n, strict=True)]
    line = text("{first}; {second}; in both: {both}.").format(first=frames[0], second=frames[1], both=n_both)
    return (line, without_people(n_people, "people_share")) if n_people else (line,)


def merged(n_taken: int, n_second: int, n_known: int, n_unmatched: int, n_open: int) -> tuple[str, ...]:
    """Lines about a merge."""
    lines = [
        text("Labels merged: {taken}; second labels: {second}; already present: {known}.").format(
            taken=n_taken, second=n_second, known=n_known
        )
    ]
    if n_unmatched:
        lines.append(
            plural("{n} labelled frame is not among the picks.", "{n} labelled frames are not among the picks.", n_unmatched).format(
                n=n_unmatched
            )
        )
    if n_open:
        lines.append(plural("{n} label conflict.", "{n} label conflicts.", n_open).format(n=n_open))
    return tuple(lines)


def agreed(found: Agreement | None) -> tuple[str, ...]:
    """Agreement between people; nothing where no frame was labelled by both."""
    if found is None or not found.n:
        return ()
    said = plural(
        "Inter-annotator agreement: {share} ({range}) on {n} frame labelled by both.",
        "Inter-annotator agreement: {share} ({range}) on {n} frames labelled by both.",
        found.n,
    ).format(share=percent(found.agreement.value), range=interval(found.agreement), n=found.n)
    if not found.kappa.measured:
        return (said,)
    kappa = text("Cohen's kappa: {value} ({lo} to {hi}).")
    return said, kappa.format(value=number(found.kappa.value, 2), lo=number(found.kappa.lo, 2), hi=number(found.kappa.hi, 2))


def conflict(frame: str, first: str, first_by: str, second: str, second_by: str, settled: bool) -> str:
    """One line: what two people said of a frame."""
    said = text("{frame}: {first} ({by}) vs {second} ({other})")
    if settled:
        said = text("{frame}: resolved as {first} ({by}) instead of {second} ({other})")
    return said.format(frame=frame, first=first, by=first_by or "–", second=second, other=second_by or "–")


def two_answers(first: Label, second: Repeat) -> tuple[str, str]:
    """Answers of two people to one frame, each with who gave it."""
    said = text("{answer} ({by})")
    return said.format(answer=said_of(first), by=first.by or "–"), said.format(answer=said_of(second), by=second.by or "–")


def conflicts_decided(number: int, n: int, n_decided: int, settled: bool) -> str:
    """Place among the frames on which two people differ, how many of them are decided, and whether this one is."""
    said = text("Conflict {number} of {n}; resolved: {decided}.").format(number=number, n=n, decided=n_decided)
    return f"{said} {text('Resolved in favour of the left label.')}" if settled else said


def seal_lines(found: Sealed | None) -> tuple[str, ...]:
    """State of the seal, a line each: when, by whom, and what changed since."""
    if found is None:
        return (text("Not sealed yet: the first label seals limits, classes and sampled frames automatically."),)
    lines = [_when(found)]
    if found.signed_labels is None:
        lines.append(text("Seal not signed: it shows changes, but not who made them."))
    else:
        said = plural(
            "Signed with key {keys} when {n} label existed.", "Signed with key {keys} when {n} labels existed.", found.signed_labels
        )
        lines.append(said.format(keys=", ".join(key[:16] for key in found.signed_by), n=found.signed_labels))
    lines += changes_said(found)
    if found.n_redrawn:
        lines.append(
            plural("Sampled frames changed {n} time since.", "Sampled frames changed {n} times since.", found.n_redrawn).format(
                n=found.n_redrawn
            )
        )
    return tuple(lines)


def _when(found: Sealed) -> str:
    if not found.n_labels_before:
        return text("Limits, classes and sampled frames sealed before the first label, {when}.").format(when=moment(found.at))
    return plural(
        "Limits, classes and sampled frames sealed late, {when}: {n} label already existed.",
        "Limits, classes and sampled frames sealed late, {when}: {n} labels already existed.",
        found.n_labels_before,
    ).format(when=moment(found.at), n=found.n_labels_before)


def moment(iso: str) -> str:
    """A moment to the minute, on this computer's clock."""
    return f"{local(iso):%Y-%m-%d %H:%M}"


def changes_said(found: Sealed) -> list[str]:
    """One sentence for each criterion that is not as it was sealed."""
    return [_change(one) for one in found.changes]


def _change(one: SealChange) -> str:
    when, before, after = moment(one.at), json.loads(one.before), json.loads(one.after)
    if one.part == "tolerance":
        said = text("Gap limit changed after labelling began, {when}: {before} → {after} pp.")
        if one.by:
            said = text("Gap limit changed after labelling began, {when}, by {name}: {before} → {after} pp.")
        return said.format(when=when, name=one.by, before=limit(before), after=limit(after))
    if one.part == "rate_limits":
        return text("Rate limits changed after labelling began, {when}: {before} → {after}.").format(
            when=when, before=_rates(before), after=_rates(after)
        )
    names = ", ".join(before) or text("none"), ", ".join(after) or text("none")
    if one.part == "ok_classes":
        said = text("OK classes changed after labelling began, {when}: {before} → {after}.")
    else:
        said = text("Classes changed after labelling began, {when}: {before} → {after}.")
    return said.format(when=when, before=names[0], after=names[1])


def _rates(told: Any) -> str:
    known = {name: value[0] for name, value in told.items()} if isinstance(told, dict) else {}
    return ", ".join(f"{name} {percent(value, 1)}" for name, value in sorted(known.items())) or text("none")
