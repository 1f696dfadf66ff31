"""Texts about corruptions: names and severities, corruption matching, out-of-distribution test,
severity sweep, and the fix search."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from itertools import pairwise
from math import ceil, isfinite, isinf

import numpy as np

from fieldcheck.corruptions.catalogue import CATALOG, get_parameters
from fieldcheck.corruptions.fix_candidates import (
    FixCandidate,
    FixResult,
    FixTrial,
    FrameRates,
    WrittenFix,
)
from fieldcheck.corruptions.fix_finder import FEWEST_SEARCHED
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
from fieldcheck.errors.message_format import format_remedy, to_one_line
from fieldcheck.i18n.language import Msgid, msgid, tr, tr_msgid, tr_plural, tr_points
from fieldcheck.i18n.numbers import (
    format_interval,
    format_number,
    format_percent,
    format_points,
    format_points_interval,
    format_rate,
    format_rate_limits,
    format_share_with_count,
    format_spread,
)
from fieldcheck.imaging.colour import CHANGES
from fieldcheck.models.doctor.findings import describe_finding
from fieldcheck.stats.weighted_field_score import CHOSEN

# Corruptions in words: name, severity, and what that is physically.

STOPS = (0.0, 1.0, 3.0, 5.0)
"""The severities that have a name: off, mild, moderate, severe."""
# pixels; lengths of the catalogue are of a frame whose shorter side has that many
REFERENCE_SIDE = 192

# parameters in pixels; any other that a sentence names without `_n` is a share of one
LENGTHS = {"sigma", "length", "away"}


def get_corruption_name(name: str) -> str:
    """Display name of a corruption; an unknown name is returned unchanged."""
    return tr_msgid(CATALOG[name].name_text) if name in CATALOG else name


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
        "coding": tr("Compression"),
        "weather": tr("Weather"),
        "lens": tr("Lens"),
        "geometry": tr("Geometry"),
    }
    return tuple(
        (text, tuple(name for name, entry in CATALOG.items() if entry.cause == cause))
        for cause, text in called.items()
    )


def describe_steps(steps: Sequence[tuple[str, float]]) -> str:
    """Recipe in words: one corruption after the other."""
    return " + ".join(
        tr("{name}, {severity}").format(
            name=get_corruption_name(name), severity=get_severity_name(severity)
        )
        for name, severity in steps
    )


def describe_likeness(psnr: float, ssim: float) -> str:
    """Describe the similarity to the original; empty for the original itself."""
    if isinf(psnr):
        return ""
    return tr("PSNR {psnr} dB, SSIM {ssim}").format(
        psnr=format_number(psnr, 1), ssim=format_number(ssim, 2)
    )


def describe_first_flip(severity: float | None) -> str:
    """Describe at which severity one frame's prediction first changes; None where it never did."""
    if severity is None:
        return tr("No change of the prediction observed up to severe.")
    figure = format_number(severity, 1)
    if severity in STOPS:
        return tr("Prediction first changes at {figure} ({stop}).").format(
            figure=figure, stop=get_severity_name(severity)
        )
    below, above = next(pair for pair in pairwise(STOPS) if pair[0] < severity < pair[1])
    text = tr("Prediction first changes at {figure} (between {below} and {above}).")
    return text.format(
        figure=figure, below=get_severity_name(below), above=get_severity_name(above)
    )


def get_severity_name(severity: float) -> str:
    """`moderate`; between two stops the figure itself, on the scale from 0 to 5."""
    named = {0.0: tr("off"), 1.0: tr("mild"), 3.0: tr("moderate"), 5.0: tr("severe")}
    return named.get(severity) or tr("severity {figure} of 5").format(
        figure=format_number(severity, 1)
    )


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
    return tr_msgid(CATALOG[name].sentence).format(**shares, **lengths, **plain)


def describe_match(field_match: FieldMatch) -> str:
    """Describe the matched corruption, or why there is none, and the sample it is based on."""
    return (
        f"{_describe_matched_corruption(field_match)} {describe_match_sample(field_match)}".rstrip()
    )


