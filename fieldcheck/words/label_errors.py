"""Sentences about frames, labels and benchmarks."""

from __future__ import annotations

from fieldcheck import errors
from fieldcheck.domain.answer_kind import ANSWER_KINDS, Labels
from fieldcheck.errors import FieldcheckError
from fieldcheck.msgid import msgid
from fieldcheck.words.formatting import Sentence, coded, in_brackets, listed, plain, told
from fieldcheck.words.label_reasons import reason_of
from fieldcheck.words.language import plural, text
from fieldcheck.words.remedies import remedy, typed


def _nothing_labelled(error: errors.NothingLabelled) -> str:
    if error.among == "tagged":
        return text(
            "No frame of {project} has both a label and a tag. Nothing was written. Tag the failures in Explore, "
            "or list the frames in a file{how}."
        ).format(project=plain(error.project), how=typed("--from FILE"))
    if error.among == "named":
        return text("No listed frame is labelled in {project}. Nothing was written. List labelled frames, one per line.").format(
            project=plain(error.project)
        )
    if error.among == "without_people":
        return text(
            "All frames to export from {project} are marked “person”. Nothing was written. Include frames with a person{remedy}."
        ).format(project=plain(error.project), remedy=remedy("people"))
    if error.among == "all_labelled":
        return text(
            "All picked frames of {project} are already labelled. Nothing was written. Pick more frames, or export all of them{how}."
        ).format(project=plain(error.project), how=typed("--all"))
    if error.among == "thresholds":
        return text(
            "Too few labels in {project} for per-class thresholds. Nothing was changed. Requires one class per "
            "frame, 20 labelled frames of a class and four clips."
        ).format(project=plain(error.project))
    return text("No picked frame of {project} is labelled yet. Nothing was changed. Label frames, or import labels{remedy}.").format(
        project=plain(error.project), remedy=remedy("labels")
    )


def _nothing_left(error: errors.NothingLeftToPick) -> str:
    return plural(
        "Labels exist and the only clip already has picked frames. Nothing was changed. Record more clips.",
        "Labels exist and all {n} clips already have picked frames. Nothing was changed. Record more clips.",
        error.n_clips,
    ).format(n=error.n_clips)


def _border_missing(error: errors.BorderMissing) -> str:
    if error.problem == "begins_here":
        return text("A clip already starts at this frame. Nothing was changed. Choose another frame.")
    return text(
        "This is the first clip of its recording; there is no previous clip to merge with. Nothing was changed. Choose a later clip."
    )


def _slice_unknown(error: errors.SliceUnknown) -> str:
    if not error.known:
        return text("No slice saved yet. Nothing was written. Save a filter as a slice on the Explore screen.")
    return text("No slice named {name}. Nothing was written. Available slices: {known}.").format(
        name=plain(error.name), known=listed(error.known)
    )


def _still_blind(error: errors.StillBlind) -> str:
    return plural(
        "{n} picked frame is not labelled yet. Nothing was changed. Label it first; predictions are shown only afterwards.",
        "{n} picked frames are not labelled yet. Nothing was changed. Label them first; predictions are shown only afterwards.",
        error.n_left,
    ).format(n=error.n_left)


def _label_kind_wrong(error: errors.LabelKindWrong) -> str:
    if error.export and _labels_of(error.task) != "none":
        return _format_wrong(error)
    said: dict[Labels, str] = {
        "points": text(
            "The model outputs masks; a class alone is not a valid label. Nothing was changed. Set points in the "
            "window, or use empty frame, unsure or skip{how}."
        ),
        "boxes": text(
            "The model outputs boxes; a class without a box is not a valid label. Nothing was changed. Import "
            "boxes, or use empty frame, unsure or skip{how}{remedy}."
        ),
        "class": text(
            "The model assigns a class to every frame; “empty frame” is not a valid label. Nothing was changed. "
            "Choose a class, unsure or skip{how}."
        ),
        "none": text(
            "Labelling is not supported for multi-label models. Nothing was changed. Use unsure or skip{how}, or "
            "a model with one class per frame."
        ),
    }
    return said[_labels_of(error.task)].format(how=typed("--nothing, --unsure, --skip"), remedy=remedy("labels"))


def _labels_of(task: str) -> Labels:
    """How frames of this task are labelled; of a word that is no task as most are, so that an error is told in any case."""
    return next((kind.labels for known, kind in ANSWER_KINDS.items() if known == task), "class")


