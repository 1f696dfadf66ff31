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
        "{n} record, of which {figures} are figures of the report, packed into {out}.",
        "{n} records, of which {figures} are figures of the report, packed into {out}.",
        n_records,
    ).format(n=n_records, figures=n_figures, out=out)
    return first, _signed((signed_by,) if signed_by else ()), *([without_people(n_people, "people_pack")] if n_people else [])


def _signed(keys: Sequence[str]) -> str:
    if not keys:
        return text("Nobody signed it: whoever can write it can make it anew.")
    return text("Signed with the key {keys}.").format(keys=", ".join(key[:16] for key in keys))


def verified(out: str, n_records: int, n_figures: int, signed_by: Sequence[str], strange_verifier: bool = False) -> tuple[str, ...]:
    """Lines for a pack that fits; `strange_verifier`: the program in it is not this version's."""
    said = plural(
        "{out} fits: {n} record, and {figures} figures come out the same from its labels and predictions.",
        "{out} fits: {n} records, and {figures} figures come out the same from its labels and predictions.",
        n_records,
    )
    lines = said.format(out=out, n=n_records, figures=n_figures), _signed(signed_by)
    return (*lines, text("Its verify_pack.py is not the one of this version. Run your own.")) if strange_verifier else lines


def unpacked(project: str, missing: Sequence[str]) -> tuple[str, ...]:
    """Lines for a project that was made of a pack; `missing`: files with weights that the pack does not hold."""
    made = text("Project made: {path}").format(path=project)
    lost = text("The pack does not hold the weights of a model: {files}. Everything else was unpacked. Add the model again to run it.")
    return (made, lost.format(files=listed(missing))) if missing else (made,)


def does_not_fit(out: str, record: str, what: str, stored: Any, now: Any) -> str:
    """One line: the first record of a pack that does not fit."""
    if what == "figure":
        said = text("{out} does not fit: {record} is {stored} in the pack, and {now} from its labels and predictions.")
        return said.format(out=out, record=record, stored=_shown(stored), now=_shown(now))
    return text("{out} does not fit: {record}, {what}.").format(out=out, record=record, what=misfit(what))


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
        text("Labels taken in: {taken}; second answers: {second}; here already: {known}.").format(
            taken=n_taken, second=n_second, known=n_known
        )
    ]
    if n_unmatched:
        lines.append(
            plural("{n} labelled frame is not picked here.", "{n} labelled frames are not picked here.", n_unmatched).format(n=n_unmatched)
        )
    if n_open:
        lines.append(plural("On {n} frame the two people differ.", "On {n} frames the two people differ.", n_open).format(n=n_open))
    return tuple(lines)


def agreed(found: Agreement | None) -> tuple[str, ...]:
    """Agreement between people; nothing where no frame was labelled by both."""
    if found is None or not found.n:
        return ()
    said = plural(
        "Agreement between people: {share} ({range}) on {n} frame that both labelled.",
        "Agreement between people: {share} ({range}) on {n} frames that both labelled.",
        found.n,
    ).format(share=percent(found.agreement.value), range=interval(found.agreement), n=found.n)
    if not found.kappa.measured:
        return (said,)
    kappa = text("Cohen's kappa: {value} ({lo} to {hi}).")
    return said, kappa.format(value=number(found.kappa.value, 2), lo=number(found.kappa.lo, 2), hi=number(found.kappa.hi, 2))


def conflict(frame: str, first: str, first_by: str, second: str, second_by: str, settled: bool) -> str:
    """One line: what two people said of a frame."""
    said = text("{frame}: {first} ({by}) against {second} ({other})")
    if settled:
        said = text("{frame}: decided for {first} ({by}) against {second} ({other})")
    return said.format(frame=frame, first=first, by=first_by or "–", second=second, other=second_by or "–")


def two_answers(first: Label, second: Repeat) -> tuple[str, str]:
    """Answers of two people to one frame, each with who gave it."""
    said = text("{answer} ({by})")
    return said.format(answer=said_of(first), by=first.by or "–"), said.format(answer=said_of(second), by=second.by or "–")


def conflicts_decided(number: int, n: int, n_decided: int, settled: bool) -> str:
    """Place among the frames on which two people differ, how many of them are decided, and whether this one is."""
    said = text("Frame {number} of {n} on which two people differ; decided: {decided}.").format(number=number, n=n, decided=n_decided)
    return f"{said} {text('Here somebody decided for the answer on the left.')}" if settled else said


def seal_lines(found: Sealed | None) -> tuple[str, ...]:
    """State of the seal, a line each: when, by whom, and what changed since."""
    if found is None:
        return (text("Nothing is sealed yet: the first label seals limits, classes and list."),)
    lines = [_when(found)]
    if found.signed_labels is None:
        lines.append(text("Nobody signed the seal: it shows changes, not who made them."))
    else:
        said = plural(
            "Signed with the key {keys} when {n} label stood.", "Signed with the key {keys} when {n} labels stood.", found.signed_labels
        )
        lines.append(said.format(keys=", ".join(key[:16] for key in found.signed_by), n=found.signed_labels))
    lines += changes_said(found)
    if found.n_redrawn:
        lines.append(
            plural(
                "The list of frames was changed {n} time since.", "The list of frames was changed {n} times since.", found.n_redrawn
            ).format(n=found.n_redrawn)
        )
    return tuple(lines)


def _when(found: Sealed) -> str:
    if not found.n_labels_before:
        return text("Limits, classes and list were sealed before the first label, {when}.").format(when=moment(found.at))
    return plural(
        "Limits, classes and list were sealed late, {when}: {n} label stood already.",
        "Limits, classes and list were sealed late, {when}: {n} labels stood already.",
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
        said = text("The limit for the gap was changed after labelling began, {when}: {before} pp became {after} pp.")
        if one.by:
            said = text("The limit for the gap was changed after labelling began, {when}, by {name}: {before} pp became {after} pp.")
        return said.format(when=when, name=one.by, before=limit(before), after=limit(after))
    if one.part == "rate_limits":
        return text("The limits for rates were changed after labelling began, {when}: {before} became {after}.").format(
            when=when, before=_rates(before), after=_rates(after)
        )
    names = ", ".join(before) or text("none"), ", ".join(after) or text("none")
    if one.part == "ok_classes":
        said = text("The OK classes were changed after labelling began, {when}: {before} became {after}.")
    else:
        said = text("The classes were changed after labelling began, {when}: {before} became {after}.")
    return said.format(when=when, before=names[0], after=names[1])


def _rates(told: Any) -> str:
    known = {name: value[0] for name, value in told.items()} if isinstance(told, dict) else {}
    return ", ".join(f"{name} {percent(value, 1)}" for name, value in sorted(known.items())) or text("none")
