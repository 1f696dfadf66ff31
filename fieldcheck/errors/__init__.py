"""Everything that can be expected to go wrong: one family of errors that carry data and no prose, imported from here.

Raised at the lowest place that knows; `fieldcheck.words.sentences` turns a class into one sentence at the door.
"""

from fieldcheck.errors.family import FieldcheckError
from fieldcheck.errors.files import (
    CameraLost,
    CameraRefused,
    DiskFull,
    ExtraMissing,
    FolderGone,
    NoDisplay,
    NoPictures,
    NotStored,
    PandasMissing,
    PathMissing,
    PathRefused,
    PictureUnreadable,
    ReadBackDiffers,
    ReadOnlyPlace,
    VideoUnreadable,
)
from fieldcheck.errors.labels import (
    BenchmarkRefused,
    BorderMissing,
    ClassAmbiguous,
    ClassUnknown,
    FrameChanged,
    FrameNotPicked,
    FrameUnknown,
    LabelKindWrong,
    LabelsRefused,
    NoBenchmark,
    NoFootage,
    NotComparable,
    NothingLabelled,
    NothingLeftToPick,
    NothingPicked,
    NothingToLookAt,
    NothingToRepeat,
    OneGroup,
    PickLabelled,
    PredictionLogRefused,
    RecipeRefused,
    ShiftUnknown,
    SliceUnknown,
    StillBlind,
    TrainingLogRefused,
)
from fieldcheck.errors.models import CardNeeded, CardRejected, ModelRejected, ModelUnknown, NoModel, NoRuns, RunnerResultRefused, RunUnknown
from fieldcheck.errors.projects import (
    AdminNeeded,
    KeyRefused,
    MergeRefused,
    NotAProject,
    NothingToUndo,
    PackRefused,
    PathOccupied,
    ProjectDamaged,
    ProjectExists,
    ProjectLocked,
    ProjectNewer,
    ReportRefused,
    UndoRefused,
)
