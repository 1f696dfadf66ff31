"""Everything that can be expected to go wrong: one family of errors that carry data and no prose.

Raised at the lowest place that knows; `fieldcheck.words.sentences` turns a class into one sentence at the door.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any


@dataclass(eq=False)
class FieldcheckError(Exception):
    """Root of the family. A subclass is a dataclass whose fields are the facts of the case."""

    def __str__(self) -> str:
        return repr(self)

    def __reduce__(self) -> tuple[type[FieldcheckError], tuple[Any, ...]]:
        """A dataclass does not hand its facts on to Exception, which would forget them between processes."""
        return type(self), tuple(getattr(self, one.name) for one in fields(self))


# --- files and footage ------------------------------------------------------------------------------------------------


@dataclass(eq=False)
class PathMissing(FieldcheckError):
    """Nothing lies at `path`."""

    path: Path


@dataclass(eq=False)
class PathRefused(FieldcheckError):
    """`path` points outside the folder it belongs to, or is a link, a device or a network path."""

    path: str
    problem: str


@dataclass(eq=False)
class VideoUnreadable(FieldcheckError):
    """`problem`: `not_a_video`, `no_frames`, `frame_missing` (a frame that decoded before does not any more), `interlaced`."""

    path: Path
    problem: str


@dataclass(eq=False)
class PictureUnreadable(FieldcheckError):
    """`problem`: `not_a_picture`, `too_large`, `damaged`."""

    path: Path
    problem: str


@dataclass(eq=False)
class NoPictures(FieldcheckError):
    """A folder in which no picture could be read."""

    path: Path


@dataclass(eq=False)
class DiskFull(FieldcheckError):
    """No room left to write `path`; what was acknowledged before stands."""

    path: Path


@dataclass(eq=False)
class ReadOnlyPlace(FieldcheckError):
    """`path` cannot be written by this user."""

    path: Path


@dataclass(eq=False)
class ReadBackDiffers(FieldcheckError):
    """What lies at `path` after writing is not what was written: the medium cannot be trusted."""

    path: Path


@dataclass(eq=False)
class CameraLost(FieldcheckError):
    """The camera, by the name people know it by, gives no frames any more."""

    camera: str


@dataclass(eq=False)
class CameraRefused(FieldcheckError):
    """The camera, by a name or an address that holds no password, cannot be opened. `problem`: `unknown` (none of that identity is
    there), `address`, `unreachable`, `password`, `not_a_stream`, `busy`, `not_opened` (the driver does not say why), `extra_missing`
    (`detail` names the extra). `detail`: what was seen."""

    camera: str
    problem: str
    detail: str = ""


# --- model --------------------------------------------------------------------------------------------------------------


@dataclass(eq=False)
class ModelRejected(FieldcheckError):
    """`problem`: `not_onnx`, `truncated`, `external_data_missing`, `too_new`, `unsupported_operator`, `rank`, `channels`,
    `classes`, `output_kind`, `size`, `crashed`, `no_inputs`, `inputs` (more than one), `invalid_graph`, `run_failed`, `time`, `memory`,
    `changed`; `detail` holds the figures that were seen."""

    path: Path
    problem: str
    detail: str = ""


@dataclass(eq=False)
class CardRejected(FieldcheckError):
    """A model card that cannot be used: `field` is the dotted key, `problem` is `missing`, `unknown`, `type` or `value`."""

    field: str
    problem: str
    detail: str = ""
    known: tuple[str, ...] = ()  # words that it may be


@dataclass(eq=False)
class CardNeeded(FieldcheckError):
    """Neither the file nor a card says what `fields` are."""

    path: Path
    fields: tuple[str, ...]


@dataclass(eq=False)
class ModelUnknown(FieldcheckError):
    """The project holds no model of that name."""

    name: str
    known: tuple[str, ...]


@dataclass(eq=False)
class NoModel(FieldcheckError):
    """The project has no model yet."""

    project: Path


# --- project ------------------------------------------------------------------------------------------------------------


@dataclass(eq=False)
class ProjectExists(FieldcheckError):
    """There is already something at the place of the new project."""

    path: Path


@dataclass(eq=False)
class PathOccupied(FieldcheckError):
    """Something else stands already where the sample project or an export would be made."""

    path: Path


@dataclass(eq=False)
class NotAProject(FieldcheckError):
    """`path` is no project folder; `problem`: `no_database`, `foreign_schema`, `not_sqlite`."""

    path: Path
    problem: str


@dataclass(eq=False)
class ProjectLocked(FieldcheckError):
    """Another process has the project open for writing."""

    path: Path
    machine: str
    process: int
    since: str


@dataclass(eq=False)
class ProjectNewer(FieldcheckError):
    """The project was last written by a later version; it can be read, not written."""

    path: Path
    its_version: str
    our_version: str


@dataclass(eq=False)
class ProjectDamaged(FieldcheckError):
    """The database fails its own check. It was not written; `repaired` is the repaired copy where one was made."""

    path: Path
    problem: str
    repaired: Path | None = None


@dataclass(eq=False)
class UndoRefused(FieldcheckError):
    """What the act left behind was changed since by something that is not in the history."""

    act: str
    table: str
    key: str


@dataclass(eq=False)
class NothingToUndo(FieldcheckError):
    """`direction` is `undo` or `redo`."""

    direction: str


# --- the window -----------------------------------------------------------------------------------------------------------


@dataclass(eq=False)
class NoDisplay(FieldcheckError):
    """There is nothing here that a window could be shown on."""


# --- frames, labels, benchmark --------------------------------------------------------------------------------------------


@dataclass(eq=False)
class NoFootage(FieldcheckError):
    """The project holds no listed frame yet."""

    project: Path


@dataclass(eq=False)
class NothingPicked(FieldcheckError):
    """No frame has been picked yet."""

    project: Path


@dataclass(eq=False)
class NothingLabelled(FieldcheckError):
    """None of the frames carries a label. `among`: `picked`, `tagged` (none carries a tag either), `named` (in a file)."""

    project: Path
    among: str = "picked"


@dataclass(eq=False)
class NoBenchmark(FieldcheckError):
    """The project names no benchmark yet."""

    project: Path


@dataclass(eq=False)
class NothingLeftToPick(FieldcheckError):
    """Labels exist and every clip is already covered by a draw."""

    n_clips: int


@dataclass(eq=False)
class FrameUnknown(FieldcheckError):
    """No listed frame has this id."""

    frame_id: str


@dataclass(eq=False)
class FrameChanged(FieldcheckError):
    """The footage does not give the pixels any more that it gave when the frame was listed."""

    frame_id: str
    source: str


@dataclass(eq=False)
class FrameNotPicked(FieldcheckError):
    """Only picked frames are labelled."""

    frame_id: str


@dataclass(eq=False)
class NothingToRepeat(FieldcheckError):
    """Frame `frame_id` carries no answer that other frames could be given."""

    frame_id: str


@dataclass(eq=False)
class PickLabelled(FieldcheckError):
    """Frame `frame_id` carries a label: it is taken out before it is labelled or not at all."""

    frame_id: str


@dataclass(eq=False)
class BorderMissing(FieldcheckError):
    """There is no clip border to change. `problem`: `begins_here` (a clip begins at this frame already), `first` (of a recording)."""

    name: str
    problem: str


@dataclass(eq=False)
class ClassUnknown(FieldcheckError):
    """`name` is none of the project's classes."""

    name: str
    known: tuple[str, ...]