def describe_match_sample(field_match: FieldMatch) -> str:
    """How many pictures and frames were compared, and whether other clips would say the same. Empty
    where an earlier version kept none."""
    if not field_match.n_frames:
        return ""
    counts = (
        tr_plural("{n} benchmark image", "{n} benchmark images", field_match.n_pictures).format(
            n=field_match.n_pictures
        ),
        tr_plural("{n} frame", "{n} frames", field_match.n_frames).format(n=field_match.n_frames),
        tr_plural("{n} clip", "{n} clips", field_match.n_clips).format(n=field_match.n_clips),
    )
    text = tr("Compared: {pictures} with {frames} from {clips}.").format(
        **dict(zip(("pictures", "frames", "clips"), counts, strict=True))
    )
    if not field_match.top:
        return text
    if field_match.n_clips == 1:
        return text + " " + tr("Only one clip: stability across clips unknown.")
    return (
        text
        + " "
        + tr("Bootstrap over clips: the best match stays the best in {wins} of samples.").format(
            wins=format_percent(field_match.wins)
        )
    )


def _describe_matched_corruption(field_match: FieldMatch) -> str:
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
    return tr("{name} {share}").format(
        name=get_family_name(candidate_corruption.family),
        share=format_percent(candidate_corruption.explained),
    )


# Sentences of the out-of-distribution test: confident predictions on meaningless images, and
# shortcuts.


