"""Flicker: changes of the answer between neighbouring frames at the clip's own rate, by minute and
condition, without labels; what voting over frames gains on labelled ones; the worst ten seconds."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from math import fsum
from statistics import median

import numpy as np
from numpy.typing import NDArray

from fieldcheck.analyses.analysis import Analysis
from fieldcheck.analyses.blocks import Block, Cell, Paragraph, Section, Table
from fieldcheck.analyses.report_data import Report
from fieldcheck.csv_json_xml import format_csv
from fieldcheck.domain.estimate import ChangeVerdict, Estimate
from fieldcheck.domain.frame import make_frame_id
from fieldcheck.domain.model_card import Card
from fieldcheck.domain.prediction import ONE_CLASS, Prediction
from fieldcheck.domain.recording import Clip, Recording
from fieldcheck.domain.run import Run, StoredModel
from fieldcheck.errors.files import PathMissing
from fieldcheck.errors.labels import NoFootage
from fieldcheck.errors.models import ModelRejected
from fieldcheck.files import join_inside
from fieldcheck.footage.clips_and_scene_cuts import SamplingLine, list_sampling_lines
from fieldcheck.footage.frame_analysis import TriageChunk
from fieldcheck.footage.messages import get_condition_name
from fieldcheck.i18n.language import tr, tr_plural, tr_points
from fieldcheck.i18n.numbers import (
    format_minutes,
    format_number,
    format_points,
    format_points_interval,
)
from fieldcheck.models.evaluate import ClassJudgement, get_named_classes
from fieldcheck.models.providers import get_provider, insert_run
from fieldcheck.models.run import EVERY_FRAME, make_own_rate_run, predict_footage
from fieldcheck.models.scored_sides import FieldSide, load_field_side
from fieldcheck.models.store import can_ask, find_model, get_card, make_model_file
from fieldcheck.parallel import map_chunks
from fieldcheck.progress import Progress
from fieldcheck.project.project import Project
from fieldcheck.project.tables import models as models_table
from fieldcheck.project.tables import recordings as recordings_table
from fieldcheck.project.tables import runs as runs_table
from fieldcheck.sampling.hardness import compute_answer_change
from fieldcheck.stats.cluster import LEAST_FOUND, estimate_event_rate, judge_candidates

STRETCHES, WINDOWS = "flicker", "flicker-votes"  # what its two runs are over
SECONDS = 60.0  # of each clip, from its middle
CHUNK_S = 5.0
VOTES = (3, 5, 9)  # frames that vote: this one and those before it
WORST_S = 10.0
MINUTE = 60.0
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class FlickerRow:
    """`rate`: changes a minute, for other clips of these cameras ("na" with the value below three
    clips, or two of equal length), over `clips` clips and `minutes`; `changes` as they were
    counted. `condition`: its code, empty for all of the footage."""

    condition: str
    clips: int
    minutes: float
    changes: float
    rate: Estimate


@dataclass(frozen=True, slots=True)
class ClipFlicker:
    """One clip: `changes` in `minutes`."""

    clip_id: str
    minutes: float
    changes: float


@dataclass(frozen=True, slots=True)
class Voting:
    """The class that most of the last `frames` name, the newest of equal ones: `rate` changes a
    minute are left, and a true change is told `delay_ms` later. `gain` is the change of accuracy on
    `n` labelled frames, None without any, and `verdict` that for other clips of these cameras,
    looked at together for all numbers of frames; "na" below three clips."""

    frames: int
    rate: float
    delay_ms: float
    n: int
    gain: float | None
    verdict: ChangeVerdict


@dataclass(frozen=True, slots=True)
class WorstStretch:
    """The ten seconds of one clip with most `changes`; times in seconds from the clip's start;
    `frames`: sampled frames that lie in it."""

    clip_id: str
    start_s: float
    end_s: float
    changes: float
    frames: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Flicker:
    """Flicker of `model`. `votes` is empty for a model that names more than one class a frame;
    `worst` None where nothing changed."""

    model: str
    overall: FlickerRow
    conditions: tuple[FlickerRow, ...]
    by_clip: tuple[ClipFlicker, ...]
    votes: tuple[Voting, ...]
    worst: WorstStretch | None


# What is asked of the model: of each clip a stretch at its own rate, and before each labelled frame
# as many as vote.


@dataclass(frozen=True, slots=True)
class Stretch:
    """Source frames `first` to before `stop` of a clip."""

    clip: Clip
    recording: Recording
    first: int
    stop: int


def run_flicker(
    project: Project, model_name: str | None, seconds: float, progress: Progress, now: str
) -> Flicker:
    """Answers the frames that are not answered yet, and says what they mean. `seconds` of each
    clip, 0 for all of it.

    Raises NoModel, ModelUnknown, ModelRejected for a file of predictions, NoFootage where no clip
    is a video or a recording, PathMissing where the footage is gone, VideoUnreadable, Cancelled;
    what is finished is kept.
    """
    model = find_model(project, model_name)
    if not can_ask(model):
        raise ModelRejected(project.path / model.file, "predictions")
    clips = list_clip_stretches(project)
    if not clips:
        raise NoFootage(project.path, "no_rate")
    for path in {join_inside(project.path, stretch.recording.path) for stretch in clips}:
        if not path.exists():
            raise PathMissing(path)
    wanted = [_cut_to_middle(stretch, seconds) for stretch in clips]
    _answer_stretches(project, model, make_own_rate_run(model, STRETCHES, now), wanted, progress)
    if get_card(model).answers is ONE_CLASS:
        windows = list(_iter_label_windows(load_field_side(project, model), clips))
        if windows:
            _answer_stretches(
                project, model, make_own_rate_run(model, WINDOWS, now), windows, progress
            )
    result = compute_flicker(project, model)
    if result is None:
        raise NoFootage(project.path)
    return result


def list_clip_stretches(project: Project) -> tuple[Stretch, ...]:
    """Every clip that has a rate: of videos and recordings, not of folders of pictures. A rate that
    a damaged project has lost is none."""
    recordings = {
        recording.recording_id: recording
        for recording in project.read(recordings_table.list_recordings)
        if recording.closed and recording.kind != "folder" and recording.fps > 0
    }
    clips = [
        clip
        for clip in project.read(recordings_table.list_clips)
        if clip.recording_id in recordings
    ]
    stretches = []
    for clip, after in pairwise([*clips, None]):
        assert clip is not None
        recording = recordings[clip.recording_id]
        has_next = after is not None and after.recording_id == clip.recording_id
        end = recording.n_frames + recording.n_unreadable
        stop = after.first_index if after is not None and has_next else end
        stretches.append(Stretch(clip, recording, clip.first_index, stop))
    return tuple(stretches)


def _cut_to_middle(stretch: Stretch, seconds: float) -> Stretch:
    n = round(seconds * stretch.recording.fps)
    spare = stretch.stop - stretch.first - n
    if not n or spare <= 0:
        return stretch
    first = stretch.first + spare // 2
    return replace(stretch, first=first, stop=first + n)


def _iter_label_windows(side: FieldSide, clips: Sequence[Stretch]) -> Iterator[Stretch]:
    """Before each labelled frame as many frames of its clip as may vote, itself the last."""
    by_id = {stretch.clip.clip_id: stretch for stretch in clips}
    for k in side.labelled.tolist():
        line = side.lines[k]
        stretch = by_id.get(line.clip.clip_id)
        if stretch is not None:
            index = line.frame.source_index
            first = max(stretch.first, index - max(VOTES) + 1)
            yield replace(stretch, first=first, stop=index + 1)


def _answer_stretches(
    project: Project, model: StoredModel, run: Run, wanted: Sequence[Stretch], progress: Progress
) -> None:
    """Answers every frame of these stretches that has no answer in the run yet."""
    before = project.read(lambda db: runs_table.get_predicted_subjects(db, run.run_id))
    chunks = [
        chunk for chunk in _iter_chunks(project, model, wanted) if not _is_answered(chunk, before)
    ]
    total = sum(chunk.stop - chunk.first for chunk in chunks)
    if chunks:
        provider = get_provider(project, model)
        project.write(lambda db: insert_run(db, run, provider)).result()
    done = 0

    def keep_answers(chunk: TriageChunk, predictions: tuple[Prediction, ...]) -> None:
        nonlocal done
        project.write(
            lambda db: runs_table.insert_predictions(db, run.run_id, predictions)
        ).result()
        done += chunk.stop - chunk.first
        progress.report(done, total, "frames")

    map_chunks(predict_footage, chunks, keep_answers, progress)


def _iter_chunks(
    project: Project, model: StoredModel, wanted: Sequence[Stretch]
) -> Iterator[TriageChunk]:
    """The stretches in pieces of five seconds, which keep their borders when more is asked for."""
    spec, number = make_model_file(project, model), 0
    for stretch in wanted:
        recording = stretch.recording
        size = max(1, round(CHUNK_S * recording.fps))
        for first in range(stretch.first, stretch.stop, size):
            yield TriageChunk(
                number,
                str(join_inside(project.path, recording.path)),
                recording.kind,
                recording.recording_id,
                recording.source,
                EVERY_FRAME,
                first,
                min(first + size, stretch.stop),
                (),
                spec,
            )
            number += 1


def _is_answered(chunk: TriageChunk, before: frozenset[str]) -> bool:
    return all(
        make_frame_id(chunk.recording_id, index) in before
        for index in range(chunk.first, chunk.stop)
    )


# What the answers mean.


@dataclass(frozen=True, slots=True)
class ClipAnswers:
    """Answered frames of one clip in order: `index`, (n,) source indices; `answers`, n of them.
    `changed`: (n − 1,) how much each differs from the next, 0 to 1, NaN where a frame between them
    is missing."""

    stretch: Stretch
    index: NDArray[np.int64]
    answers: tuple[Prediction, ...]
    changed: Floats

    @property
    def fps(self) -> float:
        """Frames a second."""
        return self.stretch.recording.fps

    @property
    def minutes(self) -> float:
        """How long neighbours were looked at."""
        return int(np.isfinite(self.changed).sum()) / self.fps / MINUTE

    @property
    def changes(self) -> float:
        """Changes between neighbours."""
        return float(np.nansum(self.changed))


def compute_flicker(project: Project, model: StoredModel | None = None) -> Flicker | None:
    """Flicker of a model, the newest by default, from its stored answers; None without any."""
    model = model or project.read(models_table.get_newest_model)
    if model is None:
        return None
    card, clips = get_card(model), list_clip_stretches(project)
    run_id = make_own_rate_run(model, STRETCHES).run_id
    predictions = project.read(lambda db: runs_table.get_predictions(db, run_id))
    seen = [
        answers for answers in _iter_clip_answers(clips, predictions, card) if answers.minutes > 0
    ]
    if not seen:
        return None
    lines: dict[str, list[SamplingLine]] = defaultdict(list)
    for line in project.read(lambda db: list_sampling_lines(db, with_frozen=True)):
        lines[line.clip.clip_id].append(line)
    by_clip = tuple(
        ClipFlicker(answers.stretch.clip.clip_id, answers.minutes, answers.changes)
        for answers in seen
    )
    votes: tuple[Voting, ...] = ()
    if card.answers is ONE_CLASS:
        votes_id = make_own_rate_run(model, WINDOWS).run_id
        last = project.read(lambda db: runs_table.get_predictions(db, votes_id))
        votes = _compute_votes(seen, card, load_field_side(project, model), {**predictions, **last})
    return Flicker(
        model.name,
        make_flicker_row(
            "", [answers.changes for answers in seen], [answers.minutes for answers in seen]
        ),
        tuple(_compute_conditions(seen, lines)),
        by_clip,
        votes,
        find_worst_stretch(seen, lines),
    )


def _iter_clip_answers(
    clips: Sequence[Stretch], predictions: Mapping[str, Prediction], card: Card
) -> Iterator[ClipAnswers]:
    indices_by_recording: dict[str, list[int]] = defaultdict(list)
    for subject in predictions:
        recording_id, number = subject.rsplit("-", 1)
        indices_by_recording[recording_id].append(int(number))
    for stretch in clips:
        name = stretch.recording.recording_id
        index = sorted(k for k in indices_by_recording[name] if stretch.first <= k < stretch.stop)
        answers = tuple(predictions[make_frame_id(name, k)] for k in index)
        changed = [
            compute_answer_change(earlier.answer, later.answer, card)
            if after == before + 1
            else np.nan
            for (before, after), (earlier, later) in zip(
                pairwise(index), pairwise(answers), strict=True
            )
        ]
        yield ClipAnswers(
            stretch, np.array(index, np.int64), answers, np.array(changed, np.float64)
        )


def make_flicker_row(
    condition: str, changes: Sequence[float], minutes: Sequence[float]
) -> FlickerRow:
    """The row over clips with these changes in these minutes."""
    return FlickerRow(
        condition, len(minutes), fsum(minutes), fsum(changes), estimate_event_rate(changes, minutes)
    )


def _compute_conditions(
    seen: Sequence[ClipAnswers], lines: Mapping[str, Sequence[SamplingLine]]
) -> Iterator[FlickerRow]:
    """A row for each condition that was noted, the one that flickers most first. A frame has the
    conditions of the sampled frame before it."""
    counted: dict[str, dict[str, list[float]]] = defaultdict(
        lambda: defaultdict(lambda: [0.0, 0.0])
    )
    for answers in seen:
        own = lines[answers.stretch.clip.clip_id]
        starts = [line.frame.source_index for line in own]
        places = np.maximum(0, np.searchsorted(starts, answers.index[:-1], side="right") - 1)
        for condition_index, changed in zip(places.tolist(), answers.changed.tolist(), strict=True):
            if not own or changed != changed:
                continue
            for condition in own[condition_index].conditions:
                total = counted[condition][answers.stretch.clip.clip_id]
                total[0] += changed
                total[1] += 1 / answers.fps / MINUTE
    rows = [
        make_flicker_row(
            condition, [n for n, _ in by_clip.values()], [length for _, length in by_clip.values()]
        )
        for condition, by_clip in counted.items()
    ]
    yield from sorted(rows, key=lambda row: (-row.changes / row.minutes, row.condition))


def find_worst_stretch(
    seen: Sequence[ClipAnswers], lines: Mapping[str, Sequence[SamplingLine]]
) -> WorstStretch | None:
    """The ten seconds with most changes, the first of equal ones; None where nothing changed."""
    worst: WorstStretch | None = None
    for answers in seen:
        length = max(1, round(WORST_S * answers.fps))
        every = np.zeros(int(answers.index[-1] - answers.index[0]))
        every[answers.index[:-1] - answers.index[0]] = np.nan_to_num(answers.changed)
        sums = np.convolve(every, np.ones(min(length, every.size)), "valid")
        best = int(sums.argmax())
        if sums[best] <= (worst.changes if worst is not None else 0):
            continue
        first = int(answers.index[0]) + best
        stop = min(first + length, int(answers.index[-1])) + 1
        offset = answers.stretch.clip.first_index
        frames = tuple(
            line.frame.frame_id
            for line in lines[answers.stretch.clip.clip_id]
            if first <= line.frame.source_index < stop and not line.frame.frozen
        )
        worst = WorstStretch(
            answers.stretch.clip.clip_id,
            (first - offset) / answers.fps,
            (stop - 1 - offset) / answers.fps,
            float(sums[best]),
            frames,
        )
    return worst


def vote_over_frames(called: Sequence[str], frames: int) -> list[str]:
    """What most of the last `frames` say at each place, the newest of equal ones; fewer at the
    beginning."""
    voted = []
    for index in range(len(called)):
        window = called[max(0, index - frames + 1) : index + 1]
        counts = Counter(window)
        most = max(counts.values())
        voted.append(next(name for name in reversed(window) if counts[name] == most))
    return voted


def _compute_votes(
    seen: Sequence[ClipAnswers], card: Card, side: FieldSide, predictions: Mapping[str, Prediction]
) -> tuple[Voting, ...]:
    """What voting leaves of the changes, and what it gains on labelled frames."""
    minutes = fsum(answers.minutes for answers in seen)
    n, judged = _judge_votes(card, side, predictions)
    fps = median(answers.fps for answers in seen)
    votes = []
    for frames, (gain, verdict) in zip(VOTES, judged, strict=True):
        changes = 0
        for answers in seen:
            for called in _iter_unbroken(answers, card):
                voted = vote_over_frames(called, frames)
                changes += sum(a != b for a, b in pairwise(voted))
        delay_ms = (frames - 1) / 2 / fps * 1000
        votes.append(Voting(frames, changes / minutes, delay_ms, n, gain, verdict))
    return tuple(votes)


def _iter_unbroken(answers: ClipAnswers, card: Card) -> Iterator[list[str]]:
    """What was named frame by frame, a list for each stretch without a gap."""
    named = [_get_called(answer, card) for answer in answers.answers]
    breaks = (np.flatnonzero(np.isnan(answers.changed)) + 1).tolist()
    for first, stop in pairwise([0, *breaks, len(named)]):
        yield named[first:stop]


def _get_called(prediction: Prediction, card: Card) -> str:
    return next(iter(get_named_classes(prediction.answer, card)), "")


def _judge_votes(
    card: Card, side: FieldSide, predictions: Mapping[str, Prediction]
) -> tuple[int, list[tuple[float | None, ChangeVerdict]]]:
    """On how many labelled frames of the draw, and for each number of votes the change of accuracy
    on these frames and for other clips; none where no labelled frame has the frames before it."""
    changes: list[list[int]] = []
    weight, clip = [], []
    labelled = side.labelled.tolist() if isinstance(side.judgement, ClassJudgement) else []
    for index, k in enumerate(labelled):
        line = side.lines[k]
        called = list(_iter_called_before(line, predictions, card))
        if not called or not side.scores.weight[k] > 0:
            continue
        assert isinstance(side.judgement, ClassJudgement)
        truth = card.classes[int(side.judgement.truth[index])]
        single = called[-1] == truth
        changes.append([int(vote_over_frames(called, n)[-1] == truth) - int(single) for n in VOTES])
        weight.append(float(side.scores.weight[k]))
        clip.append(line.clip.clip_id)
    if not changes:
        unknown = ChangeVerdict(Estimate.not_measured("no_labels"))
        return 0, [(None, unknown) for _ in VOTES]
    rows = np.array(changes, np.float64).T
    gains = (rows @ np.array(weight) / fsum(weight)).tolist()
    verdicts = judge_candidates(rows, weight, clip, LEAST_FOUND, two_sided=True)
    return len(changes), list(zip(gains, verdicts, strict=True))


def _iter_called_before(
    line: SamplingLine, predictions: Mapping[str, Prediction], card: Card
) -> Iterator[str]:
    """What the frames up to a labelled one name, as many as may vote; none where one of its clip is
    not answered."""
    index = line.frame.source_index
    names = [
        make_frame_id(line.recording.recording_id, k)
        for k in range(max(line.clip.first_index, index - max(VOTES) + 1), index + 1)
    ]
    if all(name in predictions for name in names):
        yield from (_get_called(predictions[name], card) for name in names)


# Flicker on the page and in the terminal.


def list_flicker_lines(flicker: Flicker, clip_names: Mapping[str, str]) -> tuple[str, ...]:
    """Changes a minute, over all and by condition, what voting gains, and the worst ten seconds."""
    lines = [describe_flicker(flicker.overall)]
    lines += [
        tr(
            "{condition}: {rate}",
            condition=get_condition_name(row.condition),
            rate=_format_row(row),
        )
        for row in flicker.conditions
    ]
    lines += [describe_voting(voting) for voting in flicker.votes]
    lines += _list_voting_notes(flicker)
    if flicker.worst is not None:
        lines.append(describe_worst_stretch(flicker.worst, clip_names))
    return tuple(lines)


def describe_flicker(overall: FlickerRow) -> str:
    """Changes a minute, and for what they hold."""
    if overall.rate.lo == overall.rate.lo:
        text = tr_plural(
            "Flicker for other clips of these cameras: {rate} in {n} clip.",
            "Flicker for other clips of these cameras: {rate} in {n} clips.",
            overall.clips,
        )
    else:
        text = tr_plural(
            "Flicker on this footage only: {rate} in {n} clip.",
            "Flicker on this footage only: {rate} in {n} clips.",
            overall.clips,
        )
    return text.format(rate=_format_row(overall), n=overall.clips)


def describe_voting(voting: Voting) -> str:
    """What voting over so many frames leaves of the changes, costs in time and gains."""
    first = tr(
        "Majority vote over {n} frames: {rate} changes per minute, delay {ms} ms",
        n=voting.frames,
        rate=format_number(voting.rate, 1),
        ms=format_number(voting.delay_ms, 0),
    )
    change = voting.verdict.change
    if voting.gain is None:
        return f"{first}."
    points = format_points(voting.gain, 1)
    if not change.measured:
        text = tr_points(
            "{first}; change in accuracy {points} pp on this footage, n = {n}.", points
        )
        return text.format(first=first, points=points, n=voting.n)
    if voting.verdict.direction:
        text = tr_points("{first}; change in accuracy {points} pp ({range}), demonstrated.", points)
    else:
        text = tr_points(
            "{first}; change in accuracy {points} pp ({range}), not demonstrated.", points
        )
    return text.format(first=first, points=points, range=format_points_interval(change, 1))


def _list_voting_notes(flicker: Flicker) -> list[str]:
    if not flicker.votes:
        return [tr("Majority voting is measured only for models that predict one class per frame.")]
    if not flicker.votes[0].n:
        return [
            tr(
                "Measuring the gain of majority voting requires labels: label picked frames, then "
                "measure again."
            )
        ]
    return []


def describe_worst_stretch(worst: WorstStretch, clip_names: Mapping[str, str]) -> str:
    """Where the ten seconds lie, and how many sampled frames they hold."""
    n = len(worst.frames)
    return tr_plural(
        "Worst ten seconds: {clip}, {start}–{end}, {changes} changes, {n} sampled frame.",
        "Worst ten seconds: {clip}, {start}–{end}, {changes} changes, {n} sampled frames.",
        n,
        clip=clip_names.get(worst.clip_id, worst.clip_id),
        start=format_minutes(worst.start_s),
        end=format_minutes(worst.end_s),
        changes=format_number(worst.changes, 0),
        n=n,
    )


def _format_row(row: FlickerRow) -> str:
    """Changes a minute with their range, where there is one."""
    value = format_number(row.rate.value, 1)
    if row.rate.lo != row.rate.lo:
        return tr("{value} changes per minute", value=value)
    return tr(
        "{value} changes per minute (95% CI {lo}–{hi})",
        value=value,
        lo=format_number(row.rate.lo, 1),
        hi=format_number(row.rate.hi, 1),
    )


def build_flicker_section(report: Report) -> Section | None:
    """The section; none where flicker was not measured."""
    result = ANALYSIS.get_result(report)
    if result is None:
        return None
    title = tr("Flicker")
    blocks: list[Block] = [Paragraph(describe_flicker(result.overall))]
    if result.conditions:
        blocks.append(_build_condition_table(result))
    blocks += [Paragraph(describe_voting(voting)) for voting in result.votes]
    blocks += [Paragraph(text, quiet=True) for text in _list_voting_notes(result)]
    if result.worst is not None:
        blocks.append(Paragraph(describe_worst_stretch(result.worst, report.clip_names)))
    return Section("flicker", title, title, tuple(blocks))


def _build_condition_table(flicker: Flicker) -> Table:
    heads = (
        Cell(tr("Condition"), head=True),
        Cell(tr("changes per minute"), figure=True),
        Cell(tr("Clips"), figure=True),
        Cell(tr("minutes"), figure=True),
    )
    rows = tuple(
        (
            Cell(get_condition_name(row.condition), head=True),
            Cell(_format_rate(row.rate), figure=True),
            Cell(str(row.clips), figure=True),
            Cell(format_number(row.minutes, 1), figure=True),
        )
        for row in flicker.conditions
    )
    return Table(tr("Flicker by condition"), heads, rows)


def _format_rate(rate: Estimate) -> str:
    value = format_number(rate.value, 1)
    if rate.lo != rate.lo:
        return value
    return f"{value} ({format_number(rate.lo, 1)}–{format_number(rate.hi, 1)})"


def format_flicker_csv(report: Report) -> str:
    """`flicker.csv`: one row a clip; no file where nothing was measured."""
    result = ANALYSIS.get_result(report)
    if result is None:
        return ""
    rows = [(row.clip_id, row.minutes, row.changes) for row in result.by_clip]
    return format_csv(("clip_id", "minutes", "changes"), rows)


ANALYSIS: Analysis[Flicker] = Analysis(
    key="flicker",
    result=Flicker,
    compute=compute_flicker,
    report_section=build_flicker_section,
    sheets={"flicker.csv": format_flicker_csv},
)
