"""Errors with frames, labels, benchmarks and the scores of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from fieldcheck.errors.files import FieldcheckError
from fieldcheck.errors.message_format import (
    format_command,
    format_names,
    format_remedy,
    to_one_line,
)
from fieldcheck.i18n.language import Msgid, msgid, tr, tr_plural

if TYPE_CHECKING:
    from fieldcheck.domain.prediction import Labels


@dataclass(eq=False, repr=False)
class NoFootage(FieldcheckError):
    """The project holds no listed frame yet; `problem` `no_rate`: only folders of pictures, which
    have no frame rate."""

    project: Path
    problem: str = ""

    message = msgid("{project} has no footage yet. Nothing was changed. Import footage{remedy}.")
    problems: ClassVar = {
        "no_rate": msgid(
            "{project} has no video and no recording. Nothing was changed. Import a video{remedy}."
        )
    }
    remedy = "footage"


@dataclass(eq=False, repr=False)
class NothingPicked(FieldcheckError):
    """No frame has been picked yet."""

    project: Path

    message = msgid(
        "{project} has no picked frames yet. Nothing was changed. Pick frames first{remedy}."
    )
    remedy = "pick"


@dataclass(eq=False, repr=False)
class NothingLabelled(FieldcheckError):
    """None of the frames carries a label. `among`: `picked`, `tagged` (none carries a tag either),
    `named` (in a file), `without_people` (a person is marked on each that does), `thresholds`
    (there are labels, and they suggest no threshold), `all_labelled` (every pick carries one, where
    one without was asked for)."""

    project: Path
    among: str = "picked"

    message = msgid(
        "No picked frame of {project} is labelled yet. Nothing was changed. Label frames, or "
        "import labels{remedy}."
    )
    problems: ClassVar = {
        "tagged": msgid(
            "No frame of {project} has both a label and a tag. Nothing was written. Tag the "
            "failures in Explore, or list the frames in a file{how}."
        ),
        "named": msgid(
            "No listed frame is labelled in {project}. Nothing was written. List labelled "
            "frames, one per line."
        ),
        "without_people": msgid(
            "All frames to export from {project} are marked “person”. Nothing was written. "
            "Include frames with a person{remedy}."
        ),
        "all_labelled": msgid(
            "All picked frames of {project} are already labelled. Nothing was written. Pick "
            "more frames, or export all of them{how}."
        ),
        "thresholds": msgid(
            "Too few labels in {project} for per-class thresholds. Nothing was changed. "
            "Requires one class per frame, 20 labelled frames of a class and four clips."
        ),
    }

    def get_sentence(self) -> Msgid:
        return self.problems.get(self.among, self.message)

    def get_values(self) -> dict[str, object]:
        how = format_command("--all" if self.among == "all_labelled" else "--from FILE")
        remedy = format_remedy("people" if self.among == "without_people" else "labels")
        return {**super().get_values(), "how": how, "remedy": remedy}


@dataclass(eq=False, repr=False)
class NoBenchmark(FieldcheckError):
    """The project names no benchmark yet."""

    project: Path

    message = msgid("{project} has no benchmark yet. Nothing was changed. Set one{remedy}.")
    remedy = "benchmark"


@dataclass(eq=False, repr=False)
class NothingLeftToPick(FieldcheckError):
    """Labels exist, every clip is covered by a draw, and no frame is left in its strata."""

    n_clips: int

    def format_message(self) -> str:
        return tr_plural(
            (
                "Labels exist and the only clip has no frame left to pick at random. Nothing was "
                "changed. Record more clips."
            ),
            (
                "Labels exist and none of {n} clips has a frame left to pick at random. Nothing "
                "was changed. Record more clips."
            ),
            self.n_clips,
            n=self.n_clips,
        )


@dataclass(eq=False, repr=False)
class FrameUnknown(FieldcheckError):
    """No listed frame has this id."""

    frame_id: str

    message = msgid(
        "No frame named {frame_id}. Nothing was changed. Look up the frame names{remedy}."
    )
    remedy = "names"


@dataclass(eq=False, repr=False)
class FrameChanged(FieldcheckError):
    """The footage does not give the pixels any more that it gave when the frame was listed."""

    frame_id: str
    source: str

    message = msgid(
        "{source} no longer contains the original pixels of frame {frame_id}. The project is "
        "safe. Restore the original file."
    )


@dataclass(eq=False, repr=False)
class FrameNotPicked(FieldcheckError):
    """Only picked frames are labelled."""

    frame_id: str

    message = msgid(
        "Frame {frame_id} is not a picked frame. Nothing was changed. Choose a picked frame."
    )


@dataclass(eq=False, repr=False)
class NothingToRepeat(FieldcheckError):
    """Frame `frame_id` carries no answer that other frames could be given."""

    frame_id: str

    message = msgid(
        "Frame {frame_id} has no label to copy. Nothing was changed. Label this frame first."
    )


@dataclass(eq=False, repr=False)
class PickLabelled(FieldcheckError):
    """Frame `frame_id` carries a label: it is taken out before it is labelled or not at all."""

    frame_id: str

    message = msgid(
        "Frame {frame_id} is already labelled. Nothing was changed. Undo its label, or skip "
        "the frame."
    )


@dataclass(eq=False, repr=False)
class BorderMissing(FieldcheckError):
    """There is no clip border to change. `problem`: `begins_here` (a clip begins at this frame
    already), `first` (of a recording)."""

    name: str
    problem: str

    message = msgid(
        "This is the first clip of its recording; there is no previous clip to merge with. "
        "Nothing was changed. Choose a later clip."
    )
    problems: ClassVar = {
        "begins_here": msgid(
            "A clip already starts at this frame. Nothing was changed. Choose another frame."
        )
    }


@dataclass(eq=False, repr=False)
class ClassUnknown(FieldcheckError):
    """`name` is none of the project's classes."""

    name: str
    known: tuple[str, ...]

    message = msgid("No class named {name}. Nothing was changed. Available classes: {known}.")


