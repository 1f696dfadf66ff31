"""Texts about the fix search: its power, what was tried and demonstrated, and how to make it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from math import ceil

import numpy as np

from fieldcheck.corruptions.camera_series import (
    CONTROLS,
    FEWEST_PARTS,
    Control,
    RankedSetting,
    SeriesRanking,
)
from fieldcheck.corruptions.fix_candidates import (
    FixCandidate,
    FixResult,
    FixTrial,
    FrameRates,
    WrittenFix,
)
from fieldcheck.corruptions.fix_finder import FEWEST_SEARCHED
from fieldcheck.domain.estimate import Estimate
from fieldcheck.errors.message_format import format_remedy, to_one_line
from fieldcheck.i18n.language import Msgid, msgid, tr, tr_msgid, tr_plural
from fieldcheck.i18n.numbers import (
    format_number,
    format_percent,
    format_points,
    format_points_interval,
)
from fieldcheck.imaging.contrast_and_colour import CHANGES
from fieldcheck.models.compare import ModelComparison
from fieldcheck.models.doctor.findings import describe_finding
from fieldcheck.models.messages import list_comparison_lines
from fieldcheck.stats.weighted_field_score import CHOSEN

# What is demonstrated, what to write into the card or to set at the camera, and where nothing helps
# what would.

# Of ten searches with about a hundred labels, how many demonstrate a gain of ten and of twenty
# points, where clips are alike and where they differ (ICC 0 and .3), by clips' worth (methods 17).
CLIPS_WORTH = (4.5, 8.0, 12.0, 20.0)
FOUND_TEN = ((0.0, 0.2, 1.0, 2.4), (0.1, 0.2, 0.5, 1.6))
FOUND_TWENTY = ((1.8, 5.1, 7.8, 8.6), (0.6, 1.9, 4.0, 5.6))
MUCH_LARGER = 4.0  # times the pixels of a benchmark image: twice its sides

CAMERA_SETTINGS: dict[str, Msgid] = {
    "gamma_0.67": msgid("Camera gamma 0.67, or exposure time or gain times 1.5 to 2."),
    "gamma_0.45": msgid("Camera gamma 0.45, or exposure time or gain times 2 to 4."),
    "gamma_1.5": msgid("Camera gamma 1.5, or a shorter exposure time."),
    "gamma_2.2": msgid("Camera gamma 2.2, or an exposure time half as long."),
    "exposure_1.5": msgid("Exposure time or gain times 1.5 (+0.6 EV)."),
    "exposure_2.5": msgid("Exposure time or gain times 2.5 (+1.3 EV)."),
    "clahe": msgid("Use more even light, or switch on the camera's local contrast."),
    "contrast_stretch": msgid(
        "Increase camera contrast, lower the black level; shield stray light."
    ),
    "contrast_1.5": msgid("Camera contrast times 1.5."),
    "dehaze": msgid("Clean lens, window and housing; shield stray light; extract mist or steam."),
    "grey_world": msgid("White balance once under the light of the line, then fixed."),
    "median": msgid("Reduce gain and add light, or switch on the camera's noise reduction."),
    "bilateral": msgid("Reduce gain and add light, or switch on the camera's noise reduction."),
    "unsharp": msgid("Refocus, or increase camera sharpness."),
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
        return (*causes, describe_too_few_clips(fix_result.clips))
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


def list_change_lines(fix_result: FixResult, trial: FixTrial) -> tuple[str, ...]:
    """One change of a search: what it gained, and where that is demonstrated how it is made; before
    it what the benchmark tells, and where nothing is demonstrated what would help; the power of the
    search last."""
    lines = list(list_cause_lines(fix_result))
    if fix_result.state == "nothing":
        lines += list_advice_lines(fix_result)
    if trial.is_refused:
        lines.append(_describe_refused(trial))
    elif trial.is_demonstrated:
        lines += _list_trial_lines(fix_result, trial)
    else:
        text = tr("Not demonstrated: {name}: {change}.")
        name, change = get_fix_name(trial.candidate), format_change(trial.verdict.change)
        lines.append(text.format(name=name, change=change))
        lines += [_describe_rates(trial.rates)] if trial.rates is not None else []
    return tuple(line.strip() for line in (*lines, describe_power(fix_result.clips)))


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
        lines.append(tr("Diagnose the model{remedy}.", remedy=format_remedy("model_check")))
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
            "recipe{remedy}.",
            remedy=format_remedy("recipe"),
        )
    )
    return tuple(lines)


def describe_too_few_clips(clips: int) -> str:
    """Why nothing is searched, with labelled frames of so many clips."""
    least = tr_plural(
        "Not enough clips: the search requires {least}, and the labelled frames come from {n} "
        "clip. Record more clips, or label frames from other clips.",
        "Not enough clips: the search requires {least}, and the labelled frames come from {n} "
        "clips. Record more clips, or label frames from other clips.",
        clips,
    )
    return least.format(least=FEWEST_SEARCHED, n=clips)


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
    cards = [tr("model card: {entry}", entry=", ".join(entries))] if entries else []
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
        "Demonstrated for these cameras: {name}: {change}. Selected as the best of {n}: "
        "expect a smaller gain."
    )
    yield demonstrated.format(
        name=get_fix_name(trial.candidate),
        change=format_change(trial.verdict.change),
        n=len(fix_result.tried),
    )
    if _is_pair_alone(fix_result, trial):
        yield "  " + tr("Neither change is demonstrated alone: make both.")
    if trial.benchmark is not None:
        yield "  " + tr(
            "Benchmark score changes by {change}.", change=format_change(trial.benchmark)
        )
    if trial.rates is not None:
        yield "  " + _describe_rates(trial.rates)
    yield from ("  " + line for line in list_remedy_lines(trial.candidate))


def _is_pair_alone(fix_result: FixResult, trial: FixTrial) -> bool:
    """Whether a demonstrated trial changes several things, and no part of it is demonstrated."""
    kinds = trial.candidate.kinds
    return len(kinds) > 1 and not any(
        other.is_demonstrated and other.candidate.kinds < kinds for other in fix_result.tried
    )


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
    """A threshold that would break a limit, or reject most of what is good: it is not proposed,
    whatever it gains."""
    rates = trial.rates
    text = (
        tr("Not proposed, since most good frames would be rejected: {name}.")
        if rates is not None and rates.rejects_most
        else tr("Not proposed, since false rejects would exceed their limit: {name}.")
    )
    about = "" if rates is None else " " + _describe_rates(rates)
    return text.format(name=get_fix_name(trial.candidate)) + about


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
    "size": msgid("The model exceeds 1 GB and was not rewritten."),
    "opset": msgid(
        "The model uses an opset below 11: export it with opset 11 or later to build the "
        "change into the file."
    ),
    "input": msgid("The model input is not a single float image: use the model card instead."),
    "picture": msgid(
        "This change uses neighbouring pixels and cannot be built into the graph: set the "
        "camera, or preprocess every frame."
    ),
    "colour": msgid(
        "The model takes greyscale images: apply the change to the colour frame before conversion."
    ),
    "answers": msgid(
        "The repaired graph did not give the same output values: use the model card instead."
    ),
}


def list_written_lines(written: WrittenFix) -> tuple[str, ...]:
    """What was written where, what it takes, and what it costs here."""
    lines = [
        tr(
            "Written to {folder}: {files}.",
            folder=to_one_line(str(written.folder)),
            files=", ".join(written.files),
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


def list_applied_lines(comparison: ModelComparison | None, tried: int) -> tuple[str, ...]:
    """The repaired model beside the old one on the same frames, of which the change was chosen
    among so many; None: the change needs more than a file and a card."""
    if comparison is None:
        text = tr(
            "The change was not added as a model: it is made at the camera or in the program. "
            "Record new clips with it, then label them."
        )
        return (text,)
    table = comparison.table
    counts = (table.both_right, table.only_a, table.only_b, table.both_wrong)
    lines = list_comparison_lines(
        comparison.a, comparison.b, counts, comparison.cameras, table.change, comparison.metric
    )
    chosen = tr("Selected on these frames as the best of {n}: expect a smaller gain.")
    return (*lines, chosen.format(n=tried))


def format_change(change: Estimate) -> str:
    """A change in points with its limits and the number of frames."""
    text = tr("{value} pp ({range}, n = {n})")
    return text.format(
        value=format_points(change.value, 1), range=format_points_interval(change, 1), n=change.n
    )


# A guided series of a camera: what was set, and how many pictures the model got right under it.


def list_series_lines(ranking: SeriesRanking) -> tuple[str, ...]:
    """The settings of a series, the best first, then what is demonstrated or wanted for that."""
    first = next(setting for setting in ranking.ranked if setting.is_first)
    head = tr_plural(
        "{camera}: correct images of {n} part under {settings} settings, on this footage:",
        "{camera}: correct images of {n} parts under {settings} settings, on this footage:",
        ranking.parts,
    )
    rows = tr("  {setting}: {right} of {n}, mean confidence {confidence}")
    lines = [
        rows.format(
            setting=describe_setting(setting, first),
            right=setting.right,
            n=setting.pictures,
            confidence=format_percent(setting.sureness),
        )
        for setting in ranking.ranked
    ]
    head = head.format(
        camera=to_one_line(ranking.newest.camera), n=ranking.parts, settings=len(ranking.ranked)
    )
    return (head, *lines, *_list_series_verdicts(ranking, first))


def describe_best_setting(ranking: SeriesRanking) -> str:
    """Describe in one paragraph the best setting of a series beside the first one, and what is
    demonstrated or still required."""
    best = ranking.ranked[0]
    first = next(setting for setting in ranking.ranked if setting.is_first)
    counts = {
        "right": first.right,
        "n": first.pictures,
        "setting": describe_setting(best, first),
        "best": best.right,
    }
    if best.is_first:
        text = tr("On this footage no setting is better than {setting}: {right} of {n} correct.")
    else:
        text = tr(
            "Best on this footage: {setting}: {best} of {n} images correct, {right} of {n} before."
        )
    return " ".join((text.format(**counts), *_list_series_verdicts(ranking, first)))


def _list_series_verdicts(ranking: SeriesRanking, first: RankedSetting) -> Iterator[str]:
    better = [
        (setting, setting.verdict.change)
        for setting in ranking.ranked
        if setting.verdict is not None and setting.verdict.direction == "better"
    ]
    for setting, change in better:
        shown = tr(
            "Demonstrated over {parts} parts: {setting}: {change}. Selected as the best of "
            "{n}: expect a smaller gain."
        )
        yield shown.format(
            parts=ranking.parts,
            setting=describe_setting(setting, first),
            change=format_change(change),
            n=len(ranking.ranked) - 1,
        )
    if not better and ranking.parts >= FEWEST_PARTS:
        yield tr(
            "No setting demonstrated to help among {n} tried together.", n=len(ranking.ranked) - 1
        )
    if ranking.parts < FEWEST_PARTS:
        frames_left = tr_plural(
            "Nothing is demonstrated by so few parts: show {n} more part under the same settings.",
            "Nothing is demonstrated by so few parts: show {n} more parts under the same settings.",
            FEWEST_PARTS - ranking.parts,
        )
        yield frames_left.format(n=FEWEST_PARTS - ranking.parts)
    yield tr("Images saved in {folder}.", folder=to_one_line(ranking.newest.folder))


def describe_setting(setting: RankedSetting, first: RankedSetting) -> str:
    """What differs from the camera as it was, or all of that one."""
    if setting.is_first:
        values = ", ".join(_format_control(control, setting) for control in _list_set(setting))
        return tr("as it was ({values})", values=values)
    return ", ".join(
        _format_control(control, setting)
        for control in _list_set(setting)
        if setting.wanted[control] != first.wanted[control]
    )


def _list_set(setting: RankedSetting) -> list[Control]:
    return [control for control in CONTROLS if setting.wanted[control] is not None]


def _format_control(control: Control, setting: RankedSetting) -> str:
    sentence, digits = {
        "exposure_ms": (tr("exposure {value} ms"), 2),
        "gain": (tr("gain {value}"), 1),
        "white_balance_k": (tr("white balance {value} K"), 0),
        "focus": (tr("focus {value}"), 0),
    }[control]
    reported, wanted = setting.reported[control], setting.wanted[control]
    value = reported if reported is not None else wanted
    return sentence.format(value=format_number(value or 0.0, digits))
