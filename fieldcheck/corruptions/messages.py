"""Texts about corruptions: names and severities, corruption matching, out-of-distribution test, and
severity sweep."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import isfinite, isinf

from fieldcheck.corruptions.catalogue import CATALOG, get_parameters
from fieldcheck.domain.estimate import Estimate
from fieldcheck.domain.robustness import (
    CandidateCorruption,
    FamilyRow,
    FieldMatch,
    OodResults,
    Sweep,
    SweepRow,
)
from fieldcheck.domain.run import On
from fieldcheck.errors.message_format import to_one_line
from fieldcheck.i18n.language import tr, tr_msgid, tr_plural, tr_points
from fieldcheck.i18n.numbers import (
    format_interval,
    format_number,
    format_percent,
    format_points,
    format_rate,
    format_rate_limits,
    format_share_with_count,
    format_spread,
)
from fieldcheck.imaging.contrast_and_colour import CHANGES

# Corruptions in words: name, severity, and what that is physically.

STOPS = (0.0, 1.0, 3.0, 5.0)
"""The severities that have a name: off, mild, moderate, severe."""
# pixels; lengths of the catalogue are of a frame whose shorter side has that many
REFERENCE_SIDE = 192

# parameters in pixels; any other that a sentence names without `_n` is a share of one
LENGTHS = {"sigma", "length", "away"}


def get_corruption_name(name: str) -> str:
    """Display name of a corruption, or of a change of the fix search; an unknown name is returned
    unchanged."""
    entry = CATALOG.get(name) or CHANGES.get(name)
    return tr_msgid(entry.name_text) if entry is not None else name


def get_family_name(name: str) -> str:
    """Name of a family of corruptions: all those that a picture does not tell apart from this one
    (methods 5.5)."""
    called = CATALOG[name].family_text if name in CATALOG else None
    return tr_msgid(called) if called else get_corruption_name(name)


def group_by_cause() -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The whole catalogue as (what one calls the cause, names of the catalogue), in its order."""
    called = {
        "noise": tr("Sensor noise"),
        "blur": tr("Blur"),
        "light": tr("Light"),
        "coding": tr("Compression and transport"),
        "weather": tr("Weather"),
        "lens": tr("Lens"),
        "geometry": tr("Geometry"),
    }
    return tuple(
        (text, tuple(name for name, entry in CATALOG.items() if entry.cause == cause))
        for cause, text in called.items()
    )


def list_line_faults() -> tuple[tuple[str, str, str], ...]:
    """Risks of the way from camera to program: (fault, how it looks, name of the catalogue), in its
    order."""
    return tuple(
        (tr_msgid(entry.fault), tr_msgid(entry.appearance), name)
        for name, entry in CATALOG.items()
        if entry.fault is not None and entry.appearance is not None
    )


def describe_steps(steps: Sequence[tuple[str, float]]) -> str:
    """Recipe in words: one corruption after the other; a change of the fix search has no
    severity."""
    return " + ".join(
        get_corruption_name(name)
        if name in CHANGES
        else tr(
            "{name}, {severity}",
            name=get_corruption_name(name),
            severity=get_severity_name(severity),
        )
        for name, severity in steps
    )


def describe_likeness(psnr: float, ssim: float) -> str:
    """Describe the similarity to the original; empty for the original itself."""
    if isinf(psnr):
        return ""
    return tr(
        "PSNR {psnr} dB, SSIM {ssim}", psnr=format_number(psnr, 1), ssim=format_number(ssim, 2)
    )


def describe_first_flip(severity: float | None) -> str:
    """Describe at which severity one frame's prediction first changes; None where it never did."""
    if severity is None:
        return tr("No change of the prediction observed up to severe.")
    figure = format_number(severity, 1)
    if severity in STOPS:
        return tr(
            "Prediction first changes at {figure} ({stop}).",
            figure=figure,
            stop=get_severity_name(severity),
        )
    below, above = next(pair for pair in pairwise(STOPS) if pair[0] < severity < pair[1])
    text = tr("Prediction first changes at {figure} (between {below} and {above}).")
    return text.format(
        figure=figure, below=get_severity_name(below), above=get_severity_name(above)
    )


