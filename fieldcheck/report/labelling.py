"""How the labels were made and how far they can be trusted, as rows of the report."""

from __future__ import annotations

from collections.abc import Sequence

from fieldcheck.domain.estimate import Estimate
from fieldcheck.report import number_format
from fieldcheck.report.report import LabellingPace, Provenance, Repeated
from fieldcheck.words.figures import interval, minutes, percent
from fieldcheck.words.language import plural, text


def rows(provenance: Provenance) -> list[tuple[str, str]]:
    """Pace, operators and blind repeats: a name and what is known of it."""
    found = []
    if provenance.pace is not None:
        found.append((text("Labelling speed"), pace_line(provenance.pace)))
    elif provenance.seconds_per_label is not None:
        said = text("{seconds} s per frame (median)").format(seconds=number_format.decimal(provenance.seconds_per_label, 1))
        found.append((text("Labelling speed"), said))
    if provenance.labelled_by:
        found.append((text("Labelled by"), ", ".join(provenance.labelled_by)))
    return found + repeat_rows(provenance.repeats)


def repeat_rows(repeats: Sequence[Repeated]) -> list[tuple[str, str]]:
    """Blind repeats: who agreed with whom, and what no model can exceed."""
    found = []
    for repeated in repeats:
        name = text("Inter-annotator agreement") if repeated.how == "other" else text("Intra-annotator agreement (minutes apart)")
        found.append((name, agreement_line(repeated)))
        if repeated.ceiling.measured:
            found.append((text("Label ceiling"), ceiling_line(repeated)))
    return found


def pace_line(pace: LabellingPace) -> str:
    """`100 frames in 4:12, 1.06 keys per label, 5 corrected, all blind.`"""
    n = pace.n_frames
    parts = [
        plural("{n} frame in {time}", "{n} frames in {time}", n).format(n=n, time=minutes(round(pace.seconds))),
        text("{keys} keys per label").format(keys=number_format.decimal(pace.n_keys / n, 2)),
    ]
    if pace.n_clicks:
        parts.append(text("{clicks} clicks per label").format(clicks=number_format.decimal(pace.n_clicks / n, 2)))
    parts.append(plural("{n} corrected", "{n} corrected", pace.n_corrected).format(n=pace.n_corrected))
    parts.append(
        plural("{n} not blind", "{n} not blind", pace.n_not_blind).format(n=pace.n_not_blind) if pace.n_not_blind else text("all blind")
    )
    return ", ".join(parts)


def agreement_line(repeated: Repeated) -> str:
    """`28 of 30 frames alike, 93 % (79–98 %); kappa 0.86 (0.67–1.00)`"""
    agree = round(repeated.agreement.value * repeated.n)
    said = plural("{agree} of {n} frame in agreement", "{agree} of {n} frames in agreement", repeated.n).format(agree=agree, n=repeated.n)
    if repeated.agreement.status == "ok":
        said += f", {number_format.figure(repeated.agreement)}"
    if not repeated.kappa.measured:
        return said
    return said + "; " + text("beyond chance (kappa) {kappa}").format(kappa=_plain(repeated.kappa))


def ceiling_line(repeated: Repeated) -> str:
    """Label noise ceiling: what follows for every score on these labels."""
    said = text("{ceiling} ({range}): approximate maximum score on labels like these; about {error} of 100 labels are wrong")
    return said.format(
        ceiling=percent(repeated.ceiling.value, 0),
        range=interval(repeated.ceiling, 0),
        error=number_format.decimal(100 * repeated.error.value, 1),
    )


def _plain(estimate: Estimate) -> str:
    return f"{number_format.decimal(estimate.value, 2)} ({number_format.decimal(estimate.lo, 2)}–{number_format.decimal(estimate.hi, 2)})"
