"""Messages of errors about frames, labels and benchmarks, and the reasons why a label file is not
readable."""

from __future__ import annotations

from fieldcheck import errors
from fieldcheck.domain.prediction import ANSWER_KINDS, Labels
from fieldcheck.errors.files import FieldcheckError
from fieldcheck.errors.message_format import (
    Sentence,
    format_command,
    format_in_brackets,
    format_names,
    format_remedy,
    make_message,
    make_message_by_code,
    to_one_line,
)
from fieldcheck.i18n.language import Msgid, msgid, tr, tr_msgid, tr_plural

# Why a label file or benchmark is not readable, and what a person does about it.

CORRECT, EXPORT_AGAIN = (
    msgid("Correct the file."),
    msgid("Export the labels again from the labelling tool."),
)

REASONS: dict[str, tuple[Msgid, Msgid]] = {
    "cells": (msgid("a row does not have as many cells as the header"), CORRECT),
    "class_name": (msgid("a class name is missing or unusable"), msgid("Enter the class name.")),
    "class_number": (
        msgid("a class number is not in the list of classes"), msgid("Add the class to the list, or correct the number."),
    ),
    "colour": (msgid("a colour is not three values from 0 to 255"), CORRECT),
    "csv": (msgid("the CSV is damaged"), EXPORT_AGAIN),
    "deep": (msgid("the file is nested too deeply"), EXPORT_AGAIN),
    "entities": (msgid("the XML defines entities"), msgid("Remove the DOCTYPE.")),
    "entry": (msgid("an entry of this format is missing or malformed"), EXPORT_AGAIN),
    "figure": (msgid("a value is not a number of pixels"), msgid("Correct the value.")),
    "id_twice": (msgid("two entries have the same id"), CORRECT),
    "image": (msgid("an image is damaged, or its format is not supported"), msgid("Replace the image, or remove it with its labels.")),
    "image_id": (msgid("a label belongs to an image that is not listed"), EXPORT_AGAIN),
    "image_name": (msgid("an image has no file name"), EXPORT_AGAIN),
    "image_twice": (msgid("an image is listed twice"), msgid("Merge its labels, or remove one of the two.")),
    "json": (msgid("the JSON is damaged"), EXPORT_AGAIN),
    "key_point_shape": (msgid("kpt_shape is not two numbers such as [17, 3]"), CORRECT),
    "key_points": (msgid("the number of keypoints differs from kpt_shape"), CORRECT),
    "line": (msgid("a line is neither a box nor a polygon"), CORRECT),
    "mask": (msgid("a mask is damaged or not a greyscale or palette image"), EXPORT_AGAIN),
    "names": (msgid("the class names are not a list"), CORRECT),
    "negative": (msgid("a box has a negative width or height"), msgid("Correct the box.")),
    "no_data": (
        msgid("the YAML file names no images (train, val or test)"), msgid("Choose the data file of the set, or the folder of its labels."),
    ),
    "no_folder": (msgid("the folder of this format is missing"), msgid("Choose the folder that holds the images and labels.")),
    "no_names": (msgid("the class names are missing"), msgid("Add a file classes.txt with one class per line.")),
    "out_of_image": (
        msgid("boxes lie outside their images"), msgid("Write positions as shares of the image, from 0 to 1."),
    ),
    "outline": (msgid("a polygon has fewer than three corners, or a malformed one"), msgid("Correct the polygon.")),
    "outside": (msgid("a path points outside the folder"), msgid("Use paths relative to the folder.")),
    "root": (msgid("the root element does not belong to this format"), EXPORT_AGAIN),
    "shape": (msgid("a shape has an unknown type"), msgid("Export boxes, polygons, masks or points.")),
    "size": (msgid("the size of an image is not positive"), EXPORT_AGAIN),
    "text": (msgid("the text is not UTF-8"), msgid("Save the file as UTF-8.")),
    "too_large": (msgid("the file is too large"), msgid("Split the file into several files.")),
    "two_classes": (msgid("an image does not have exactly one class"), msgid("Assign exactly one class to each image.")),
    "unreadable": (msgid("the file is not accessible"), msgid("Check the file and its permissions.")),
    "xml": (msgid("the XML is damaged"), EXPORT_AGAIN),
    "yaml": (msgid("the YAML is damaged or not a list of keys"), CORRECT),
}  # fmt: skip
"""By code: a clause that follows a colon, and the action."""


