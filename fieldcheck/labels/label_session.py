"""The queue of picked frames to label, with labels and drafts so far, and the model's suggestion,
shown on request only. Predictions, strata and hardness are not loaded here, so that labelling stays
blind."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from fieldcheck.domain.items import make_benchmark_subject
from fieldcheck.domain.label import BenchmarkItem, Box, Label, LabelDraft, Pick, ReviewRequest
from fieldcheck.domain.model_card import Card
from fieldcheck.domain.prediction import ByKind, Labels, Prediction
from fieldcheck.errors.files import PathMissing, PathRefused
from fieldcheck.errors.labels import FrameNotPicked
from fieldcheck.errors.models import NoModel
from fieldcheck.files import join_inside
from fieldcheck.footage.clips_and_scene_cuts import SamplingLine, list_sampling_lines
from fieldcheck.footage.frame_listing import load_parts
from fieldcheck.footage.frame_pixels import GONE, load_pixels, load_thumbnails, read_saved_pixels
from fieldcheck.imaging.thumbnail import make_thumbnail
from fieldcheck.models.evaluate import get_called_class, get_shown_boxes, to_label_boxes
from fieldcheck.models.run import PictureChunk, predict_images
from fieldcheck.models.store import (
    can_ask,
    get_card,
    get_label_kind,
    get_project_task,
    list_project_classes,
    make_model_file,
)
from fieldcheck.project.project import Project
from fieldcheck.project.tables import labels as labels_table
from fieldcheck.project.tables import models as models_table
from fieldcheck.sampling.pick_frames import number_scenes
from fieldcheck.stats.iou_of_boxes_and_masks import SCORE


@dataclass(frozen=True, slots=True)
class FrameToLabel:
    """One picked frame. `picture` is its lossless file; `taken_at` ISO 8601 UTC or empty; `t_s`
    seconds from its clip's start.

    `scene` numbers the near-alike picks it belongs to: it is number `scene_place` of `scene_size`,
    from 1. `part`: the part that it shows, empty where frames carry none; `part_frames`: all listed
    frames of that part. `sha256`: what the pixels of `picture` must have, or nobody labels them.
    """

    frame_id: str
    picture: Path
    clip_id: str
    camera: str
    taken_at: str
    t_s: float
    width: int
    height: int
    scene: int = 0
    scene_place: int = 1
    scene_size: int = 1
    sha256: str = ""
    part: str = ""
    part_frames: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LabelQueue:
    """`kind`: a frame gets a `class`, `boxes`, `points` or `none` of them. `labels`, `drafts`,
    `marks` hold what was said, drawn and noted, by frame id. `repeats`: these are blind repeats,
    and `labels` holds the second answers only. Class names may repeat in `classes`."""

    task: str
    kind: Labels
    classes: tuple[str, ...]
    frames: tuple[FrameToLabel, ...]
    labels: dict[str, Label]
    drafts: dict[str, LabelDraft]
    marks: dict[str, ReviewRequest]
    repeats: bool = False
    round: int = 0


def load_label_queue(project: Project) -> LabelQueue:
    """All picks that were not taken out, draw after draw in their random order; those of one part
    follow each other. Empty where nothing is picked."""
    listing, picks, labels, drafts, marks = project.read(
        lambda db: (
            list_sampling_lines(db),
            labels_table.list_picks(db),
            labels_table.list_labels(db),
            labels_table.list_drafts(db),
            labels_table.list_marks(db),
        )
    )
    inside = {pick.frame_id: pick for pick in picks if not pick.taken_out}
    chosen = [line for line in listing if line.frame.frame_id in inside]
    number = dict(
        zip(
            (line.frame.frame_id for line in chosen),
            number_scenes(project, chosen).tolist(),
            strict=True,
        )
    )
    size = Counter(number.values())
    met: Counter[int] = Counter()
    frame = {}
    for line in chosen:
        scene = number[line.frame.frame_id]
        met[scene] += 1
        frame[line.frame.frame_id] = _make_frame_to_label(
            project, line, inside[line.frame.frame_id], scene, met[scene], size[scene]
        )
    task = get_project_task(project)
    frames = _group_by_part(project, [frame[name] for name in inside if name in frame])
    labels_by_frame = {label.frame_id: label for label in labels}
    return LabelQueue(
        task,
        get_label_kind(task),
        list_project_classes(project),
        frames,
        labels_by_frame,
        drafts,
        marks,
    )


def _group_by_part(project: Project, frames: list[FrameToLabel]) -> tuple[FrameToLabel, ...]:
    """The frames with their parts; those of a part stand where its first one stood, in time
    order."""
    named = load_parts(project)
    if not named:
        return tuple(frames)
    of_part: dict[str, list[str]] = {}
    for frame_id, part in named.items():
        of_part.setdefault(part, []).append(frame_id)
    groups: dict[str, list[FrameToLabel]] = {}
    for frame in frames:
        part = named.get(frame.frame_id, "")
        frame_with_part = replace(
            frame, part=part, part_frames=tuple(of_part[part]) if part else ()
        )
        groups.setdefault(part or frame.frame_id, []).append(frame_with_part)
    return tuple(
        frame
        for group in groups.values()
        for frame in sorted(group, key=lambda frame: (frame.clip_id, frame.t_s))
    )


def load_repeat_queue(project: Project) -> LabelQueue:
    """The blind repeats of the newest round, in their own random order: first labels and drafts are
    not among what is shown."""
    work = load_label_queue(project)
    repeats = project.read(labels_table.list_repeats)
    newest = max((repeat.round for repeat in repeats), default=0)
    # Labels merged from another person have negative round numbers.
    newest_repeats = [repeat for repeat in repeats if repeat.round == newest > 0]
    where = {frame.frame_id: frame for frame in work.frames}
    frames = tuple(
        replace(where[repeat.frame_id], scene_place=1, scene_size=1)
        for repeat in newest_repeats
        if repeat.frame_id in where
    )
    labels = {
        repeat.frame_id: Label(
            repeat.frame_id,
            repeat.state,
            repeat.class_name,
            repeat.boxes,
            repeat.points,
            by=repeat.by,
            at=repeat.at,
            blind=True,
        )
        for repeat in newest_repeats
        if repeat.state
    }
    return replace(work, frames=frames, labels=labels, drafts={}, repeats=True, round=newest)


def _make_frame_to_label(
    project: Project, line: SamplingLine, pick: Pick, scene: int, index: int, size: int
) -> FrameToLabel:
    clip, frame = line.clip, line.frame
    return FrameToLabel(
        pick.frame_id,
        project.path / pick.file,
        clip.clip_id,
        clip.camera,
        line.taken_at,
        line.t_s,
        frame.width,
        frame.height,
        scene,
        index,
        size,
        frame.sha256,
    )


# A model's suggestion for a frame, shown on request only: a label made in sight of it is not blind.


# The class guide: what each class looks like on the benchmark. Nothing of it comes from the field
# or from a model, so that whoever labels stays blind.

EXAMPLES = 3  # of a class
CROP_MARGIN = 0.5  # of a box's longer side, around it


def choose_examples(project: Project) -> dict[str, tuple[BenchmarkItem, ...]]:
    """Chooses benchmark images that show what a class looks like.

    Args:
        project: the project.

    Returns:
        For each class that is labelled its images, spread over the benchmark; none for a class
        that the benchmark does not have. Empty without a benchmark.
    """
    benchmark = project.read(models_table.get_benchmark)
    if benchmark is None:
        return {}
    of_class: dict[str, list[BenchmarkItem]] = {}
    for item in benchmark.items:
        for name in dict.fromkeys(item.names):
            of_class.setdefault(name, []).append(item)
    return {
        name: _spread_over(of_class.get(name, []), EXAMPLES)
        for name in dict.fromkeys(list_project_classes(project))
    }


def _spread_over(items: Sequence[BenchmarkItem], count: int) -> tuple[BenchmarkItem, ...]:
    """As many items, each from the middle of its share of the list."""
    n = min(count, len(items))
    return tuple(items[(2 * k + 1) * len(items) // (2 * n)] for k in range(n))


def read_example(project: Project, item: BenchmarkItem, class_name: str) -> bytes | None:
    """Reads a small picture of an example: the image, or the largest box of the class in it.

    Args:
        project: the project.
        item: the benchmark image.
        class_name: the class that it is an example of.

    Returns:
        A JPEG; None where the image is gone.
    """
    subject = make_benchmark_subject(item.path)
    boxes = [box for box in item.boxes if box.class_name == class_name]
    if not boxes:
        return load_thumbnails(project, (subject,)).get(subject)
    try:
        rgb = load_pixels(project, subject)
    except (*GONE, PathRefused):
        return None
    box = max(boxes, key=lambda box: box.w * box.h)
    margin = CROP_MARGIN * max(box.w, box.h)
    top, left = (max(0, int(edge - margin)) for edge in (box.y, box.x))
    part = rgb[top : int(box.y + box.h + margin) + 1, left : int(box.x + box.w + margin) + 1]
    return make_thumbnail(part) if part.size else None


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Prediction of `model` for a frame: `class_name` with `confidence` from 0 to 1, or `boxes`.
    Both empty: it gave no finite output. `for_a_person`: so uncertain that its card routes the
    frame to manual review."""

    frame_id: str
    model: str
    class_name: str
    confidence: float
    boxes: tuple[Box, ...]
    for_a_person: bool = False