@dataclass(eq=False, repr=False)
class ClassAmbiguous(FieldcheckError):
    """Several of the model's classes carry this name, so a label cannot say which is meant."""

    name: str

    message = msgid(
        "Duplicate class name {name} in the model. Nothing was changed. Rename the "
        "classes in the model card."
    )


@dataclass(eq=False, repr=False)
class OneGroup(FieldcheckError):
    """All labelled frames are of one clip, recording, camera or location, so none can be held
    out."""

    project: Path

    message = msgid(
        "All labelled frames are in one group, so none can be held out. Nothing was "
        "written. Split by clip, "
        "or label frames from other clips."
    )


@dataclass(eq=False, repr=False)
class SliceUnknown(FieldcheckError):
    """No slice was saved under this name."""

    name: str
    known: tuple[str, ...]

    message = msgid("No slice named {name}. Nothing was written. Available slices: {known}.")
    empty_message = msgid(
        "No slice saved yet. Nothing was written. Save a filter as a slice on the Explore screen."
    )

    def get_sentence(self) -> Msgid:
        return self.message if self.known else self.empty_message


@dataclass(eq=False, repr=False)
class StillBlind(FieldcheckError):
    """`n_left` picked frames nobody has looked at: until then no answer of the model is shown."""

    n_left: int

    def format_message(self) -> str:
        return tr_plural(
            (
                "{n} picked frame is not labelled yet. Nothing was changed. Label it first; "
                "predictions are shown only afterwards."
            ),
            (
                "{n} picked frames are not labelled yet. Nothing was changed. Label them first; "
                "predictions are shown only afterwards."
            ),
            self.n_left,
            n=self.n_left,
        )


@dataclass(eq=False, repr=False)
class NothingToLookAt(FieldcheckError):
    """Label and model agree on it, or it carries no label or no answer: there is nothing to look at
    again."""

    subject: str

    message = msgid(
        "Label and prediction do not disagree on {subject}. Nothing was changed. List the "
        "disagreements first{remedy}."
    )
    remedy = "look"