def get_refusal_reason(code: str) -> tuple[str, str]:
    """The clause and the action of a reason; of one that no table knows, that the file is to be
    corrected."""
    clause, action = REASONS.get(code, (msgid("it is malformed"), CORRECT))
    return tr_msgid(clause), tr_msgid(action)


def _describe_nothing_labelled(error: errors.NothingLabelled) -> str:
    if error.among == "tagged":
        return tr(
            "No frame of {project} has both a label and a tag. Nothing was written. Tag the "
            "failures in Explore, "
            "or list the frames in a file{how}."
        ).format(project=to_one_line(error.project), how=format_command("--from FILE"))
    if error.among == "named":
        return tr(
            "No listed frame is labelled in {project}. Nothing was written. List labelled "
            "frames, one per line."
        ).format(project=to_one_line(error.project))
    if error.among == "without_people":
        return tr(
            "All frames to export from {project} are marked “person”. Nothing was written. "
            "Include frames with a person{remedy}."
        ).format(project=to_one_line(error.project), remedy=format_remedy("people"))
    if error.among == "all_labelled":
        return tr(
            "All picked frames of {project} are already labelled. Nothing was written. Pick "
            "more frames, or export all of them{how}."
        ).format(project=to_one_line(error.project), how=format_command("--all"))
    if error.among == "thresholds":
        return tr(
            "Too few labels in {project} for per-class thresholds. Nothing was changed. "
            "Requires one class per "
            "frame, 20 labelled frames of a class and four clips."
        ).format(project=to_one_line(error.project))
    return tr(
        "No picked frame of {project} is labelled yet. Nothing was changed. Label frames, or "
        "import labels{remedy}."
    ).format(project=to_one_line(error.project), remedy=format_remedy("labels"))


def _describe_nothing_left(error: errors.NothingLeftToPick) -> str:
    return tr_plural(
        (
            "Labels exist and the only clip already has picked frames. Nothing was changed. "
            "Record more clips."
        ),
        (
            "Labels exist and all {n} clips already have picked frames. Nothing was changed. "
            "Record more clips."
        ),
        error.n_clips,
    ).format(n=error.n_clips)


def _describe_border_missing(error: errors.BorderMissing) -> str:
    if error.problem == "begins_here":
        return tr("A clip already starts at this frame. Nothing was changed. Choose another frame.")
    return tr(
        "This is the first clip of its recording; there is no previous clip to merge with. "
        "Nothing was changed. Choose a later clip."
    )


def _describe_slice_unknown(error: errors.SliceUnknown) -> str:
    if not error.known:
        return tr(
            "No slice saved yet. Nothing was written. Save a filter as a slice on the Explore "
            "screen."
        )
    return tr("No slice named {name}. Nothing was written. Available slices: {known}.").format(
        name=to_one_line(error.name), known=format_names(error.known)
    )


def _describe_still_blind(error: errors.StillBlind) -> str:
    return tr_plural(
        (
            "{n} picked frame is not labelled yet. Nothing was changed. Label it first; "
            "predictions are shown only afterwards."
        ),
        (
            "{n} picked frames are not labelled yet. Nothing was changed. Label them first; "
            "predictions are shown only afterwards."
        ),
        error.n_left,
    ).format(n=error.n_left)


