"""How the labels were made and how far they can be trusted, as rows of the report."""

from __future__ import annotations

from collections.abc import Sequence

from fieldcheck.domain.estimate import Estimate
from fieldcheck.report import number_format
from fieldcheck.report.report import LabellingPace, Provenance, RepeatAgreement
from fieldcheck.words.figures import format_interval, format_minutes, format_percent
from fieldcheck.words.language import tr, tr_plural


def list_labelling_rows(provenance: Provenance) -> list[tuple[str, str]]:
    """Pace, operators and blind repeats: a name and what is known of it."""
    found = []
    if provenance.pace is not None:
        found.append((tr("Labelling speed"), format_labelling_pace(provenance.pace)))
    elif provenance.seconds_per_label is not None:
        said = tr("{seconds} s per frame (median)").format(seconds=number_format.format_decimal(provenance.seconds_per_label, 1))
        found.append((tr("Labelling speed"), said))
    if provenance.labelled_by:
        found.append((tr("Labelled by"), ", ".join(provenance.labelled_by)))
    return found + list_repeat_rows(provenance.repeats)


def list_repeat_rows(repeats: Sequence[RepeatAgreement]) -> list[tuple[str, str]]:
    """Blind repeats: who agreed with whom, and what no model can exceed."""
    found = []
    for repeated in repeats:
        name = tr("Inter-annotator agreement") if repeated.how == "other" else tr("Intra-annotator agreement (minutes apart)")
        found.append((name, format_agreement(repeated)))
        if repeated.ceiling.measured:
            found.append((tr("Label ceiling"), describe_label_ceiling(repeated)))
    return found


def format_labelling_pace(pace: LabellingPace) -> str:
    """`100 frames in 4:12, 1.06 keys per label, 5 corrected, all blind.`"""
    n = pace.n_frames
    parts = [
        tr_plural("{n} frame in {time}", "{n} frames in {time}", n).format(n=n, time=format_minutes(round(pace.seconds))),
        tr("{keys} keys per label").format(keys=number_format.format_decimal(pace.n_keys / n, 2)),
    ]
    if pace.n_clicks:
        parts.append(tr("{clicks} clicks per label").format(clicks=number_format.format_decimal(pace.n_clicks / n, 2)))
    parts.append(tr_plural("{n} corrected", "{n} corrected", pace.n_corrected).format(n=pace.n_corrected))
    parts.append(
        tr_plural("{n} not blind", "{n} not blind", pace.n_not_blind).format(n=pace.n_not_blind) if pace.n_not_blind else tr("all blind")
    )
    return ", ".join(parts)


def format_agreement(repeated: RepeatAgreement) -> str:
    """`28 of 30 frames alike, 93 % (79–98 %); kappa 0.86 (0.67–1.00)`"""
    agree = round(repeated.agreement.value * repeated.n)
    said = tr_plural("{agree} of {n} frame in agreement", "{agree} of {n} frames in agreement", repeated.n).format(
        agree=agree, n=repeated.n
    )
    if repeated.agreement.status == "ok":
        said += f", {number_format.format_value_with_range(repeated.agreement)}"
    if not repeated.kappa.measured:
        return said
    return said + "; " + tr("beyond chance (kappa) {kappa}").format(kappa=_format_estimate(repeated.kappa))


def describe_label_ceiling(repeated: RepeatAgreement) -> str:
    """Label noise ceiling: what follows for every score on these labels."""
    said = tr("{ceiling} ({range}): approximate maximum score on labels like these; about {error} of 100 labels are wrong")
    return said.format(
        ceiling=format_percent(repeated.ceiling.value, 0),
        range=format_interval(repeated.ceiling, 0),
        error=number_format.format_decimal(100 * repeated.error.value, 1),
    )


def _format_estimate(estimate: Estimate) -> str:
    value, lo, hi = (number_format.format_decimal(one, 2) for one in (estimate.value, estimate.lo, estimate.hi))
    return f"{value} ({lo}–{hi})"