def _format_wrong(error: errors.LabelKindWrong) -> str:
    return text("{format} does not support the labels of this project. Nothing was written. Supported formats: {formats}.").format(
        format=plain(error.export), formats=", ".join(error.formats)
    )


def _task_wrong(task: str, else_said: str) -> str:
    """Why labels in files do not fit answers of this task: no file holds such labels, or these are of another kind, which `else_said`."""
    labels = _labels_of(task)
    if labels == "points":
        return text(
            "{path} cannot be compared with masks{seen}: it has no points, polygons or masks. Nothing was "
            "changed. Use labels of these types, or set points in the window."
        )
    if labels == "none":
        return text("{path} cannot be compared with a multi-label model{seen}. Nothing was changed. Use a model with one class per frame.")
    return else_said


def _nothing_in_it() -> dict[str, str]:
    """Of a set that can be read and does not hold what it should."""
    return {
        "no_labels": text("No image in {path} is labelled{seen}. Nothing was changed. Check the location of the labels."),
        "no_pictures": text("No image listed in {path} is readable{seen}. Nothing was changed. Specify the image folder as well{how}."),
        "turned_boxes": text(
            "{path} contains rotated boxes{seen}, which are not supported. Nothing was changed. Export axis-aligned boxes or polygons."
        ),
        "strict": text("{path} failed the strict check{seen}. Nothing was changed. Correct it, or import without the strict option."),
    }


def _labels_refused(error: errors.LabelsRefused) -> str:
    said = {
        "no_match": text(
            "No name in {path} matches a frame of this project{seen}. Nothing was imported. Use names like "
            "“clip/0007.png” or “name.mp4#120”."
        ),
        "unknown_class": text("{path} contains a class unknown to the model{seen}. Nothing was imported. Correct the class name."),
        "ambiguous": text(
            "{path} uses a class name that several model outputs share{seen}. Nothing was imported. Rename the classes in the model card."
        ),
        "wrong_task": _task_wrong(
            error.detail,
            text(
                "{path} and model have different label types (classes vs boxes){seen}. Nothing was imported. Use "
                "labels that match the model's task."
            ),
        ),
        "columns": text(
            "{path} lacks the label columns{seen}. Nothing was imported. Use the header file,class or "
            "file,class,x,y,w,h, or file,class,x,y for points."
        ),
        "empty": text("{path} contains no labels. Nothing was imported. Specify the label file or folder."),
        **_nothing_in_it(),
        "unknown_format": text(
            "{path} has an unsupported format. Nothing was imported. Supported: COCO, YOLO, Pascal VOC, CVAT, "
            "Label Studio, labelme, CSV, mask folder, folder per class."
        ),
        "several": text("The format of {path} is ambiguous{seen}. Nothing was imported. Specify one of the files, or the format{how}."),
        "other_format": text("{path} has the unsupported format {name}. Nothing was imported. Export the labels as {instead}."),
        "part": text("{path} contains several parts{seen}. Nothing was imported. Choose one of them{how}, or its folder."),
        "no_part": text("The part was not found in {path}{seen}. Nothing was imported. Choose one of its parts{how}, or specify none."),
    }.get(error.problem, text("{path} is not readable as labels: {reason}{seen}. Nothing was imported. {action}"))
    return _filled(said, error, typed(_OPTIONS.get(error.problem, "--format FORMAT")))


def _shift_unknown(error: errors.ShiftUnknown) -> str:
    if error.camera:
        said = text("{camera} has no fault in the shift of {began}. Nothing was changed. Cameras with a fault: {known}.")
        return said.format(camera=plain(error.camera), began=plain(error.began), known=listed(error.known) or "–")
    if not error.known:
        return text("No shift imported yet. Nothing was changed. Import a log first.")
    said = text("No shift starts at {began}. Nothing was changed. The latest shifts start at {known}.")
    return said.format(began=plain(error.began), known=listed(error.known[-3:]))


