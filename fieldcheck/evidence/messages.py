"""Texts about evidence: packs and their verification, the seal, the state of the evidence, and
stored runs."""

from __future__ import annotations

import json
import shlex
from collections.abc import Sequence
from typing import Any, NamedTuple

from fieldcheck.corruptions.messages import (
    get_corruption_name,
    get_ood_family_name,
    get_severity_name,
    get_shortcut_name,
)
from fieldcheck.domain.estimate import FEW_FRAMES, Estimate
from fieldcheck.domain.label import Label, Repeat
from fieldcheck.domain.project_state import EvidenceState, SealChange, SealState
from fieldcheck.domain.report import LIMITED_RATES
from fieldcheck.domain.run import ReplayDifference, ReplayResult, RunLine
from fieldcheck.errors.message_format import format_names, format_remedy, to_one_line
from fieldcheck.errors.projects import describe_pack_fault
from fieldcheck.i18n.language import tr, tr_msgid, tr_plural, tr_points
from fieldcheck.i18n.numbers import (
    format_as_entered,
    format_interval,
    format_limit,
    format_number,
    format_percent,
    format_percent_limit,
)
from fieldcheck.labels.messages import format_label
from fieldcheck.models.messages import describe_excluded_people, get_metric_name
from fieldcheck.stats.agreement import Agreement
from fieldcheck.timestamp import parse_local_time


def list_pack_lines(
    out: str, n_records: int, n_figures: int, signed_by: str, n_people: int
) -> tuple[str, ...]:
    """Lines about a pack that was written; `n_people`: pictures that stayed out of it because a
    person is marked on them."""
    first = tr_plural(
        "{n} record (including {figures} report values) packed into {out}.",
        "{n} records (including {figures} report values) packed into {out}.",
        n_records,
        n=n_records,
        figures=n_figures,
        out=out,
    )
    return (
        first,
        _describe_signers((signed_by,) if signed_by else ()),
        *([describe_excluded_people(n_people, "people_pack")] if n_people else []),
    )


def describe_verify_command(pack: str) -> str:
    """What to type to check a pack on a computer without Fieldcheck."""
    return tr(
        "To check it without Fieldcheck, type: {command}", command=f"python3 {shlex.quote(pack)}"
    )


def describe_pack(name: str, with_report: bool) -> str:
    """Text of the README.txt of a pack: what the file is, and how it is checked.

    Args:
        name: file name of the pack.
        with_report: whether report.pdf is in it.
    """
    quoted = shlex.quote(name)
    commands = (
        (tr("Check every byte with Python alone:"), f"python3 {quoted}"),
        (
            tr(
                "This runs the program in the pack. If you do not trust the sender, run your own "
                "copy:"
            ),
            f"python3 -I verify_pack.py {quoted}",
        ),
        (
            tr("Compute every value again from labels and predictions:"),
            f"fieldcheck verify {quoted}",
        ),
        (tr("Continue the work in a new project:"), f"fieldcheck unpack {quoted} NAME.fieldcheck"),
    )
    paper = (
        tr("Read report.pdf first. Its bytes are checked; its values are those of summary.json."),
        "",
    )
    lines = [
        tr("Fieldcheck evidence pack: labels, frames, model and values of one measurement."),
        tr("The file is a ZIP archive: any archive program opens it."),
        "",
        *(paper if with_report else ()),
        *(line for text, command in commands for line in (text, f"    {command}", "")),
    ]
    return "\n".join(lines)


def _describe_signers(keys: Sequence[str]) -> str:
    if not keys:
        return tr("Not signed: anyone with write access can recreate the pack.")
    return tr("Signed with key {keys}.", keys=", ".join(key[:16] for key in keys))


def list_verification_lines(
    out: str,
    n_records: int,
    n_figures: int,
    signed_by: Sequence[str],
    strange_verifier: bool = False,
) -> tuple[str, ...]:
    """Lines for a pack that fits; `strange_verifier`: the program in it is not this version's."""
    text = tr_plural(
        (
            "{out} verified: {n} record intact, {figures} values reproduced from labels and "
            "predictions."
        ),
        (
            "{out} verified: {n} records intact, {figures} values reproduced from labels and "
            "predictions."
        ),
        n_records,
    )
    lines = text.format(out=out, n=n_records, figures=n_figures), _describe_signers(signed_by)
    return (
        (
            *lines,
            tr(
                "The verify_pack.py in the pack differs from the one of this version. Run your "
                "own copy."
            ),
        )
        if strange_verifier
        else lines
    )