def list_ood_lines(ood_results: OodResults) -> tuple[str, ...]:
    """Every probe in a line, and what follows from them."""
    head = tr("{model}, random seed {seed}; confident: {threshold} or above").format(
        model=to_one_line(ood_results.model),
        seed=ood_results.seed,
        threshold=format_number(ood_results.threshold, 2),
    )
    lines = [head]
    for row in ood_results.families:
        line = tr("{family}: confident predictions on {sure} of {n} images").format(
            family=get_ood_family_name(row.family), sure=row.n_confident, n=row.n
        )
        line += f" ({format_rate_limits(row.rate)})" if row.rate.measured else ""
        line += f"; {describe_top_class(row)}" if row.most else ""
        if row.auroc == row.auroc:
            line += "; " + tr("OOD detection AUROC {value}").format(
                value=format_number(row.auroc, 2)
            )
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
        tr("most often “{name}” ({n} of {all})").format(
            name=to_one_line(row.most), n=row.n_most, all=row.n
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
        return tr("predictions unchanged: {share} ({range}, n = {n})").format(
            share=format_rate(kept), range=format_rate_limits(kept), n=kept.n
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
    lines = [
        tr("{model}, random seed {seed}").format(model=to_one_line(sweep.model), seed=sweep.seed)
    ]
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
    """A set of frames that a sweep goes over."""
    return {"benchmark": tr("Benchmark"), "field": tr("Field"), "footage": tr("Footage")}[set_name]


def describe_tipping_point(severity: float | None, swept_to: float) -> str:
    """Describe the severity at which a corruption costs twenty points, or up to which severity it
    did not."""
    if severity is None:
        return tr("no tipping point observed up to {severity}").format(
            severity=get_severity_name(swept_to)
        )
    return tr("tipping point at severity {severity}").format(severity=format_number(severity, 1))


def describe_row_likeness(row: SweepRow | None) -> str:
    """How like the original a damaged picture still is; empty where nobody measured it."""
    if row is None or row.ssim is None:
        return ""
    ssim = format_number(row.ssim, 2)
    return (
        tr("{psnr} dB, {ssim}").format(psnr=format_number(row.psnr, 1), ssim=ssim)
        if row.psnr is not None
        else ssim
    )


def _format_head(set_name: On, clean: SweepRow) -> str:
    if not clean.value.measured:
        return tr("{where}, n = {n}: no labels, only changed predictions are counted").format(
            where=get_sweep_set_name(set_name), n=clean.value.n
        )
    return tr("{where}, n = {n}: clean {value} ({range})").format(
        where=get_sweep_set_name(set_name),
        n=clean.value.n,
        value=format_percent(clean.value.value),
        range=format_interval(clean.value),
    )


def _format_line(corruption: str, rows: Sequence[SweepRow]) -> str:
    cells = [row for row in rows if row.corruption == corruption]
    text = "; ".join(_format_cell(row) for row in cells)
    like = "; ".join(describe_row_likeness(row) for row in cells if row.ssim is not None)
    text += " " + tr("[PSNR, SSIM: {figures}]").format(figures=like) if like else ""
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
    return tr("{severity} {share} changed").format(
        severity=name, share=format_share_with_count(row.flips)
    )


# The fix search in words: its power, what was tried, what is demonstrated, what to write into the
# card or to set at the camera, and where nothing helps what would.

# Of ten searches with about a hundred labels, how many demonstrate a gain of ten and of twenty
# points, where clips are alike and where they differ (ICC 0 and .3), by clips' worth (methods 17).
CLIPS_WORTH = (4.5, 8.0, 12.0, 20.0)
FOUND_TEN = ((0.1, 0.4, 1.5, 2.6), (0.0, 0.3, 0.9, 1.4))
FOUND_TWENTY = ((2.1, 5.6, 7.4, 8.6), (0.8, 1.3, 3.8, 5.6))
MUCH_LARGER = 4.0  # times the pixels of a benchmark image: twice its sides

CAMERA_SETTINGS: dict[str, Msgid] = {
    "gamma_0.67": msgid("Camera gamma 0.67, or exposure time or gain times 1.5 to 2."),
    "gamma_0.45": msgid("Camera gamma 0.45, or exposure time or gain times 2 to 4."),
    "gamma_1.5": msgid("Camera gamma 1.5, or a shorter exposure time."),
    "gamma_2.2": msgid("Camera gamma 2.2, or an exposure time half as long."),
    "exposure_1.5": msgid("Exposure time or gain times 1.5 (+0.6 EV)."),
    "exposure_2.5": msgid("Exposure time or gain times 2.5 (+1.3 EV)."),
    "clahe": msgid("More even light, or local contrast of the camera on."),
    "contrast_stretch": msgid("Camera contrast up, black level down; shield stray light."),
    "contrast_1.5": msgid("Camera contrast times 1.5."),
    "grey_world": msgid("White balance once under the light of the line, then fixed."),
    "median": msgid("Less gain and more light, or noise reduction of the camera on."),
    "bilateral": msgid("Less gain and more light, or noise reduction of the camera on."),
    "unsharp": msgid("Focus again, or sharpness of the camera up."),
    "deflicker": msgid(
        "Exposure time a multiple of 10 ms (50 Hz mains) or 8.33 ms (60 Hz), or lamps without "
        "flicker."
    ),
}


def list_fix_lines(fix_result: FixResult) -> tuple[str, ...]:
    """The whole search on the terminal: what the benchmark tells, its power, a line for each
    candidate, then what is demonstrated, or what would help."""
    causes = list_cause_lines(fix_result)
    if fix_result.state == "too_few_clips":
        return (*causes, _describe_too_few(fix_result))
    head = tr(
        "{model}: preprocessing changes on {n} labelled frames from {clips} clips, change in "
        "accuracy for these cameras:"
    )
    tried = [
        f"  {get_fix_name(trial.candidate)}: {format_change(trial.verdict.change)}"
        for trial in fix_result.tried
    ]
    lines = [
        *causes,
        describe_power(fix_result.clips),
        head.format(
            model=to_one_line(fix_result.model), n=fix_result.frames, clips=fix_result.clips
        ),
        *tried,
        *list_outcome_lines(fix_result),
    ]
    return tuple(lines)


def list_outcome_lines(fix_result: FixResult) -> tuple[str, ...]:
    """What is demonstrated and how to make it, or that nothing is and what would help."""
    lines = [
        line for trial in fix_result.demonstrated for line in _list_trial_lines(fix_result, trial)
    ]
    lines += [_describe_refused(trial) for trial in fix_result.tried if trial.is_refused]
    if fix_result.state == "nothing":
        none = tr("No change demonstrated to help among {n} tried together.")
        lines.append(none.format(n=len(fix_result.tried)))
        lines += list_advice_lines(fix_result)
    if any(CHOSEN in trial.verdict.change.note for trial in fix_result.tried):
        lines.append(tr("These frames were selected by hand; the result is valid for them only."))
    if fix_result.state == "proven":
        lines.append(tr("This change was selected on these frames: pick a new sample to score it."))
    return tuple(lines)


def list_cause_lines(fix_result: FixResult) -> tuple[str, ...]:
    """What the model doctor sees on the benchmark, said before the search: a model that is fed
    wrongly is mended there."""
    if not fix_result.causes:
        return ()
    texts = [describe_finding(finding) for finding in fix_result.causes]
    return (
        tr("Seen on the benchmark, to be corrected first:"),
        *(f"  {' '.join((text.problem, text.evidence, text.remedy))}" for text in texts),
    )


def list_advice_lines(fix_result: FixResult) -> tuple[str, ...]:
    """What would help where no change does."""
    lines = []
    if fix_result.causes:
        lines.append(
            tr("Run the model doctor{remedy}.").format(remedy=format_remedy("model_check"))
        )
    if fix_result.size_ratio is not None and fix_result.size_ratio >= MUCH_LARGER:
        larger = tr(
            "Field frames have {n} times the pixels of a benchmark image: an object of the same "
            "pixels reaches the model smaller. Crop to the part, or train on frames of this size."
        )
        lines.append(larger.format(n=format_number(fix_result.size_ratio, 0)))
    if (fix_result.size_ratio or 1.0) <= 1 / MUCH_LARGER:
        smaller = tr(
            "Benchmark images have {n} times the pixels of a field frame: raise the camera's "
            "resolution, or train on frames of this size."
        )
        lines.append(smaller.format(n=format_number(1 / (fix_result.size_ratio or 1.0), 0)))
    lines.append(
        tr(
            "Training with corruptions that match the field may help: export the training "
            "recipe{remedy}."
        ).format(remedy=format_remedy("recipe"))
    )
    return tuple(lines)


def _describe_too_few(fix_result: FixResult) -> str:
    least = tr_plural(
        "Not enough clips: the search requires {least}, and the labelled frames come from {n} "
        "clip. Record more clips, or label frames from other clips.",
        "Not enough clips: the search requires {least}, and the labelled frames come from {n} "
        "clips. Record more clips, or label frames from other clips.",
        fix_result.clips,
    )
    return least.format(least=FEWEST_SEARCHED, n=fix_result.clips)


def describe_power(clips: int) -> str:
    """How often a search with as many clips finds a gain."""
    ten, twenty = (
        [float(np.interp(clips, CLIPS_WORTH, shares)) for shares in table]
        for table in (FOUND_TEN, FOUND_TWENTY)
    )
    sentence = tr(
        "With {clips} clips of equal length and about 100 labels, a gain of 20 pp is found in "
        "about "
        "{low} to {high} of 10 searches, one of 10 pp in {few} or fewer. More clips find more."
    )
    figures = {"low": round(min(twenty)), "high": round(max(twenty)), "few": ceil(max(ten))}
    return sentence.format(clips=clips, **figures)


def get_fix_name(candidate: FixCandidate) -> str:
    """Name of a preprocessing change, a combination joined by a plus."""
    steps = [tr_msgid(CHANGES[step].name_text) for step in candidate.steps]
    entries = _list_card_entries(candidate)
    cards = [tr("model card: {entry}").format(entry=", ".join(entries))] if entries else []
    views = [tr("mean of the prediction and that of the mirrored frame")] * bool(candidate.views)
    return " + ".join((*steps, *cards, *views))


def _list_card_entries(candidate: FixCandidate) -> list[str]:
    document = candidate.to_json()
    return [
        f"{json.dumps(key)}: {json.dumps(value, ensure_ascii=False)}"
        for part in ("card", "output")
        for key, value in document[part].items()
    ]


def _list_trial_lines(fix_result: FixResult, trial: FixTrial) -> Iterator[str]:
    """A demonstrated change, what it costs, and how to make it."""
    demonstrated = tr(
        "Demonstrated for these cameras: {name}: {change}. Chosen as the best of {n}: expect less."
    )
    yield demonstrated.format(
        name=get_fix_name(trial.candidate),
        change=format_change(trial.verdict.change),
        n=len(fix_result.tried),
    )
    if trial.benchmark is not None:
        yield "  " + tr("Benchmark score changes by {change}.").format(
            change=format_change(trial.benchmark)
        )
    if trial.rates is not None:
        yield "  " + _describe_rates(trial.rates)
    yield from ("  " + line for line in list_remedy_lines(trial.candidate))


def _describe_rates(rates: FrameRates) -> str:
    text = tr(
        "Frames: escapes {escaped_before} of {defects} before, {escaped_after} after; false "
        "rejects {rejected_before} of {good} before, {rejected_after} after."
    )
    return text.format(
        defects=rates.defects,
        good=rates.good,
        escaped_before=rates.escaped[0],
        escaped_after=rates.escaped[1],
        rejected_before=rates.rejected[0],
        rejected_after=rates.rejected[1],
    )


def _describe_refused(trial: FixTrial) -> str:
    """A threshold that would break a limit: it is not proposed, whatever it gains."""
    text = tr("Not proposed, since false rejects would exceed their limit: {name}.")
    rates = "" if trial.rates is None else " " + _describe_rates(trial.rates)
    return text.format(name=get_fix_name(trial.candidate)) + rates


def list_remedy_lines(candidate: FixCandidate) -> Iterator[str]:
    """How a change is made: in the model card, at the camera, or before the model."""
    document = candidate.to_json()
    for part in ("card", "output"):
        if document[part]:
            entries = ", ".join(
                f"{json.dumps(key)}: {json.dumps(value, ensure_ascii=False)}"
                for key, value in document[part].items()
            )
            sentence = (
                tr("Add to the model card, under input: {entries}")
                if part == "card"
                else tr("Add to the model card, under output: {entries}")
            )
            yield sentence.format(entries=entries)
    for step, setting in zip(candidate.steps, list_camera_settings(candidate), strict=True):
        adjust = tr("Adjust camera or light, or preprocess every frame: {name}")
        yield adjust.format(name=tr_msgid(CHANGES[step].name_text))
        yield setting
    if candidate.views:
        yield tr(
            "Run the model on each frame and on its mirror image, and average both predictions: "
            "twice the time."
        )


def list_camera_settings(candidate: FixCandidate) -> tuple[str, ...]:
    """What to set at the camera for each change of the picture."""
    return tuple(tr_msgid(CAMERA_SETTINGS[step]) for step in candidate.steps)


PROBLEMS: dict[str, Msgid] = {
    "views": msgid("Averaging two predictions is not part of a model file: do it in the program."),
    "size": msgid("The model exceeds 1 GB and was not written again."),
    "opset": msgid("The model is older than opset 11: export it anew to get the change inside."),
    "input": msgid("The model does not take one image of float values: use the card."),
    "picture": msgid(
        "This change looks at neighbouring pixels and is no part of the graph: set the camera, or "
        "preprocess every frame."
    ),
    "colour": msgid("The model takes grey images: preprocess every frame in colour before."),
    "answers": msgid("The repaired graph did not give the same output values: use the card."),
}


def list_written_lines(written: WrittenFix) -> tuple[str, ...]:
    """What was written where, what it takes, and what it costs here."""
    lines = [
        tr("Written to {folder}: {files}.").format(
            folder=to_one_line(str(written.folder)), files=", ".join(written.files)
        )
    ]
    if written.problem:
        lines.append(tr_msgid(PROBLEMS[written.problem]))
    if written.frame_size is not None and written.difference is not None:
        whole = tr(
            "{file} takes whole frames, {width} × {height}, as uint8 RGB; its output values differ "
            "by {difference} at most on {n} frames."
        )
        height, width = written.frame_size
        lines.append(
            whole.format(
                file=written.frame_file,
                width=width,
                height=height,
                difference=f"{written.difference:.1e}",
                n=written.n_checked,
            )
        )
    if written.temperature != 1.0 and written.model_file:
        heat = tr("Temperature {t}, fitted on the benchmark, is in the graph: classes stay.")
        lines.append(heat.format(t=format_number(written.temperature, 2)))
    cost = tr("Cost on one core of this machine: {before} ms per frame before, {after} ms after.")
    before, after = (format_number(ms, 1) for ms in (written.ms_before, written.ms_after))
    return (*lines, cost.format(before=before, after=after))


def describe_nothing_written() -> str:
    """Nothing is demonstrated, so nothing is written."""
    return tr("No demonstrated change: nothing was written. Label more clips, then search again.")


def describe_not_applied() -> str:
    """The change needs more than a file and a card."""
    return tr(
        "The change was not added as a model: it is made at the camera or in the program. Record "
        "new clips with it, then label them."
    )


def format_change(change: Estimate) -> str:
    """A change in points with its limits and the number of frames."""
    text = tr("{value} pp ({range}, n = {n})")
    return text.format(
        value=format_points(change.value, 1), range=format_points_interval(change, 1), n=change.n
    )