def _benchmark_refused(error: errors.BenchmarkRefused) -> str:
    said = {
        "no_shared_class": text("Benchmark {path} and model have no class in common{seen}. Nothing was changed. Use the same class names."),
        "wrong_task": _task_wrong(
            error.detail,
            text(
                "Benchmark {path} and model have different label types (classes vs boxes){seen}. Nothing was changed."
                " Use a benchmark that matches the model's task."
            ),
        ),
        "wrong_metric": text(
            "This metric is not available for the predictions on {path}{seen}. Nothing was changed. Use accuracy "
            "or balanced for classifiers; frame, map, map50 or recall for detectors."
        ),
        "columns": text(
            "{path} lacks the label columns{seen}. Nothing was changed. Use the header file,class or "
            "file,class,x,y,w,h, or file,class,x,y for points."
        ),
        "empty": text("{path} contains no labelled image. Nothing was changed. Specify the folder or file with the benchmark."),
        **_nothing_in_it(),
        "unknown_format": text(
            "{path} has an unsupported format. Nothing was changed. Supported: COCO, YOLO, Pascal VOC, CVAT, "
            "Label Studio, labelme, CSV, mask folder, folder per class."
        ),
        "several": text("The format of {path} is ambiguous{seen}. Nothing was changed. Specify one of the files, or the format{how}."),
        "other_format": text("{path} has the unsupported format {name}. Nothing was changed. Export the labels as {instead}."),
        "part": text(
            "{path} does not define which part is the benchmark{seen}. Nothing was changed. Choose the part that "
            "the model was not trained on{how}, or its folder."
        ),
        "no_part": text("The part was not found in {path}{seen}. Nothing was changed. Choose one of its parts{how}, or specify none."),
    }.get(error.problem, text("{path} is not readable as a benchmark: {reason}{seen}. Nothing was changed. {action}"))
    return _filled(said, error, typed(_OPTIONS.get(error.problem, "--format FORMAT")))


_OPTIONS = {"no_pictures": "--images FOLDER", "part": "--part PART", "no_part": "--part PART"}
"""What a person adds to the command for a problem; otherwise the format."""


def _filled(said: str, error: errors.LabelsRefused | errors.BenchmarkRefused, how: str) -> str:
    """A sentence about files that were refused, with the reason where there is one."""
    reason, action = reason_of(error.reason)
    place = "" if error.detail == error.path.name else error.detail
    return said.format(
        path=plain(error.path), seen=in_brackets(place), name=plain(error.detail), instead=plain(error.reason), how=how,
        reason=reason, action=action,
    )  # fmt: skip


def _not_comparable(error: errors.NotComparable) -> str:
    if error.problem == "no_metric":
        said = text(
            "Unknown metric{seen}. Nothing was changed. Use accuracy or balanced for classifiers; frame, map, "
            "map50 or recall for detectors."
        )
        return said.format(seen=in_brackets(error.detail))
    return text(
        "The two scores are not comparable: they differ in {problem}{seen}. Nothing was changed. Compute both scores the same way."
    ).format(problem=_difference(error.problem), seen=in_brackets(error.detail))


def _difference(problem: str) -> str:
    return {
        "metric": text("the metric"),
        "classes": text("the classes"),
        "threshold": text("the threshold"),
        "preprocessing": text("the preprocessing"),
    }.get(problem, plain(problem))