def _describe_label_kind(error: errors.LabelKindWrong) -> str:
    if error.export and _get_label_kind(error.task) != "none":
        return _describe_format_mismatch(error)
    said: dict[Labels, str] = {
        "points": tr(
            "The model outputs masks; a class alone is not a valid label. Nothing was "
            "changed. Set points in the "
            "window, or use empty frame, unsure or skip{how}."
        ),
        "boxes": tr(
            "The model outputs boxes; a class without a box is not a valid label. Nothing was "
            "changed. Import "
            "boxes, or use empty frame, unsure or skip{how}{remedy}."
        ),
        "class": tr(
            "The model assigns a class to every frame; “empty frame” is not a valid label. "
            "Nothing was changed. "
            "Choose a class, unsure or skip{how}."
        ),
        "none": tr(
            "Labelling is not supported for multi-label models. Nothing was changed. Use "
            "unsure or skip{how}, or "
            "a model with one class per frame."
        ),
    }
    return said[_get_label_kind(error.task)].format(
        how=format_command("--nothing, --unsure, --skip"), remedy=format_remedy("labels")
    )


def _get_label_kind(task: str) -> Labels:
    """How frames of this task are labelled; of a word that is no task as most are, so that an error
    is told in any case."""
    return next((kind.labels for known, kind in ANSWER_KINDS.items() if known == task), "class")


def _describe_format_mismatch(error: errors.LabelKindWrong) -> str:
    return tr(
        "{format} does not support the labels of this project. Nothing was written. Supported "
        "formats: {formats}."
    ).format(format=to_one_line(error.export), formats=", ".join(error.formats))


def _describe_task_mismatch(task: str, else_said: str) -> str:
    """Why labels in files do not fit answers of this task: no file holds such labels, or these are
    of another kind, which `else_said`."""
    labels = _get_label_kind(task)
    if labels == "points":
        return tr(
            "{path} cannot be compared with masks{seen}: it has no points, polygons or masks. "
            "Nothing was "
            "changed. Use labels of these types, or set points in the window."
        )
    if labels == "none":
        return tr(
            "{path} cannot be compared with a multi-label model{seen}. Nothing was changed. "
            "Use a model with one class per frame."
        )
    return else_said


def _get_empty_set_messages() -> dict[str, str]:
    """Of a set that can be read and does not hold what it should."""
    return {
        "no_labels": tr(
            "No image in {path} is labelled{seen}. Nothing was changed. Check the location of "
            "the labels."
        ),
        "no_pictures": tr(
            "No image listed in {path} is readable{seen}. Nothing was changed. Specify the "
            "image folder as well{how}."
        ),
        "turned_boxes": tr(
            "{path} contains rotated boxes{seen}, which are not supported. Nothing was "
            "changed. Export axis-aligned boxes or polygons."
        ),
        "strict": tr(
            "{path} failed the strict check{seen}. Nothing was changed. Correct it, or import "
            "without the strict option."
        ),
    }


def _describe_labels_refused(error: errors.LabelsRefused) -> str:
    said = {
        "no_match": tr(
            "No name in {path} matches a frame of this project{seen}. Nothing was imported. "
            "Use names like "
            "“clip/0007.png” or “name.mp4#120”."
        ),
        "unknown_class": tr(
            "{path} contains a class unknown to the model{seen}. Nothing was imported. "
            "Correct the class name."
        ),
        "ambiguous": tr(
            "{path} uses a class name that several model outputs share{seen}. Nothing was "
            "imported. Rename the classes in the model card."
        ),
        "wrong_task": _describe_task_mismatch(
            error.detail,
            tr(
                "{path} and model have different label types (classes vs boxes){seen}. "
                "Nothing was imported. Use "
                "labels that match the model's task."
            ),
        ),
        "columns": tr(
            "{path} lacks the label columns{seen}. Nothing was imported. Use the header "
            "file,class or "
            "file,class,x,y,w,h, or file,class,x,y for points."
        ),
        "empty": tr(
            "{path} contains no labels. Nothing was imported. Specify the label file or folder."
        ),
        **_get_empty_set_messages(),
        "unknown_format": tr(
            "{path} has an unsupported format. Nothing was imported. Supported: COCO, YOLO, "
            "Pascal VOC, CVAT, "
            "Label Studio, labelme, CSV, mask folder, folder per class."
        ),
        "several": tr(
            "The format of {path} is ambiguous{seen}. Nothing was imported. Specify one of "
            "the files, or the format{how}."
        ),
        "other_format": tr(
            "{path} has the unsupported format {name}. Nothing was imported. Export the "
            "labels as {instead}."
        ),
        "part": tr(
            "{path} contains several parts{seen}. Nothing was imported. Choose one of "
            "them{how}, or its folder."
        ),
        "no_part": tr(
            "The part was not found in {path}{seen}. Nothing was imported. Choose one of its "
            "parts{how}, or specify none."
        ),
    }.get(
        error.problem,
        tr("{path} is not readable as labels: {reason}{seen}. Nothing was imported. {action}"),
    )
    return _fill_message(
        said, error, format_command(_OPTIONS.get(error.problem, "--format FORMAT"))
    )