@dataclass(eq=False)
class ClassAmbiguous(FieldcheckError):
    """Several of the model's classes carry this name, so a label cannot say which is meant."""

    name: str


@dataclass(eq=False)
class SliceUnknown(FieldcheckError):
    """No slice was saved under this name."""

    name: str
    known: tuple[str, ...]


@dataclass(eq=False)
class StillBlind(FieldcheckError):
    """`n_left` picked frames nobody has looked at: until then no answer of the model is shown."""

    n_left: int


@dataclass(eq=False)
class NothingToLookAt(FieldcheckError):
    """Label and model agree on it, or it carries no label or no answer: there is nothing to look at again."""

    subject: str


@dataclass(eq=False)
class LabelKindWrong(FieldcheckError):
    """A label of a kind that a model of this `task` does not answer in; `export`: the format that cannot hold it, `formats`: what can."""

    task: str
    export: str = ""
    formats: tuple[str, ...] = ()


@dataclass(eq=False)
class LabelsRefused(FieldcheckError):
    """A label file that is not taken in. `problem`: `no_match`, `unknown_class`, `malformed`, `columns` (of a CSV), `empty`, `wrong_task`
    (not what the model answers), `unknown_format`, `several` (formats or files, in `detail`), `ambiguous` (a class of several outputs)."""

    path: Path
    problem: str
    detail: str = ""


@dataclass(eq=False)
class TrainingLogRefused(FieldcheckError):
    """`problem`: `text` (no CSV), `columns` (no losses among `detail`), `rows` (no row with finite losses)."""

    path: Path
    problem: str
    detail: str = ""


@dataclass(eq=False)
class RecipeRefused(FieldcheckError):
    """A training recipe that is no albumentations pipeline. `problem`: `text` (neither JSON nor YAML), `pipeline`, `size` (too large)."""

    path: Path
    problem: str
    detail: str = ""


@dataclass(eq=False)
class BenchmarkRefused(FieldcheckError):
    """`problem`: `unknown_format`, `several`, `empty`, `malformed`, `columns`, `no_shared_class`, `wrong_task` (as in LabelsRefused)."""

    path: Path
    problem: str
    detail: str = ""


@dataclass(eq=False)
class NotComparable(FieldcheckError):
    """Two scores that do not measure the same thing; `problem` says what differs."""

    problem: str
    detail: str = ""