def get_severity_name(severity: float) -> str:
    """`moderate`; between two stops the figure itself, on the scale from 0 to 5."""
    named = {0.0: tr("off"), 1.0: tr("mild"), 3.0: tr("moderate"), 5.0: tr("severe")}
    return named.get(severity) or tr("severity {figure} of 5", figure=format_number(severity, 1))


def describe_severity(name: str, severity: float) -> str:
    """Meaning of a severity: what is done to the picture, in figures of the thing itself. Raises
    ValueError for an unknown name or severity."""
    values = get_parameters(name, severity)
    if severity == 0:
        return tr("No corruption applied.")
    shares = {
        key: format_percent(value)
        for key, value in values.items()
        if key not in LENGTHS and isfinite(value)
    }
    lengths = {
        key: format_percent(value / REFERENCE_SIDE, 1)
        for key, value in values.items()
        if key in LENGTHS
    }
    plain = {
        f"{key}_n": format_number(value, int(value < 10 and value % 1 != 0))
        for key, value in values.items()
    }
    plain |= {"more": format_percent(values["zoom"] - 1)} if "zoom" in values else {}
    return tr_msgid(CATALOG[name].sentence, **shares, **lengths, **plain)


def describe_match(field_match: FieldMatch) -> str:
    """Describe the matched corruption, or why there is none, and the sample it is based on."""
    return (
        f"{describe_matched_corruption(field_match)} {describe_match_sample(field_match)}".rstrip()
    )


def describe_match_sample(field_match: FieldMatch) -> str:
    """How many pictures and frames were compared, and whether other clips would say the same. Empty
    where an earlier version kept none."""
    if not field_match.n_frames:
        return ""
    counts = (
        tr_plural(
            "{n} benchmark image",
            "{n} benchmark images",
            field_match.n_pictures,
            n=field_match.n_pictures,
        ),
        tr_plural("{n} frame", "{n} frames", field_match.n_frames, n=field_match.n_frames),
        tr_plural("{n} clip", "{n} clips", field_match.n_clips, n=field_match.n_clips),
    )
    text = tr(
        "Compared: {pictures} with {frames} from {clips}.",
        **dict(zip(("pictures", "frames", "clips"), counts, strict=True)),
    )
    if not field_match.top:
        return text
    if field_match.n_clips == 1:
        return text + " " + tr("Only one clip: stability across clips unknown.")
    return (
        text
        + " "
        + tr(
            "Bootstrap over clips: the best match stays the best in {wins} of samples.",
            wins=format_percent(field_match.wins),
        )
    )


def describe_matched_corruption(field_match: FieldMatch) -> str:
    """The corruption that the field looks like and how much it explains, or why there is none."""
    if field_match.named is not None:
        text = tr(
            "Best match for the field: {name}, mean severity {severity} of 5; explains "
            "{share} of the difference. Similarity, not cause."
        )
        severity, share = (
            format_number(field_match.named.severity, 1),
            format_percent(field_match.named.explained),
        )
        return text.format(
            name=get_family_name(field_match.named.family), severity=severity, share=share
        ) + _describe_combination(field_match)
    if field_match.second is not None:
        text = tr(
            "No single corruption explains the field; two together explain {share} of the "
            "difference: {first} "
            "(mean severity {a} of 5) + {second} ({b}). Similarity, not cause."
        )
        names = {
            "first": get_family_name(field_match.top[0].family),
            "second": get_family_name(field_match.second.family),
        }
        severities = {
            "a": format_number(field_match.second.first_severity, 1),
            "b": format_number(field_match.second.severity, 1),
        }
        return text.format(
            **names, **severities, share=format_percent(field_match.second.explained)
        )
    why = {
        "too_few": tr("Fewer than ten images on one side: no match reported."),
        "alike": tr("No corruption brings the benchmark closer to the field."),
        "unexplained": tr(
            "No single corruption explains the field: the best one leaves at least half of "
            "the difference unexplained."
        ),
        "undecided": tr(
            "No single corruption explains the field: the best match varies between clips."
        ),
    }
    return why[field_match.reason]