def list_suggesting_models(project: Project) -> tuple[str, ...]:
    """The names of the models that can suggest, the one that is measured first: labels then follow
    the model under test."""
    return tuple(
        model.name for model in reversed(project.read(models_table.list_models)) if can_ask(model)
    )


def suggest_label(project: Project, frame_id: str, model: str) -> Suggestion:
    """That model's answer to a pick, computed now and stored nowhere. Raises FrameNotPicked,
    FrameChanged, NoModel, PathMissing, PictureUnreadable."""
    pick = project.read(lambda db: labels_table.get_pick(db, frame_id))
    if pick is None or pick.taken_out:
        raise FrameNotPicked(frame_id)
    stored = next(
        (
            stored_model
            for stored_model in project.read(models_table.list_models)
            if stored_model.name == model
        ),
        None,
    )
    if stored is None:
        raise NoModel(project.path)
    if read_saved_pixels(project, pick) is None:
        raise PathMissing(join_inside(project.path, pick.file))
    chunk = PictureChunk(
        make_model_file(project, stored), ((frame_id, str(join_inside(project.path, pick.file))),)
    )
    (answer,) = predict_images(chunk)
    card = get_card(stored)
    return SUGGEST_BY_KIND[card.answers](answer, card, model)


def _suggest_boxes(answer: Prediction, card: Card, model: str) -> Suggestion:
    shown = get_shown_boxes(answer.answer, card)
    return Suggestion(
        answer.subject,
        model,
        "",
        float(shown[:, SCORE].min()) if len(shown) else 0.0,
        to_label_boxes(answer.answer, card),
    )


def _suggest_class(answer: Prediction, card: Card, model: str) -> Suggestion:
    if not np.isfinite(answer.answer).any():
        return Suggestion(answer.subject, model, "", 0.0, ())
    best, confidence = get_called_class(answer.answer, card.class_thresholds)
    return Suggestion(
        answer.subject,
        model,
        card.classes[best],
        confidence,
        (),
        confidence < (card.output.abstain or 0.0),
    )


SUGGEST_BY_KIND = ByKind(
    one_class=_suggest_class,
    several_classes=_suggest_class,
    boxes=_suggest_boxes,
    class_map=_suggest_class,
)