def _describe_shift_unknown(error: errors.ShiftUnknown) -> str:
    if error.camera:
        said = tr(
            "{camera} has no fault in the shift of {began}. Nothing was changed. Cameras with "
            "a fault: {known}."
        )
        return said.format(
            camera=to_one_line(error.camera),
            began=to_one_line(error.began),
            known=format_names(error.known) or "–",
        )
    if not error.known:
        return tr("No shift imported yet. Nothing was changed. Import a log first.")
    said = tr(
        "No shift starts at {began}. Nothing was changed. The latest shifts start at {known}."
    )
    return said.format(began=to_one_line(error.began), known=format_names(error.known[-3:]))


def _describe_benchmark_refused(error: errors.BenchmarkRefused) -> str:
    said = {
        "no_shared_class": tr(
            "Benchmark {path} and model have no class in common{seen}. Nothing was changed. "
            "Use the same class names."
        ),
        "wrong_task": _describe_task_mismatch(
            error.detail,
            tr(
                "Benchmark {path} and model have different label types (classes vs "
                "boxes){seen}. Nothing was changed."
                " Use a benchmark that matches the model's task."
            ),
        ),
        "wrong_metric": tr(
            "This metric is not available for the predictions on {path}{seen}. Nothing was "
            "changed. Use accuracy "
            "or balanced for classifiers; frame, map, map50 or recall for detectors."
        ),
        "columns": tr(
            "{path} lacks the label columns{seen}. Nothing was changed. Use the header "
            "file,class or "
            "file,class,x,y,w,h, or file,class,x,y for points."
        ),
        "empty": tr(
            "{path} contains no labelled image. Nothing was changed. Specify the folder or "
            "file with the benchmark."
        ),
        **_get_empty_set_messages(),
        "unknown_format": tr(
            "{path} has an unsupported format. Nothing was changed. Supported: COCO, YOLO, "
            "Pascal VOC, CVAT, "
            "Label Studio, labelme, CSV, mask folder, folder per class."
        ),
        "several": tr(
            "The format of {path} is ambiguous{seen}. Nothing was changed. Specify one of the "
            "files, or the format{how}."
        ),
        "other_format": tr(
            "{path} has the unsupported format {name}. Nothing was changed. Export the labels "
            "as {instead}."
        ),
        "part": tr(
            "{path} does not define which part is the benchmark{seen}. Nothing was changed. "
            "Choose the part that "
            "the model was not trained on{how}, or its folder."
        ),
        "no_part": tr(
            "The part was not found in {path}{seen}. Nothing was changed. Choose one of its "
            "parts{how}, or specify none."
        ),
    }.get(
        error.problem,
        tr("{path} is not readable as a benchmark: {reason}{seen}. Nothing was changed. {action}"),
    )
    return _fill_message(
        said, error, format_command(_OPTIONS.get(error.problem, "--format FORMAT"))
    )


_OPTIONS = {"no_pictures": "--images FOLDER", "part": "--part PART", "no_part": "--part PART"}
"""What a person adds to the command for a problem; otherwise the format."""