def _describe_combination(field_match: FieldMatch) -> str:
    """What the named one explains with the second one beside it, if there is one."""
    if field_match.second is None:
        return ""
    text = tr("With a second corruption, {second} ({b} of 5), {share} is explained.")
    name, severity = (
        get_family_name(field_match.second.family),
        format_number(field_match.second.severity, 1),
    )
    return " " + text.format(
        second=name, b=severity, share=format_percent(field_match.second.explained)
    )


def format_candidate(candidate_corruption: CandidateCorruption) -> str:
    """One of the best three."""
    return tr(
        "{name} {share}",
        name=get_family_name(candidate_corruption.family),
        share=format_percent(candidate_corruption.explained),
    )


# Sentences of the out-of-distribution test: confident predictions on meaningless images, and
# shortcuts.


def list_ood_lines(ood_results: OodResults) -> tuple[str, ...]:
    """Every probe in a line, and what follows from them."""
    head = tr(
        "{model}, random seed {seed}; confident: {threshold} or above",
        model=to_one_line(ood_results.model),
        seed=ood_results.seed,
        threshold=format_number(ood_results.threshold, 2),
    )
    lines = [head]
    for row in ood_results.families:
        line = tr(
            "{family}: confident predictions on {sure} of {n} images",
            family=get_ood_family_name(row.family),
            sure=row.n_confident,
            n=row.n,
        )
        line += f" ({format_rate_limits(row.rate)})" if row.rate.measured else ""
        line += f"; {describe_top_class(row)}" if row.most else ""
        if row.auroc == row.auroc:
            line += "; " + tr("OOD detection AUROC {value}", value=format_number(row.auroc, 2))
        lines.append("  " + line)
    lines += [
        f"  {get_shortcut_name(row.probe)}: {format_kept_answers(row.kept)}"
        for row in ood_results.shortcuts
    ]
    return (*lines, describe_shortcut(ood_results.named))


def describe_top_class(row: FamilyRow) -> str:
    """Class that the model names most often on pictures that show nothing; empty where it names
    none with confidence."""
    return (
        tr(
            "most often “{name}” ({n} of {all})",
            name=to_one_line(row.most),
            n=row.n_most,
            all=row.n,
        )
        if row.most
        else ""
    )


def get_ood_family_name(family: str) -> str:
    """A family of pictures without an answer."""
    return {
        "blank": tr("Blank images"),
        "noise": tr("Noise"),
        "gauss": tr("Noise with the brightness of field frames"),
        "permuted": tr("Patch-shuffled frames"),
        "defocus": tr("Frames out of focus"),
        "wrong_domain": tr("Out-of-domain images"),
    }.get(family, family)


def get_shortcut_name(probe: str) -> str:
    """Name of a shortcut probe, by what is removed from the frame."""
    return {
        "object_hidden": tr("Object hidden"),
        "background_hidden": tr("Background hidden"),
        "patches_shuffled": tr("Patches shuffled: texture without shape"),
        "strong_blur": tr("Strong blur: shape without texture"),
        "grey": tr("Without colour"),
        "mirrored": tr("Mirrored"),
    }.get(probe, probe)


def format_kept_answers(kept: Estimate) -> str:
    """How many answers stay."""
    if kept.measured:
        return tr(
            "predictions unchanged: {share} ({range}, n = {n})",
            share=format_rate(kept),
            range=format_rate_limits(kept),
            n=kept.n,
        )
    if kept.note == "one_answer":
        return tr("not measurable: nearly all predictions are the same")
    return tr("not measured: no frame has a bounding box")