LABEL_ERRORS: dict[type[FieldcheckError], Sentence] = {
    errors.NoFootage: told(msgid("{project} has no footage yet. Nothing was changed. Import footage{remedy}."), does="footage"),
    errors.NothingPicked: told(msgid("{project} has no picked frames yet. Nothing was changed. Pick frames first{remedy}."), does="pick"),
    errors.NothingLabelled: _nothing_labelled,
    errors.NoBenchmark: told(msgid("{project} has no benchmark yet. Nothing was changed. Set one{remedy}."), does="benchmark"),
    errors.NothingLeftToPick: _nothing_left,
    errors.FrameUnknown: told(
        msgid("No frame named {frame}. Nothing was changed. Look up the frame names{remedy}."),
        does="names",
        frame="frame_id",
    ),
    errors.FrameChanged: told(
        msgid("{source} no longer contains the original pixels of frame {frame}. The project is safe. Restore the original file."),
        frame="frame_id",
    ),
    errors.FrameNotPicked: told(
        msgid("Frame {frame} is not a picked frame. Nothing was changed. Choose a picked frame."), frame="frame_id"
    ),
    errors.NothingToRepeat: told(
        msgid("Frame {frame} has no label to copy. Nothing was changed. Label this frame first."), frame="frame_id"
    ),
    errors.PickLabelled: told(
        msgid("Frame {frame} is already labelled. Nothing was changed. Undo its label, or skip the frame."), frame="frame_id"
    ),
    errors.BorderMissing: _border_missing,
    errors.OneGroup: told(
        msgid(
            "All labelled frames are in one group, so none can be held out. Nothing was written. Split by clip, "
            "or label frames from other clips."
        )
    ),
    errors.SliceUnknown: _slice_unknown,
    errors.StillBlind: _still_blind,
    errors.NothingToLookAt: told(
        msgid("Label and prediction do not disagree on {subject}. Nothing was changed. List the disagreements first{remedy}."), does="look"
    ),
    errors.ClassUnknown: told(msgid("No class named {name}. Nothing was changed. Available classes: {known}.")),
    errors.ClassAmbiguous: told(
        msgid("Duplicate class name {name} in the model. Nothing was changed. Rename the classes in the model card.")
    ),
    errors.LabelKindWrong: _label_kind_wrong,
    errors.LabelsRefused: _labels_refused,
    errors.BenchmarkRefused: _benchmark_refused,
    errors.TrainingLogRefused: coded(
        msgid("Cannot read training log {path}{seen}. Nothing was changed. Correct the file."),
        {
            "text": msgid("{path} is not a CSV file{seen}. Nothing was changed. Select the training log."),
            "columns": msgid(
                "{path} lacks the columns train_loss and val_loss{seen}. Nothing was changed. Rename the columns accordingly."
            ),
            "rows": msgid("{path}: no row with both losses{seen}. Nothing was changed. Use the log of a completed training run."),
        },
    ),
    errors.PredictionLogRefused: coded(
        msgid("Cannot read log {path}{seen}. Nothing was changed. Correct the file."),
        {
            "text": msgid("{path} is neither CSV nor JSON Lines{seen}. Nothing was changed. Select the log of the deployed model."),
            "parquet": msgid(
                "Reading Parquet file {path} requires pyarrow. Nothing was changed. Install pyarrow, or use CSV or JSON Lines."
            ),
            "damaged": msgid("Cannot read Parquet file {path}{seen}. Nothing was changed. Write the log again."),
            "entropy": msgid("{path}: entropy is not a number ≥ 0{seen}. Nothing was changed. Correct the file."),
            "columns": msgid(
                "{path} lacks the columns time, prediction and confidence{seen}. Nothing was changed. Rename the columns accordingly."
            ),
            "time": msgid("{path}: unreadable time{seen}. Nothing was changed. Use ISO 8601, for example 2026-11-25T06:30:00+01:00."),
            "confidence": msgid("{path}: confidence outside 0 to 1{seen}. Nothing was changed. Correct the file."),
            "embedding": msgid(
                "{path}: embeddings differ in length{seen}. Nothing was changed. Use the same number of values in every row."
            ),
            "rows": msgid("{path} contains no results. Nothing was changed. Select a log of the deployed model."),
            "future": msgid(
                "{path} has only times in the future{seen}. Nothing was changed. Check the clocks of the device and of this computer."
            ),
            "quote": msgid("{path} has a quote that is not closed{seen}. Nothing was changed. Correct that row."),
            "fields": msgid(
                "{path} has a row with more fields than its header{seen}. Nothing was changed. "
                "Write decimals with a point, or put semicolons between the columns."
            ),
            "prediction": msgid("{path} has a row without a prediction{seen}. Nothing was changed. Correct that row."),
            "classes": msgid(
                "{path} has too many different predictions{seen}. Nothing was changed. Name the column with the class “prediction”."
            ),
            "shifts": msgid("{path} covers too many shifts{seen}. Nothing was changed. Import it in parts, or check its times."),
            "copy": msgid(
                "{path} is not a copy of deleted shifts{seen}. Nothing was changed. Select a file in the backups folder of the project."
            ),
        },
    ),
    errors.ShiftUnknown: _shift_unknown,
    errors.RecipeRefused: coded(
        msgid("{path} is not an albumentations pipeline{seen}. Nothing was changed. Save the pipeline with albumentations.save."),
        {
            "text": msgid("{path} is neither JSON nor YAML{seen}. Nothing was changed. Save the pipeline with albumentations.save."),
            "size": msgid("{path} is too large for a training recipe. Nothing was changed. Specify the pipeline file only."),
        },
    ),
    errors.NotComparable: _not_comparable,
}
