"""Errors with files of a person that are taken in: labels, benchmarks, logs and recipes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from fieldcheck.errors.files import FieldcheckError
from fieldcheck.errors.labels import get_label_kind
from fieldcheck.errors.message_format import format_command, format_in_brackets, to_one_line
from fieldcheck.i18n.language import Msgid, msgid, tr_msgid

# Why a label file or benchmark is not readable, and what a person does about it.

CORRECT, EXPORT_AGAIN = (
    msgid("Correct the file."),
    msgid("Export the labels again from the labelling tool."),
)

REASONS: dict[str, tuple[Msgid, Msgid]] = {
    "cells": (msgid("a row does not have as many cells as the header"), CORRECT),
    "class_name": (msgid("a class name is missing or unusable"), msgid("Enter the class name.")),
    "class_number": (
        msgid("a class number is not in the list of classes"),
        msgid("Add the class to the list, or correct the number."),
    ),
    "colour": (msgid("a colour is not three values from 0 to 255"), CORRECT),
    "csv": (msgid("the CSV is damaged"), EXPORT_AGAIN),
    "deep": (msgid("the file is nested too deeply"), EXPORT_AGAIN),
    "endings": (msgid("several images differ only in their file extension"),
        msgid("Write the full file name of the image in the annotation.")),
    "entities": (msgid("the XML defines entities"), msgid("Remove the DOCTYPE.")),
    "entry": (msgid("an entry of this format is missing or malformed"), EXPORT_AGAIN),
    "figure": (msgid("a value is not a number of pixels"), msgid("Correct the value.")),
    "id_twice": (msgid("two entries have the same id"), CORRECT),
    "image": (msgid("an image is damaged, or its format is not supported"),
        msgid("Replace the image, or remove it with its labels.")),
    "image_id": (msgid("a label belongs to an image that is not listed"), EXPORT_AGAIN),
    "image_name": (msgid("an image has no file name"), EXPORT_AGAIN),
    "image_twice": (msgid("an image is listed twice"),
        msgid("Merge its labels, or remove one of the two.")),
    "json": (msgid("the JSON is damaged"), EXPORT_AGAIN),
    "key_point_shape": (msgid("kpt_shape is not two numbers such as [17, 3]"), CORRECT),
    "key_points": (msgid("the number of keypoints differs from kpt_shape"), CORRECT),
    "line": (msgid("a line is neither a box nor a polygon"), CORRECT),
    "mask": (msgid("a mask is damaged or not a greyscale or palette image"), EXPORT_AGAIN),
    "mask_size": (msgid("a mask has another size than its image"), EXPORT_AGAIN),
    "names": (msgid("the class names are not a list"), CORRECT),
    "negative": (msgid("a box has a negative width or height"), msgid("Correct the box.")),
    "no_data": (
        msgid("the YAML file names no images (train, val or test)"),
        msgid("Choose the data file of the set, or the folder of its labels."),
    ),
    "no_folder": (msgid("the folder of this format is missing"),
        msgid("Choose the folder that holds the images and labels.")),
    "no_names": (msgid("the class names are missing"),
        msgid("Add a file classes.txt with one class per line.")),
    "out_of_image": (
        msgid("boxes lie outside their images"),
        msgid("Write positions as shares of the image, from 0 to 1."),
    ),
    "outline": (msgid("a polygon has fewer than three corners, or a malformed one"),
        msgid("Correct the polygon.")),
    "outside": (msgid("a path points outside the folder"),
        msgid("Use paths relative to the folder.")),
    "root": (msgid("the root element does not belong to this format"), EXPORT_AGAIN),
    "shape": (msgid("a shape has an unknown type"),
        msgid("Export boxes, polygons, masks or points.")),
    "size": (msgid("the size of an image is not positive"), EXPORT_AGAIN),
    "text": (msgid("the text is not UTF-8"), msgid("Save the file as UTF-8.")),
    "too_large": (msgid("the file is too large"), msgid("Split the file into several files.")),
    "two_classes": (msgid("an image does not have exactly one class"),
        msgid("Assign exactly one class to each image.")),
    "unreadable": (msgid("the file is not accessible"),
        msgid("Check the file and its permissions.")),
    "xml": (msgid("the XML is damaged"), EXPORT_AGAIN),
    "yaml": (msgid("the YAML is damaged or not a list of keys"), CORRECT),
}  # fmt: skip
"""By code: a clause that follows a colon, and the action."""


def get_refusal_reason(code: str) -> tuple[str, str]:
    """The clause and the action of a reason; of one that no table knows, that the file is to be
    corrected."""
    clause, action = REASONS.get(code, (msgid("it is malformed"), CORRECT))
    return tr_msgid(clause), tr_msgid(action)


# Of a set that can be read and does not hold what it should.
EMPTY_SET_PROBLEMS = {
    "no_labels": msgid(
        "No image in {path} is labelled{seen}. Nothing was changed. Check the location of "
        "the labels."
    ),
    "no_pictures": msgid(
        "No image listed in {path} is readable{seen}. Nothing was changed. Specify the "
        "image folder as well{how}."
    ),
    "turned_boxes": msgid(
        "{path} contains rotated boxes{seen}, which are not supported. Nothing was "
        "changed. Export axis-aligned boxes or polygons."
    ),
    "strict": msgid(
        "{path} failed the strict check{seen}. Nothing was changed. Correct it, or import "
        "without the strict option."
    ),
}

MASKS_MESSAGE = msgid(
    "{path} cannot be compared with masks{seen}: it has no points, polygons or masks. Nothing was "
    "changed. Use labels of these types, or set points in the window."
)
MULTILABEL_MESSAGE = msgid(
    "{path} cannot be compared with a multi-label model{seen}. Nothing was changed. Use a model "
    "with one class per frame."
)


@dataclass(eq=False, repr=False)
class LabelsRefused(FieldcheckError):
    """A label file that is not taken in. `problem`: `no_match`, `unknown_class`, `malformed`,
    `columns` (of a CSV), `empty`, `wrong_task` (not what the model answers), `unknown_format`,
    `several` (formats or files, in `detail`), `ambiguous` (a class of several outputs),
    `turned_boxes` (`detail`: the format's name for them), `other_format` (`detail`: the name of one
    that is not read), `part` (`detail`: the parts that there are, one of which has to be named),
    `no_part` (there is none of that name), `no_labels` (`detail`: where they were looked for),
    `no_pictures`, `strict` (`detail`: what is not as it should be). `reason`: why a file is
    `malformed` (`detail` is where), as in REASONS; of an `other_format` what to
    export instead."""

    path: Path
    problem: str
    detail: str = ""
    reason: str = ""

    message = msgid(
        "{path} is not readable as labels: {reason}{seen}. Nothing was imported. {action}"
    )
    problems: ClassVar = {
        "no_match": msgid(
            "No name in {path} matches a frame of this project{seen}. Nothing was imported. "
            "Use names like "
            "“clip/0007.png” or “name.mp4#120”."
        ),
        "unknown_class": msgid(
            "{path} contains a class unknown to the model{seen}. Nothing was imported. "
            "Correct the class name."
        ),
        "ambiguous": msgid(
            "{path} uses a class name that several model outputs share{seen}. Nothing was "
            "imported. Rename the classes in the model card."
        ),
        "wrong_task": msgid(
            "{path} and model have different label types (classes vs boxes){seen}. "
            "Nothing was imported. Use "
            "labels that match the model's task."
        ),
        "columns": msgid(
            "{path} lacks the label columns{seen}. Nothing was imported. Use the header "
            "file,class or "
            "file,class,x,y,w,h, or file,class,x,y for points."
        ),
        "empty": msgid(
            "{path} contains no labels. Nothing was imported. Specify the label file or folder."
        ),
        **EMPTY_SET_PROBLEMS,
        "unknown_format": msgid(
            "{path} has an unsupported format. Nothing was imported. Supported: COCO, YOLO, "
            "Pascal VOC, CVAT, "
            "Label Studio, labelme, CSV, mask folder, folder per class."
        ),
        "several": msgid(
            "The format of {path} is ambiguous{seen}. Nothing was imported. Specify one of "
            "the files, or the format{how}."
        ),
        "other_format": msgid(
            "{path} has the unsupported format {name}. Nothing was imported. Export the "
            "labels as {instead}."
        ),
        "part": msgid(
            "{path} contains several splits{seen}. Nothing was imported. Choose one of "
            "them{how}, or its folder."
        ),
        "no_part": msgid(
            "The split was not found in {path}{seen}. Nothing was imported. Choose one of its "
            "splits{how}, or specify none."
        ),
    }

    def get_sentence(self) -> Msgid:
        return _get_task_sentence(self) or super().get_sentence()

    def get_values(self) -> dict[str, object]:
        return {**super().get_values(), **_get_refusal_values(self)}


@dataclass(eq=False, repr=False)
class BenchmarkRefused(FieldcheckError):
    """`problem`: `unknown_format`, `several`, `empty`, `malformed`, `columns`, `no_shared_class`,
    `wrong_task`, `no_labels`, `no_pictures`, `strict`, `other_format`, `part`, `no_part` (as in
    LabelsRefused), `wrong_metric` (the answers of the model have no such score), `no_metric` (they
    have several, and the claim names none). `reason` as of LabelsRefused."""

    path: Path
    problem: str
    detail: str = ""
    reason: str = ""

    message = msgid(
        "{path} is not readable as a benchmark: {reason}{seen}. Nothing was changed. {action}"
    )
    problems: ClassVar = {
        "no_shared_class": msgid(
            "Benchmark {path} and model have no class in common{seen}. Nothing was changed. "
            "Use the same class names."
        ),
        "wrong_task": msgid(
            "Benchmark {path} and model have different label types (classes vs "
            "boxes){seen}. Nothing was changed. "
            "Use a benchmark that matches the model's task."
        ),
        "no_metric": msgid(
            "The reference score for {path} has no metric. Nothing was changed. Name the metric "
            "with --metric{seen}."
        ),
        "wrong_metric": msgid(
            "This metric is not available for the predictions on {path}{seen}. Nothing was "
            "changed. Use accuracy "
            "or balanced for classifiers; frame, map, map50 or recall for detectors."
        ),
        "columns": msgid(
            "{path} lacks the label columns{seen}. Nothing was changed. Use the header "
            "file,class or "
            "file,class,x,y,w,h, or file,class,x,y for points."
        ),
        "empty": msgid(
            "{path} contains no labelled image. Nothing was changed. Specify the folder or "
            "file with the benchmark."
        ),
        **EMPTY_SET_PROBLEMS,
        "unknown_format": msgid(
            "{path} has an unsupported format. Nothing was changed. Supported: COCO, YOLO, "
            "Pascal VOC, CVAT, "
            "Label Studio, labelme, CSV, mask folder, folder per class."
        ),
        "several": msgid(
            "The format of {path} is ambiguous{seen}. Nothing was changed. Specify one of the "
            "files, or the format{how}."
        ),
        "other_format": msgid(
            "{path} has the unsupported format {name}. Nothing was changed. Export the labels "
            "as {instead}."
        ),
        "part": msgid(
            "{path} does not define which split is the benchmark{seen}. Nothing was changed. "
            "Choose the split that the model was not trained on{how}, or its folder."
        ),
        "no_part": msgid(
            "The split was not found in {path}{seen}. Nothing was changed. Choose one of its "
            "splits{how}, or specify none."
        ),
    }

    def get_sentence(self) -> Msgid:
        return _get_task_sentence(self) or super().get_sentence()

    def get_values(self) -> dict[str, object]:
        return {**super().get_values(), **_get_refusal_values(self)}


@dataclass(eq=False, repr=False)
class PartsRefused(FieldcheckError):
    """Parts that are not taken in. `definition`: the pattern, or the file. `problem`: `pattern`
    (neither a template nor a regular expression with a group `part`), `columns` (not file and part
    in `detail`), `no_match` (no frame has a part by it; `detail` is a name that was tried),
    `two_parts` (`detail`: a frame with two parts); of reference parts `reference_columns` and
    `two_classes` (`detail`: a part with two classes)."""

    definition: str
    problem: str
    detail: str = ""

    message = msgid(
        "{definition} assigns no part to any frame{seen}. Nothing was changed. Compare it with "
        "the names of the files."
    )
    problems: ClassVar = {
        "pattern": msgid(
            "{definition} is not a pattern for parts{seen}. Nothing was changed. Use a template "
            "with “part” in braces, or a regular expression with a group named part."
        ),
        "columns": msgid(
            "{definition} lacks the columns file and part{seen}. Nothing was changed. Rename the "
            "columns accordingly."
        ),
        "reference_columns": msgid(
            "{definition} lacks the columns part and class{seen}. Nothing was changed. Rename the "
            "columns accordingly."
        ),
        "two_classes": msgid(
            "{definition} assigns two classes to one part{seen}. Nothing was changed. Correct the "
            "file."
        ),
        "two_parts": msgid(
            "{definition} assigns two parts to one frame{seen}. Nothing was changed. Correct the "
            "file."
        ),
    }


@dataclass(eq=False, repr=False)
class PredictionsRefused(FieldcheckError):
    """A predictions file that is no model. `problem`: `malformed` (`reason` as in REASONS, `detail`
    is where), `columns` (those that it has), `empty`, `unknown` (names of no image), `two_rows`,
    `class` (not on the card), `no_classes`, `many_classes` (more than a mask can hold), `task`,
    `confidence`, `some_confidence`, `low_confidence`, `probabilities`, `several` (classes without a
    figure), `not_likeliest`, `images_list`, `unanswered` (images that it says nothing of)."""

    path: Path
    problem: str
    detail: str = ""
    reason: str = ""

    message = msgid(
        "{path} is not readable as predictions: {reason}{seen}. Nothing was changed. {action}"
    )
    problems: ClassVar = {
        "columns": msgid(
            "{path} lacks the columns of predictions{seen}. Nothing was changed. Use the header "
            "id,class,confidence or id,class,confidence,x,y,w,h."
        ),
        "empty": msgid(
            "{path} contains no predictions. Nothing was changed. Select the predictions file."
        ),
        "unknown": msgid(
            "{path} names images that are neither frames nor benchmark images of this "
            "project{seen}. Nothing was changed. Use the ids of the exported frames."
        ),
        "two_rows": msgid(
            "{path} has more than one prediction for an image{seen}. Nothing was changed. Keep one "
            "row for each image."
        ),
        "class": msgid(
            "{path} contains a class that is not on the model card{seen}. Nothing was changed. "
            "Correct the class name, or specify the classes."
        ),
        "no_classes": msgid(
            "The classes of {path} are unknown. Nothing was changed. Specify a file with one class "
            "per line."
        ),
        "many_classes": msgid(
            "{path} has too many classes for masks{seen}. Nothing was changed. Use at most 255 "
            "classes, the background included."
        ),
        "task": msgid(
            "{path} and the model card have different label types (classes, boxes or masks){seen}. "
            "Nothing was changed. Correct the task on the model card."
        ),
        "confidence": msgid(
            "{path}: confidence outside 0 to 1{seen}. Nothing was changed. Correct the file."
        ),
        "some_confidence": msgid(
            "{path} has a confidence in some rows only. Nothing was changed. Write it in every "
            "row, or in none."
        ),
        "low_confidence": msgid(
            "{path}: the confidence is lower than an even guess among all classes{seen}. Nothing "
            "was changed. Write the confidence of the predicted class."
        ),
        "probabilities": msgid(
            "{path}: the probabilities of an image are incomplete or do not add up to 1{seen}. "
            "Nothing was changed. Write one for each class."
        ),
        "several": msgid(
            "{path} lacks the value of a class for an image{seen}. Nothing was changed. Write one "
            "for each class."
        ),
        "not_likeliest": msgid(
            "{path}: the predicted class is not the one with the highest probability{seen}. "
            "Nothing was changed. Correct the file."
        ),
        "images_list": msgid(
            "{path} does not say which images had no box. Nothing was changed. Copy images.json of "
            "the exported frames to the same folder."
        ),
        "unanswered": msgid(
            "{path} has no prediction for some images{seen}. Nothing was changed. Add predictions "
            "for them."
        ),
    }

    def get_values(self) -> dict[str, object]:
        reason, action = get_refusal_reason(self.reason)
        detail = "" if self.detail == self.path.name else self.detail
        return {
            **super().get_values(),
            "seen": format_in_brackets(detail),
            "reason": reason,
            "action": action,
        }


@dataclass(eq=False, repr=False)
class TrainingLogRefused(FieldcheckError):
    """`problem`: `text` (no CSV), `columns` (no losses among `detail`), `rows` (no row with finite
    losses)."""

    path: Path
    problem: str
    detail: str = ""

    message = msgid("Cannot read training log {path}{seen}. Nothing was changed. Correct the file.")
    problems: ClassVar = {
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
    }


@dataclass(eq=False, repr=False)
class PredictionLogRefused(FieldcheckError):
    """`problem`: `text` (neither CSV nor JSON lines), `parquet` (DuckDB is not installed),
    `damaged` (Parquet), `columns` (none of `detail` is time, prediction and confidence), `time`,
    `confidence`, `entropy`, `embedding` (the value and its line in `detail`), `rows` (none),
    `future` (no time in it is over), `copy` (no copy of dropped shifts), `quote` (not closed),
    `fields` (a row with more than the header), `prediction` (none in a row), `classes` (too many),
    `shifts` (too many)."""

    path: Path
    problem: str
    detail: str = ""

    message = msgid("Cannot read log {path}{seen}. Nothing was changed. Correct the file.")
    problems: ClassVar = {
        "text": msgid(
            "{path} is neither CSV nor JSON Lines{seen}. Nothing was changed. Select the "
            "log of the deployed model."
        ),
        "parquet": msgid(
            "Reading Parquet file {path} requires DuckDB. Nothing was changed. Install "
            "the extra “fleet”, or use CSV or JSON Lines."
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
            "{path} contains no results. Nothing was changed. Select a log of the deployed model."
        ),
        "future": msgid(
            "{path} has only times in the future{seen}. Nothing was changed. Check the "
            "clocks of the device and of this computer."
        ),
        "quote": msgid(
            "{path} has a quote that is not closed{seen}. Nothing was changed. Correct that row."
        ),
        "fields": msgid(
            "{path} has a row with more fields than its header{seen}. Nothing was changed. "
            "Write decimals with a point, or put semicolons between the columns."
        ),
        "prediction": msgid(
            "{path} has a row without a prediction{seen}. Nothing was changed. Correct that row."
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
    }


@dataclass(eq=False, repr=False)
class RecipeRefused(FieldcheckError):
    """A training recipe that is no albumentations pipeline. `problem`: `text` (neither JSON nor
    YAML), `pipeline`, `size` (too large)."""

    path: Path
    problem: str
    detail: str = ""

    message = msgid(
        "{path} is not an albumentations pipeline{seen}. Nothing was changed. Save the "
        "pipeline with albumentations.save."
    )
    problems: ClassVar = {
        "text": msgid(
            "{path} is neither JSON nor YAML{seen}. Nothing was changed. Save the "
            "pipeline with albumentations.save."
        ),
        "size": msgid(
            "{path} is too large for a training recipe. Nothing was changed. Specify the "
            "pipeline file only."
        ),
    }


# What a person adds to the command for a problem; otherwise the format.
_OPTIONS = {"no_pictures": "--images FOLDER", "part": "--part PART", "no_part": "--part PART"}


def _get_task_sentence(error: LabelsRefused | BenchmarkRefused) -> Msgid | None:
    """Why labels in files do not fit answers of a task that no file holds labels for; None for
    every other problem."""
    if error.problem != "wrong_task":
        return None
    return {"points": MASKS_MESSAGE, "none": MULTILABEL_MESSAGE}.get(get_label_kind(error.detail))


def _get_refusal_values(error: LabelsRefused | BenchmarkRefused) -> dict[str, object]:
    """What the sentences of both hold beyond their fields; the file itself is no place in it."""
    reason, action = get_refusal_reason(error.reason)
    detail = "" if error.detail == error.path.name else error.detail
    return {
        "seen": format_in_brackets(detail),
        "name": to_one_line(error.detail),
        "instead": to_one_line(error.reason),
        "how": format_command(_OPTIONS.get(error.problem, "--format FORMAT")),
        "reason": reason,
        "action": action,
    }