def list_unpack_lines(project: str, missing: Sequence[str]) -> tuple[str, ...]:
    """Lines for a project that was made of a pack; `missing`: files with weights that the pack does
    not hold."""
    created_line = tr("Project created: {path}", path=project)
    missing_line = tr(
        "Model weights are missing from the pack: {files}. Everything else was unpacked. Add "
        "the model again before you run it."
    )
    return (
        (created_line, missing_line.format(files=format_names(missing)))
        if missing
        else (created_line,)
    )


def describe_pack_mismatch(out: str, record: str, kind: str, stored: Any, now: Any) -> str:
    """One line: the first record of a pack that does not fit."""
    if kind == "figure":
        text = tr(
            "{out}: verification failed. {record} is {stored} in the pack, but {now} when "
            "recomputed from labels and predictions."
        )
        return text.format(
            out=out, record=record, stored=_format_value(stored), now=_format_value(now)
        )
    return tr(
        "{out}: verification failed: {record}, {what}.",
        out=out,
        record=record,
        what=describe_pack_fault(kind),
    )


def _format_value(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def list_share_lines(
    out: Sequence[str], n: Sequence[int], n_both: int, n_people: int
) -> tuple[str, ...]:
    """Who has how many frames; `n_people`: frames that nobody has because a person is marked on
    them."""
    frames = [
        f"{where}: {tr_plural('{n} frame', '{n} frames', each, n=each)}"
        for where, each in zip(out, n, strict=True)
    ]
    line = tr("{first}; {second}; in both: {both}.", first=frames[0], second=frames[1], both=n_both)
    return (line, describe_excluded_people(n_people, "people_share")) if n_people else (line,)


def list_merge_lines(
    n_taken: int, n_second: int, n_known: int, n_unmatched: int, n_open: int
) -> tuple[str, ...]:
    """Lines about a merge."""
    lines = [
        tr(
            "Labels merged: {taken}; second labels: {second}; already present: {known}.",
            taken=n_taken,
            second=n_second,
            known=n_known,
        )
    ]
    if n_unmatched:
        lines.append(
            tr_plural(
                "{n} labelled frame is not among the picks.",
                "{n} labelled frames are not among the picks.",
                n_unmatched,
                n=n_unmatched,
            )
        )
    if n_open:
        lines.append(tr_plural("{n} label conflict.", "{n} label conflicts.", n_open, n=n_open))
    return tuple(lines)


def list_agreement_lines(agreement: Agreement | None) -> tuple[str, ...]:
    """Agreement between people; nothing where no frame was labelled by both."""
    if agreement is None or not agreement.n:
        return ()
    text = tr_plural(
        "Inter-annotator agreement: {share} ({range}) on {n} frame labelled by both.",
        "Inter-annotator agreement: {share} ({range}) on {n} frames labelled by both.",
        agreement.n,
        share=format_percent(agreement.agreement.value),
        range=format_interval(agreement.agreement),
        n=agreement.n,
    )
    if not agreement.kappa.measured:
        return (text,)
    kappa = tr("Cohen's kappa: {value} ({lo} to {hi}).")
    return text, kappa.format(
        value=format_number(agreement.kappa.value, 2),
        lo=format_number(agreement.kappa.lo, 2),
        hi=format_number(agreement.kappa.hi, 2),
    )


def describe_conflict(
    frame: str, first: str, first_by: str, second: str, second_by: str, settled: bool
) -> str:
    """Describe in one line how two annotators labelled a frame."""
    text = tr("{frame}: {first} ({by}) vs {second} ({other})")
    if settled:
        text = tr("{frame}: resolved as {first} ({by}) instead of {second} ({other})")
    return text.format(
        frame=frame, first=first, by=first_by or "–", second=second, other=second_by or "–"
    )


def format_two_answers(first: Label, second: Repeat) -> tuple[str, str]:
    """Format two annotators' labels of a frame with their names."""
    text = tr("{answer} ({by})")
    return text.format(answer=format_label(first), by=first.by or "–"), text.format(
        answer=format_label(second), by=second.by or "–"
    )


def describe_conflict_progress(number: int, n: int, n_decided: int, settled: bool) -> str:
    """Describe the number of the conflict, how many are resolved, and whether this one is."""
    text = tr(
        "Conflict {number} of {n}; resolved: {decided}.", number=number, n=n, decided=n_decided
    )
    return f"{text} {tr('Resolved in favour of the left label.')}" if settled else text


def list_seal_lines(seal_state: SealState | None) -> tuple[str, ...]:
    """State of the seal, a line each: when, by whom, and what changed since."""
    if seal_state is None:
        return (
            tr(
                "Not sealed yet: the first label seals limits, classes and picked frames "
                "automatically."
            ),
        )
    lines = [_format_seal_time(seal_state)]
    if seal_state.signed_labels is None:
        lines.append(tr("Seal not signed: it shows changes, but not who made them."))
    else:
        text = tr_plural(
            "Signed with key {keys} when {n} label existed.",
            "Signed with key {keys} when {n} labels existed.",
            seal_state.signed_labels,
        )
        lines.append(
            text.format(
                keys=", ".join(key[:16] for key in seal_state.signed_by), n=seal_state.signed_labels
            )
        )
    lines += list_seal_changes(seal_state)
    if seal_state.n_redrawn:
        lines.append(
            tr_plural(
                "Picked frames changed {n} time since.",
                "Picked frames changed {n} times since.",
                seal_state.n_redrawn,
                n=seal_state.n_redrawn,
            )
        )
    return tuple(lines)


def _format_seal_time(seal_state: SealState) -> str:
    if not seal_state.n_labels_before:
        return tr(
            "Limits, classes and picked frames sealed before the first label, {when}.",
            when=format_minute(seal_state.at),
        )
    return tr_plural(
        "Limits, classes and picked frames sealed late, {when}: {n} label already existed.",
        "Limits, classes and picked frames sealed late, {when}: {n} labels already existed.",
        seal_state.n_labels_before,
        when=format_minute(seal_state.at),
        n=seal_state.n_labels_before,
    )


def format_minute(iso: str) -> str:
    """A moment to the minute, on this computer's clock."""
    return f"{parse_local_time(iso):%Y-%m-%d %H:%M}"


def list_seal_changes(seal_state: SealState) -> list[str]:
    """One sentence for each criterion that is not as it was sealed."""
    return [_describe_seal_change(change) for change in seal_state.changes]


def _describe_seal_change(seal_change: SealChange) -> str:
    when, before, after = (
        format_minute(seal_change.at),
        json.loads(seal_change.before),
        json.loads(seal_change.after),
    )
    if seal_change.part == "tolerance":
        limit = format_limit(after)
        text = tr_points(
            "Gap limit changed after labelling began, {when}: {before} → {after} pp.", limit
        )
        if seal_change.by:
            text = tr_points(
                "Gap limit changed after labelling began, {when}, by {name}: {before} → {after} "
                "pp.",
                limit,
            )
        return text.format(when=when, name=seal_change.by, before=format_limit(before), after=limit)
    if seal_change.part == "latency_limit":
        return tr(
            "Latency limit changed after labelling began, {when}: {before} → {after}.",
            when=when,
            before=_format_latency(before),
            after=_format_latency(after),
        )
    if seal_change.part == "rate_limits":
        return tr(
            "Rate limits changed after labelling began, {when}: {before} → {after}.",
            when=when,
            before=_format_rates(before),
            after=_format_rates(after),
        )
    if seal_change.part == "part_rule":
        return tr("Parts or their rule changed after labelling began, {when}.", when=when)
    if seal_change.part == "planned_sample":
        return tr(
            "Planned sample changed after labelling began, {when}: {before} → {after}.",
            when=when,
            before=_format_sample(before),
            after=_format_sample(after),
        )
    names = ", ".join(before) or tr("none"), ", ".join(after) or tr("none")
    if seal_change.part == "ok_classes":
        text = tr("OK classes changed after labelling began, {when}: {before} → {after}.")
    else:
        text = tr("Classes changed after labelling began, {when}: {before} → {after}.")
    return text.format(when=when, before=names[0], after=names[1])


def _format_latency(limit: Any) -> str:
    return (
        tr("{ms} ms", ms=format_as_entered(float(limit[0])))
        if isinstance(limit, list)
        else tr("none")
    )


def _format_sample(sample: Any) -> str:
    if not isinstance(sample, dict):
        return tr("none")
    return tr(
        "{parts} parts in {shifts} shifts",
        parts=sample.get("parts") or "–",
        shifts=sample.get("shifts") or "–",
    )


def _format_rates(limits: Any) -> str:
    rate_by_code = (
        {code: value[0] for code, value in limits.items()} if isinstance(limits, dict) else {}
    )
    names = {rate.code: tr_msgid(rate.name) for rate in LIMITED_RATES}
    return ", ".join(
        f"{names.get(code, code)} {format_percent_limit(value)}"
        for code, value in sorted(rate_by_code.items())
    ) or tr("none")


# Sentences on the state of the evidence: what is sealed, signed, guarded, stored and decided, and
# the next step.

DONE, OPEN, LOOK = "✓", "–", "▲"


class StateLine(NamedTuple):
    """`mark`: done, open, or to be checked; `sentence`: one or two sentences."""

    mark: str
    sentence: str


def build_state_lines(evidence_state: EvidenceState, key: str) -> dict[str, StateLine]:
    """A line for each part of the evidence, by its code; `key`: file of the key that signs, empty
    for none."""
    return {
        "seal": _build_seal_line(evidence_state),
        "signature": _build_signature_line(evidence_state, key),
        "pin": _build_pin_line(evidence_state),
        "runs": _build_run_line(evidence_state.n_runs),
        "people": _build_agreement_line(evidence_state),
    }


def list_changes_since_seal(evidence_state: EvidenceState) -> tuple[str, ...]:
    """Changes since it was sealed, a line each."""
    return list_seal_lines(evidence_state.sealed)[2:] if evidence_state.sealed is not None else ()


def describe_next_step(evidence_state: EvidenceState) -> str:
    """The next step in words."""
    if evidence_state.sealed is None:
        return tr(
            "Next: seal limits, classes and picked frames. Sealing after the first label is "
            "reported as late."
        )
    if not evidence_state.n_labels:
        return tr(
            "Next: label frames. The sealed limits, classes and frames apply from the first label."
        )
    if evidence_state.n_open:
        return tr("Next: resolve label conflicts.")
    return tr("Next: create an evidence pack: everything listed here in one verifiable file.")


def _build_seal_line(evidence_state: EvidenceState) -> StateLine:
    if evidence_state.sealed is None:
        return StateLine(OPEN, list_seal_lines(None)[0])
    return StateLine(
        DONE if evidence_state.is_intact else LOOK, list_seal_lines(evidence_state.sealed)[0]
    )


def _build_signature_line(evidence_state: EvidenceState, key: str) -> StateLine:
    chosen = (
        tr("Signing key: {file}", file=key)
        if key
        else tr("No signing key chosen: nothing will be signed.")
    )
    if evidence_state.sealed is None or evidence_state.sealed.signed_labels is None:
        return StateLine(OPEN, chosen)
    signed = list_seal_lines(evidence_state.sealed)[1]
    return StateLine(DONE, f"{signed} {chosen}" if key else signed)


def _build_pin_line(evidence_state: EvidenceState) -> StateLine:
    if not evidence_state.guarded:
        return StateLine(OPEN, tr("No PIN set: anyone can change the limits."))
    if not evidence_state.unlocked:
        return StateLine(DONE, tr("PIN required to change limits."))
    return StateLine(LOOK, tr("PIN accepted: limits can be changed until the project is closed."))


def _build_run_line(n: int) -> StateLine:
    if not n:
        return StateLine(OPEN, tr("No run saved yet. A run saves the model's predictions."))
    text = tr_plural(
        "{n} run saved; can be reproduced.", "{n} runs saved; each can be reproduced.", n
    )
    return StateLine(DONE, text.format(n=format_number(n)))


def _build_agreement_line(evidence_state: EvidenceState) -> StateLine:
    if not evidence_state.n_conflicts and evidence_state.n_people == 1:
        return StateLine(OPEN, tr("Only one annotator has labelled."))
    if not evidence_state.n_conflicts:
        return StateLine(OPEN, tr("No label conflicts."))
    if not evidence_state.n_open:
        text = tr_plural(
            "{n} label conflict, resolved.",
            "{n} label conflicts, all resolved.",
            evidence_state.n_conflicts,
        )
        return StateLine(DONE, text.format(n=evidence_state.n_conflicts))
    text = tr_plural(
        "{n} label conflict; unresolved: {open}.",
        "{n} label conflicts; unresolved: {open}.",
        evidence_state.n_conflicts,
    )
    return StateLine(LOOK, text.format(n=evidence_state.n_conflicts, open=evidence_state.n_open))


# Stored runs in words: the list of them, and what came of repeating one.

SHOWN = 10  # Most differences in the text; the document has all of them.
SHORT = 12  # letters of a hash that are told
PROBE = "probe:"  # before the name of what a model was shown that has no right answer
ENOUGH_FOR_A_DECIMAL = 500  # frames


def list_run_lines(n: int, lines: Sequence[RunLine], skipped: int) -> tuple[str, ...]:
    """The list of runs, one a line, and how many there are."""
    shown = [
        tr(
            "{run}  {created}  {model} on {where}{recipe}; predictions: {n}",
            run=line.run.run_id,
            created=line.run.created[:19],
            model=to_one_line(line.model),
            where=get_run_set_name(line.run.on),
            recipe=_format_recipe(line),
            n=line.n_done,
        )
        for line in lines
    ]
    text = tr_plural("{n} run saved", "{n} runs saved", n, n=n)
    if n > len(lines):
        text += "; " + tr(
            "showing {first} to {last}, newest first.", first=skipped + 1, last=skipped + len(lines)
        )
        return (*shown, text)
    return (*shown, text + ".")


def build_run_row(
    run_line: RunLine, score: tuple[str, Estimate] | None
) -> tuple[str, str, str, str, str]:
    """A run for a list with columns: when, over what, which model, how many answers, and its score
    with range and n; a dash without one."""
    return (
        format_minute(run_line.run.created),
        _describe_run_frames(run_line),
        to_one_line(run_line.model) or "–",
        format_number(run_line.n_done),
        _format_score(score),
    )


def _describe_run_frames(run_line: RunLine) -> str:
    """Pictures that a run was asked about, and what was done to them."""
    recipe, probe = run_line.run.recipe, run_line.run.recipe.removeprefix(PROBE)
    if probe != recipe:
        return (
            tr("OOD")
            + ": "
            + (
                get_shortcut_name(probe)
                if (family := get_ood_family_name(probe)) == probe
                else family
            )
        )
    if recipe == "golden":
        return tr("golden set")
    called = (
        f", {get_corruption_name(recipe)}, {get_severity_name(run_line.run.severity)}"
        if recipe != "none"
        else ""
    )
    return get_run_set_name(run_line.run.on) + called


def _format_score(score: tuple[str, Estimate] | None) -> str:
    if score is None or not score[1].measured:
        return "–"
    metric, estimate = score
    digits = int(estimate.n >= ENOUGH_FOR_A_DECIMAL)
    return tr(
        "{value} ({range}), {metric}, n = {n}",
        value=format_percent(estimate.value, digits) if estimate.n >= FEW_FRAMES else tr("too few"),
        range=format_interval(estimate, digits),
        metric=get_metric_name(metric),
        n=format_number(estimate.n),
    )


def get_outcome_name(replay_result: ReplayResult) -> str:
    """Outcome of repeating a run, in a word or two for a list."""
    if replay_result.is_identical:
        return tr("✓ identical")
    return tr("▲ not reproducible") if _is_other_model(replay_result) else tr("▲ different")


def describe_page(n: int, first: int, last: int) -> str:
    """Runs that a page of the list shows, of all that are stored, the newest first."""
    if not n:
        return tr("No run saved yet. A run saves the model's predictions.")
    text = tr_plural("{n} run saved", "{n} runs saved", n, n=format_number(n))
    return f"{text}; " + tr("showing {first} to {last}, newest first.", first=first, last=last)


def get_run_set_name(set_name: str) -> str:
    """Frames that a run goes over, inside a sentence."""
    return {"field": tr("picked frames"), "footage": tr("footage"), "benchmark": tr("benchmark")}[
        set_name
    ]


def _format_recipe(run_line: RunLine) -> str:
    if run_line.run.recipe == "none":
        return ""
    return f", {to_one_line(run_line.run.recipe)}" + (
        f" {run_line.run.severity:g}" if run_line.run.severity else ""
    )


def list_replay_lines(replay_result: ReplayResult, most: int = SHOWN) -> tuple[str, ...]:
    """Whether every digit came again, and what is not as it was, the first differences one by one;
    the rest is counted."""
    shown = [_describe_difference(difference) for difference in replay_result.differences[:most]]
    if len(replay_result.differences) > most:
        n = len(replay_result.differences) - most
        shown.append(
            tr_plural(
                "{n} more difference{remedy}.",
                "{n} more differences{remedy}.",
                n,
                n=n,
                remedy=format_remedy("differences"),
            )
        )
    return (_describe_verdict(replay_result), *shown)


def _is_other_model(replay_result: ReplayResult) -> bool:
    return any(difference.kind in ("model", "card") for difference in replay_result.differences)


def _describe_verdict(replay_result: ReplayResult) -> str:
    if replay_result.is_identical:
        return tr_plural(
            "Run {run} of {model} on {where} reproduced: {n} prediction identical.",
            "Run {run} of {model} on {where} reproduced: all {n} predictions identical.",
            replay_result.n,
            run=replay_result.run.run_id,
            model=to_one_line(replay_result.model),
            where=get_run_set_name(replay_result.run.on),
            n=replay_result.n,
        )
    if replay_result.n == 0:
        return tr(
            "Run {run} has no predictions; nothing to reproduce.", run=replay_result.run.run_id
        )
    if _is_other_model(replay_result):
        texts = {
            "model": tr("Run {run} cannot be reproduced: model file changed."),
            "card": tr("Run {run} cannot be reproduced: model card changed."),
        }
        return next(
            texts[difference.kind]
            for difference in replay_result.differences
            if difference.kind in texts
        ).format(run=replay_result.run.run_id)
    return tr_plural(
        (
            "Run {run} of {model} on {where} differs: {different} of {n} prediction differs or "
            "its image is missing."
        ),
        (
            "Run {run} of {model} on {where} differs: {different} of {n} predictions differ or "
            "their image is missing."
        ),
        replay_result.n,
        run=replay_result.run.run_id,
        model=to_one_line(replay_result.model),
        where=get_run_set_name(replay_result.run.on),
        different=replay_result.n_different,
        n=replay_result.n,
    )


def _describe_difference(replay_difference: ReplayDifference) -> str:
    text = {
        "model": tr("Model file {what}: SHA-256 {stored} saved, {now} now."),
        "card": tr("Model card {what}: SHA-256 {stored} saved, {now} now."),
        "frame": tr("Image {what}: SHA-256 {stored} saved, {now} now."),
        "library": tr("Version of {what}: {stored} saved, {now} now."),
        "machine": tr("Computer ({what}): {stored} saved, {now} now."),
        "threads": tr("Threads: {stored} saved, {now} now."),
        "provider": tr("Execution provider: {stored} saved, {now} now."),
    }.get(replay_difference.kind, tr("Prediction {what}: {stored} saved, {now} now."))
    hashes = replay_difference.kind in ("model", "card", "frame")
    stored, now = (
        _shorten_hash(part) if hashes else to_one_line(part) or "–"
        for part in (replay_difference.stored, replay_difference.now)
    )
    return text.format(what=to_one_line(replay_difference.what), stored=stored, now=now)


def _shorten_hash(sha256: str) -> str:
    return sha256[:SHORT] if sha256 else tr("no file")