def _fill_message(
    said: str, error: errors.LabelsRefused | errors.BenchmarkRefused, how: str
) -> str:
    """A sentence about files that were refused, with the reason where there is one."""
    reason, action = get_refusal_reason(error.reason)
    place = "" if error.detail == error.path.name else error.detail
    return said.format(
        path=to_one_line(error.path), seen=format_in_brackets(place), name=to_one_line(error.detail), instead=to_one_line(error.reason),
        how=how, reason=reason, action=action,
    )  # fmt: skip


def _describe_not_comparable(error: errors.NotComparable) -> str:
    if error.problem == "no_metric":
        said = tr(
            "Unknown metric{seen}. Nothing was changed. Use accuracy or balanced for "
            "classifiers; frame, map, "
            "map50 or recall for detectors."
        )
        return said.format(seen=format_in_brackets(error.detail))
    return tr(
        "The two scores are not comparable: they differ in {problem}{seen}. Nothing was "
        "changed. Compute both scores the same way."
    ).format(problem=_describe_difference(error.problem), seen=format_in_brackets(error.detail))


def _describe_difference(problem: str) -> str:
    return {
        "metric": tr("the metric"),
        "classes": tr("the classes"),
        "threshold": tr("the threshold"),
        "preprocessing": tr("the preprocessing"),
    }.get(problem, to_one_line(problem))


