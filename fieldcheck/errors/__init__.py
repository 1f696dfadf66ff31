"""Everything that can be expected to go wrong: one family of errors that carry data and no prose,
imported from here.

Raised at the lowest place that knows; `fieldcheck.errors.messages` turns a class into one sentence
at the door.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from fieldcheck.errors.files import FieldcheckError

if TYPE_CHECKING:
    from fieldcheck.errors.files import (
        ArgumentRefused,
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
    from fieldcheck.errors.models import (
        CardNeeded,
        CardRejected,
        ModelRejected,
        ModelUnknown,
        NoModel,
        NoRuns,
        RunnerResultRefused,
        RunUnknown,
    )
    from fieldcheck.errors.projects import (
        AdminNeeded,
        KeyRefused,
        MergeRefused,
        NotAProject,
        NothingToUndo,
        PackRefused,
        PathOccupied,
        ProjectClosed,
        ProjectDamaged,
        ProjectExists,
        ProjectLocked,
        ProjectNewer,
        ProjectOnlyRead,
        ReportRefused,
        UndoRefused,
    )
else:

    def __getattr__(name):
        """The error of that name; its room is loaded with the first one that is asked for. Making
        fifty classes takes as long as painting the rail."""
        for room in ("files", "projects", "models", "labels"):
            found = getattr(import_module(f"{__name__}.{room}"), name, None)
            if found is not None:
                globals()[name] = found
                return found
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