@dataclass(eq=False, repr=False)
class LabelKindWrong(FieldcheckError):
    """A label of a kind that a model of this `task` does not answer in; `export`: the format that
    cannot hold it, `formats`: what can."""

    task: str
    export: str = ""
    formats: tuple[str, ...] = ()

    message = msgid(
        "The model assigns a class to every frame; “empty frame” is not a valid label. "
        "Nothing was changed. Choose a class, unsure or skip{how}."
    )
    by_kind: ClassVar[Mapping[Labels, Msgid]] = {
        "points": msgid(
            "The model outputs masks; a class alone is not a valid label. Nothing was "
            "changed. Set points in the window, or use empty frame, unsure or skip{how}."
        ),
        "boxes": msgid(
            "The model outputs boxes; a class without a box is not a valid label. Nothing was "
            "changed. Import boxes, or use empty frame, unsure or skip{how}{remedy}."
        ),
        "none": msgid(
            "Labelling is not supported for multi-label models. Nothing was changed. Use "
            "unsure or skip{how}, or a model with one class per frame."
        ),
    }
    export_message = msgid(
        "{format} does not support the labels of this project. Nothing was written. Supported "
        "formats: {formats}."
    )
    remedy = "labels"
    command = "--nothing, --unsure, --skip"

    def get_sentence(self) -> Msgid:
        kind = get_label_kind(self.task)
        if self.export and kind != "none":
            return self.export_message
        return self.by_kind.get(kind, self.message)

    def get_values(self) -> dict[str, object]:
        formats = ", ".join(self.formats)
        return {**super().get_values(), "format": to_one_line(self.export), "formats": formats}


@dataclass(eq=False, repr=False)
class ShiftUnknown(FieldcheckError):
    """No shift of the monitor begins at that time; with a `camera`, it has no fault in that shift,
    and `known` are those that have."""

    began: str
    known: tuple[str, ...]
    camera: str = ""

    message = msgid(
        "No shift starts at {began}. Nothing was changed. The latest shifts start at {known}."
    )
    empty_message = msgid("No shift imported yet. Nothing was changed. Import a log first.")
    camera_message = msgid(
        "{camera} has no fault in the shift of {began}. Nothing was changed. Cameras with "
        "a fault: {known}."
    )

    def get_sentence(self) -> Msgid:
        if self.camera:
            return self.camera_message
        return self.message if self.known else self.empty_message

    def get_values(self) -> dict[str, object]:
        names = format_names(self.known if self.camera else self.known[-3:]) or "–"
        return {**super().get_values(), "known": names}


@dataclass(eq=False, repr=False)
class NotComparable(FieldcheckError):
    """Two scores that do not measure the same thing; `problem` says what differs, `no_metric` that
    a model has no such score."""

    problem: str
    detail: str = ""

    message = msgid(
        "The two scores are not comparable: they differ in {problem}{seen}. Nothing was "
        "changed. Compute both scores the same way."
    )
    problems: ClassVar = {
        "no_metric": msgid(
            "Unknown metric{seen}. Nothing was changed. Use accuracy or balanced for "
            "classifiers; frame, map, map50 or recall for detectors."
        )
    }

    def get_values(self) -> dict[str, object]:
        return {**super().get_values(), "problem": _describe_difference(self.problem)}


def get_label_kind(task: str) -> Labels:
    """How frames of this task are labelled; of a word that is no task as most are, so that an error
    is told in any case."""
    from fieldcheck.domain.prediction import ANSWER_KINDS  # NumPy comes with it

    return next(
        (kind.labels for known_task, kind in ANSWER_KINDS.items() if known_task == task), "class"
    )


def _describe_difference(problem: str) -> str:
    return {
        "metric": tr("the metric"),
        "classes": tr("the classes"),
        "threshold": tr("the threshold"),
        "preprocessing": tr("the preprocessing"),
    }.get(problem, to_one_line(problem))