LABEL_ERRORS: dict[type[FieldcheckError], Sentence] = {
    errors.NoFootage: make_message(
        msgid("{project} has no footage yet. Nothing was changed. Import footage{remedy}."),
        does="footage",
    ),
    errors.NothingPicked: make_message(
        msgid(
            "{project} has no picked frames yet. Nothing was changed. Pick frames first{remedy}."
        ),
        does="pick",
    ),
    errors.NothingLabelled: _describe_nothing_labelled,
    errors.NoBenchmark: make_message(
        msgid("{project} has no benchmark yet. Nothing was changed. Set one{remedy}."),
        does="benchmark",
    ),
    errors.NothingLeftToPick: _describe_nothing_left,
    errors.FrameUnknown: make_message(
        msgid("No frame named {frame}. Nothing was changed. Look up the frame names{remedy}."),
        does="names",
        frame="frame_id",
    ),
    errors.FrameChanged: make_message(
        msgid(
            "{source} no longer contains the original pixels of frame {frame}. The project is "
            "safe. Restore the original file."
        ),
        frame="frame_id",
    ),
    errors.FrameNotPicked: make_message(
        msgid("Frame {frame} is not a picked frame. Nothing was changed. Choose a picked frame."),
        frame="frame_id",
    ),
    errors.NothingToRepeat: make_message(
        msgid("Frame {frame} has no label to copy. Nothing was changed. Label this frame first."),
        frame="frame_id",
    ),
    errors.PickLabelled: make_message(
        msgid(
            "Frame {frame} is already labelled. Nothing was changed. Undo its label, or skip "
            "the frame."
        ),
        frame="frame_id",
    ),
    errors.BorderMissing: _describe_border_missing,
    errors.OneGroup: make_message(
        msgid(
            "All labelled frames are in one group, so none can be held out. Nothing was "
            "written. Split by clip, "
            "or label frames from other clips."
        )
    ),
    errors.SliceUnknown: _describe_slice_unknown,
    errors.StillBlind: _describe_still_blind,
    errors.NothingToLookAt: make_message(
        msgid(
            "Label and prediction do not disagree on {subject}. Nothing was changed. List the "
            "disagreements first{remedy}."
        ),
        does="look",
    ),
    errors.ClassUnknown: make_message(
        msgid("No class named {name}. Nothing was changed. Available classes: {known}.")
    ),
    errors.ClassAmbiguous: make_message(
        msgid(
            "Duplicate class name {name} in the model. Nothing was changed. Rename the "
            "classes in the model card."
        )
    ),
    errors.LabelKindWrong: _describe_label_kind,
    errors.LabelsRefused: _describe_labels_refused,
    errors.BenchmarkRefused: _describe_benchmark_refused,
    errors.TrainingLogRefused: make_message_by_code(
        msgid("Cannot read training log {path}{seen}. Nothing was changed. Correct the file."),
        {
            "text": msgid(
                "{path} is not a CSV file{seen}. Nothing was changed. Select the training log."
            ),
            "columns": msgid(
                "{path} lacks the columns train_loss and val_loss{seen}. Nothing was changed. "
                "Rename the columns accordingly."
            ),
            "rows": msgid(
                "{path}: no row with both losses{seen}. Nothing was changed. Use the log of a "
                "completed training run."
            ),
        },
    ),
    errors.PredictionLogRefused: make_message_by_code(
        msgid("Cannot read log {path}{seen}. Nothing was changed. Correct the file."),
        {
            "text": msgid(
                "{path} is neither CSV nor JSON Lines{seen}. Nothing was changed. Select the "
                "log of the deployed model."
            ),
            "parquet": msgid(
                "Reading Parquet file {path} requires pyarrow. Nothing was changed. Install "
                "pyarrow, or use CSV or JSON Lines."
            ),
            "damaged": msgid(
                "Cannot read Parquet file {path}{seen}. Nothing was changed. Write the log again."
            ),
            "entropy": msgid(
                "{path}: entropy is not a number ≥ 0{seen}. Nothing was changed. Correct the file."
            ),
            "columns": msgid(
                "{path} lacks the columns time, prediction and confidence{seen}. Nothing was "
                "changed. Rename the columns accordingly."
            ),
            "time": msgid(
                "{path}: unreadable time{seen}. Nothing was changed. Use ISO 8601, for "
                "example 2026-11-25T06:30:00+01:00."
            ),
            "confidence": msgid(
                "{path}: confidence outside 0 to 1{seen}. Nothing was changed. Correct the file."
            ),
            "embedding": msgid(
                "{path}: embeddings differ in length{seen}. Nothing was changed. Use the same "
                "number of values in every row."
            ),
            "rows": msgid(
                "{path} contains no results. Nothing was changed. Select a log of the "
                "deployed model."
            ),
            "future": msgid(
                "{path} has only times in the future{seen}. Nothing was changed. Check the "
                "clocks of the device and of this computer."
            ),
            "quote": msgid(
                "{path} has a quote that is not closed{seen}. Nothing was changed. Correct "
                "that row."
            ),
            "fields": msgid(
                "{path} has a row with more fields than its header{seen}. Nothing was changed. "
                "Write decimals with a point, or put semicolons between the columns."
            ),
            "prediction": msgid(
                "{path} has a row without a prediction{seen}. Nothing was changed. Correct "
                "that row."
            ),
            "classes": msgid(
                "{path} has too many different predictions{seen}. Nothing was changed. Name "
                "the column with the class “prediction”."
            ),
            "shifts": msgid(
                "{path} covers too many shifts{seen}. Nothing was changed. Import it in "
                "parts, or check its times."
            ),
            "copy": msgid(
                "{path} is not a copy of deleted shifts{seen}. Nothing was changed. Select a "
                "file in the backups folder of the project."
            ),
        },
    ),
    errors.ShiftUnknown: _describe_shift_unknown,
    errors.RecipeRefused: make_message_by_code(
        msgid(
            "{path} is not an albumentations pipeline{seen}. Nothing was changed. Save the "
            "pipeline with albumentations.save."
        ),
        {
            "text": msgid(
                "{path} is neither JSON nor YAML{seen}. Nothing was changed. Save the "
                "pipeline with albumentations.save."
            ),
            "size": msgid(
                "{path} is too large for a training recipe. Nothing was changed. Specify the "
                "pipeline file only."
            ),
        },
    ),
    errors.NotComparable: _describe_not_comparable,
}