def describe_shortcut(named: tuple[str, ...]) -> str:
    """Describe a shortcut: what the model uses besides the object."""
    texts = {
        "background": tr(
            "Background shortcut: many predictions stay the same when the object is hidden."
        ),
        "texture": tr("Texture shortcut: most predictions stay the same without shape."),
    }
    if not named:
        return tr("No shortcut found in the tests that were run.")
    return " ".join(texts[name] for name in named)


# Sentences of a severity sweep: which corruption reaches the tipping point, and how far accuracy
# falls.


def list_sweep_lines(sweep: Sweep) -> tuple[str, ...]:
    """The whole sweep on the terminal: a head, and a line for each corruption of each set."""
    lines = [tr("{model}, random seed {seed}", model=to_one_line(sweep.model), seed=sweep.seed)]
    for set_name in dict.fromkeys(row.on for row in sweep.rows):
        rows = [row for row in sweep.rows if row.on == set_name]
        lines += [
            _format_head(set_name, rows[0]),
            *(
                _format_line(name, rows)
                for name in dict.fromkeys(row.corruption for row in rows[1:])
            ),
        ]
        if set_name in sweep.partial:
            lines.append("  " + tr("Some frames have no prediction yet; run again to continue."))
    return tuple(lines)


def get_sweep_set_name(set_name: On) -> str:
    """Display name of a set of frames that a sweep goes over."""
    return {"benchmark": tr("Benchmark"), "field": tr("Field"), "footage": tr("Footage")}[set_name]


def describe_tipping_point(severity: float | None, swept_to: float) -> str:
    """Describe the severity at which a corruption costs twenty points, or up to which severity it
    did not."""
    if severity is None:
        return tr(
            "no tipping point observed up to {severity}", severity=get_severity_name(swept_to)
        )
    return tr("tipping point at severity {severity}", severity=format_number(severity, 1))


def describe_row_likeness(row: SweepRow | None) -> str:
    """Format how similar a corrupted image is to its original; empty where it was not measured."""
    if row is None or row.ssim is None:
        return ""
    ssim = format_number(row.ssim, 2)
    return (
        tr("{psnr} dB, {ssim}", psnr=format_number(row.psnr, 1), ssim=ssim)
        if row.psnr is not None
        else ssim
    )


def _format_head(set_name: On, clean: SweepRow) -> str:
    if not clean.value.measured:
        return tr(
            "{where}, n = {n}: no labels, only changed predictions are counted",
            where=get_sweep_set_name(set_name),
            n=clean.value.n,
        )
    return tr(
        "{where}, n = {n}: clean {value} ({range})",
        where=get_sweep_set_name(set_name),
        n=clean.value.n,
        value=format_percent(clean.value.value),
        range=format_interval(clean.value),
    )


def _format_line(corruption: str, rows: Sequence[SweepRow]) -> str:
    cells = [row for row in rows if row.corruption == corruption]
    text = "; ".join(_format_cell(row) for row in cells)
    like = "; ".join(describe_row_likeness(row) for row in cells if row.ssim is not None)
    text += " " + tr("[PSNR, SSIM: {figures}]", figures=like) if like else ""
    last = (
        f"; {describe_tipping_point(cells[0].tipping, cells[-1].severity)}"
        if rows[0].value.measured
        else ""
    )
    return f"  {get_corruption_name(corruption)}: {text}{last}"


def _format_cell(row: SweepRow) -> str:
    name = get_severity_name(row.severity)
    if row.value.measured:
        drop = format_points(max(0.0, row.drop.value))
        text = (
            tr_points("{severity} {value} ({range}), −{drop} pp", drop)
            if row.drop.lo > 0 and drop != "0"
            else tr("{severity} {value} ({range}), no drop demonstrated")
        )
        return text.format(
            severity=name,
            value=format_percent(row.value.value),
            range=format_spread(row.value),
            drop=drop,
        )
    return tr("{severity} {share} changed", severity=name, share=format_share_with_count(row.flips))
