"""Errors with frames, labels, benchmarks and the scores of them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from fieldcheck.errors.files import FieldcheckError


@dataclass(eq=False, repr=False)
class NoFootage(FieldcheckError):
    """The project holds no listed frame yet."""

    project: Path


@dataclass(eq=False, repr=False)
class NothingPicked(FieldcheckError):
    """No frame has been picked yet."""

    project: Path


@dataclass(eq=False, repr=False)
class NothingLabelled(FieldcheckError):
    """None of the frames carries a label. `among`: `picked`, `tagged` (none carries a tag either),
    `named` (in a file), `without_people` (a person is marked on each that does), `thresholds`
    (there are labels, and they suggest no threshold), `all_labelled` (every pick carries one, where
    one without was asked for)."""

    project: Path
    among: str = "picked"


@dataclass(eq=False, repr=False)
class NoBenchmark(FieldcheckError):
    """The project names no benchmark yet."""

    project: Path


@dataclass(eq=False, repr=False)
class NothingLeftToPick(FieldcheckError):
    """Labels exist and every clip is already covered by a draw."""

    n_clips: int


@dataclass(eq=False, repr=False)
class FrameUnknown(FieldcheckError):
    """No listed frame has this id."""

    frame_id: str


@dataclass(eq=False, repr=False)
class FrameChanged(FieldcheckError):
    """The footage does not give the pixels any more that it gave when the frame was listed."""

    frame_id: str
    source: str


@dataclass(eq=False, repr=False)
class FrameNotPicked(FieldcheckError):
    """Only picked frames are labelled."""

    frame_id: str


@dataclass(eq=False, repr=False)
class NothingToRepeat(FieldcheckError):
    """Frame `frame_id` carries no answer that other frames could be given."""

    frame_id: str


@dataclass(eq=False, repr=False)
class PickLabelled(FieldcheckError):
    """Frame `frame_id` carries a label: it is taken out before it is labelled or not at all."""

    frame_id: str


@dataclass(eq=False, repr=False)
class BorderMissing(FieldcheckError):
    """There is no clip border to change. `problem`: `begins_here` (a clip begins at this frame
    already), `first` (of a recording)."""

    name: str
    problem: str


@dataclass(eq=False, repr=False)
class ClassUnknown(FieldcheckError):
    """`name` is none of the project's classes."""

    name: str
    known: tuple[str, ...]


@dataclass(eq=False, repr=False)
class ClassAmbiguous(FieldcheckError):
    """Several of the model's classes carry this name, so a label cannot say which is meant."""

    name: str


@dataclass(eq=False, repr=False)
class OneGroup(FieldcheckError):
    """All labelled frames are of one clip, recording, camera or location, so none can be held out."""

    project: Path


@dataclass(eq=False, repr=False)
class SliceUnknown(FieldcheckError):
    """No slice was saved under this name."""

    name: str
    known: tuple[str, ...]


@dataclass(eq=False, repr=False)
class StillBlind(FieldcheckError):
    """`n_left` picked frames nobody has looked at: until then no answer of the model is shown."""

    n_left: int


@dataclass(eq=False, repr=False)
class NothingToLookAt(FieldcheckError):
    """Label and model agree on it, or it carries no label or no answer: there is nothing to look at
    again."""

    subject: str


@dataclass(eq=False, repr=False)
class LabelKindWrong(FieldcheckError):
    """A label of a kind that a model of this `task` does not answer in; `export`: the format that
    cannot hold it, `formats`: what can."""

    task: str
    export: str = ""
    formats: tuple[str, ...] = ()


@dataclass(eq=False, repr=False)
class LabelsRefused(FieldcheckError):
    """A label file that is not taken in. `problem`: `no_match`, `unknown_class`, `malformed`,
    `columns` (of a CSV), `empty`, `wrong_task` (not what the model answers), `unknown_format`,
    `several` (formats or files, in `detail`), `ambiguous` (a class of several outputs),
    `turned_boxes` (`detail`: the format's name for them), `other_format` (`detail`: the name of one
    that is not read), `part` (`detail`: the parts that there are, one of which has to be named),
    `no_part` (there is none of that name), `no_labels` (`detail`: where they were looked for),
    `no_pictures`, `strict` (`detail`: what is not as it should be). `reason`: why a file is
    `malformed` (`detail` is where), as in `errors.label_messages`; of an `other_format` what to
    export instead."""

    path: Path
    problem: str
    detail: str = ""
    reason: str = ""


@dataclass(eq=False, repr=False)
class TrainingLogRefused(FieldcheckError):
    """`problem`: `text` (no CSV), `columns` (no losses among `detail`), `rows` (no row with finite
    losses)."""

    path: Path
    problem: str
    detail: str = ""


@dataclass(eq=False, repr=False)
class PredictionLogRefused(FieldcheckError):
    """`problem`: `text` (neither CSV nor JSON lines), `parquet` (pyarrow is not installed),
    `damaged` (Parquet), `columns` (none of `detail` is time, prediction and confidence), `time`,
    `confidence`, `entropy`, `embedding` (the value and its line in `detail`), `rows` (none),
    `future` (no time in it is over), `copy` (no copy of dropped shifts), `quote` (not closed),
    `fields` (a row with more than the header), `prediction` (none in a row), `classes` (too many),
    `shifts` (too many)."""

    path: Path
    problem: str
    detail: str = ""


@dataclass(eq=False, repr=False)
class ShiftUnknown(FieldcheckError):
    """No shift of the monitor begins at that time; with a `camera`, it has no fault in that shift,
    and `known` are those that have."""

    began: str
    known: tuple[str, ...]
    camera: str = ""


@dataclass(eq=False, repr=False)
class RecipeRefused(FieldcheckError):
    """A training recipe that is no albumentations pipeline. `problem`: `text` (neither JSON nor
    YAML), `pipeline`, `size` (too large)."""

    path: Path
    problem: str
    detail: str = ""


@dataclass(eq=False, repr=False)
class BenchmarkRefused(FieldcheckError):
    """`problem`: `unknown_format`, `several`, `empty`, `malformed`, `columns`, `no_shared_class`,
    `wrong_task`, `no_labels`, `no_pictures`, `strict`, `other_format`, `part`, `no_part` (as in
    LabelsRefused), `wrong_metric` (the answers of the model have no such score). `reason` as of
    LabelsRefused."""

    path: Path
    problem: str
    detail: str = ""
    reason: str = ""


@dataclass(eq=False, repr=False)
class NotComparable(FieldcheckError):
    """Two scores that do not measure the same thing; `problem` says what differs, `no_metric` that
    a model has no such score."""

    problem: str
    detail: str = ""
