"""Why a label file or benchmark is not readable, and what a person does about it."""

from __future__ import annotations

from fieldcheck.msgid import Msgid, msgid
from fieldcheck.words.language import tr_msgid

CORRECT, EXPORT_AGAIN = msgid("Correct the file."), msgid("Export the labels again from the labelling tool.")

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
    """The clause and the action of a reason; of one that no table knows, that the file is to be corrected."""
    clause, action = REASONS.get(code, (msgid("it is malformed"), CORRECT))
    return tr_msgid(clause), tr_msgid(action)
