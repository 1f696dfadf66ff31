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
            "No frame of {project} carries both a label and a tag; nothing was written: tag the failures in Explore, or name the "
            "frames in a file{how}."
        ).format(project=plain(error.project), how=typed("--from FILE"))
    if error.among == "named":
        return text(
            "No frame that was named carries a label in {project}; nothing was written: name frames that are labelled, one a line."
        ).format(project=plain(error.project))
    if error.among == "without_people":
        return text("A person is marked on every frame that would be exported from {project}; nothing was written{remedy}.").format(
            project=plain(error.project), remedy=remedy("people")
        )
    if error.among == "all_labelled":
        return text(
            "Every picked frame of {project} is labelled already; nothing was written: draw more, or have all of them written{how}."
        ).format(project=plain(error.project), how=typed("--all"))
    if error.among == "thresholds":
        return text(
            "The labels of {project} suggest no threshold; nothing was changed: it takes one class a frame, 20 labelled frames of a class "
            "and four clips."
        ).format(project=plain(error.project))
    return text("No picked frame of {project} carries a label yet; nothing was changed: label them, or import labels{remedy}.").format(
        project=plain(error.project), remedy=remedy("labels")
    )


def _nothing_left(error: errors.NothingLeftToPick) -> str:
    return plural(
        "Labels exist and the only clip is covered by a draw; nothing was changed: record more clips to pick from.",
        "Labels exist and all {n} clips are covered by a draw; nothing was changed: record more clips to pick from.",
        error.n_clips,
    ).format(n=error.n_clips)


def _border_missing(error: errors.BorderMissing) -> str:
    if error.problem == "begins_here":
        return text("A clip begins at this frame already; nothing was changed: choose another frame to cut at.")
    return text("This is the first clip of its recording; nothing was changed: choose a later clip to join with the one before.")


def _slice_unknown(error: errors.SliceUnknown) -> str:
    if not error.known:
        return text("No slice is saved yet; nothing was written: save a filter as a slice on the Explore screen.")
    return text("No slice is called {name}; nothing was written: there are {known}.").format(
        name=plain(error.name), known=listed(error.known)
    )


def _still_blind(error: errors.StillBlind) -> str:
    return plural(
        "{n} picked frame is not labelled yet; nothing was changed: label it first, for the model's answers are shown only after that.",
        "{n} picked frames are not labelled yet; nothing was changed: label them first, for the model's answers are shown only after that.",
        error.n_left,
    ).format(n=error.n_left)


def _label_kind_wrong(error: errors.LabelKindWrong) -> str:
    if error.export and _labels_of(error.task) != "none":
        return _format_wrong(error)
    said: dict[Labels, str] = {
        "points": text(
            "The model gives masks, so a class alone is no label; nothing was changed: set points in the window, or say nothing here, "
            "unsure or skip{how}."
        ),
        "boxes": text(
            "The model gives boxes, so a class alone is no label; nothing was changed: import boxes, or say nothing here, unsure or "
            "skip{how}{remedy}."
        ),
        "class": text(
            "The model gives every frame a class, so nothing is no label; nothing was changed: name a class, or say unsure or skip{how}."
        ),
        "none": text(
            "The model gives a frame several classes, and labels for that are not taken; nothing was changed: say unsure or skip{how}, or "
            "use a model that gives one class."
        ),
    }
    return said[_labels_of(error.task)].format(how=typed("--nothing, --unsure, --skip"), remedy=remedy("labels"))


def _labels_of(task: str) -> Labels:
    """How frames of this task are labelled; of a word that is no task as most are, so that an error is told in any case."""
    return next((kind.labels for known, kind in ANSWER_KINDS.items() if known == task), "class")


def _format_wrong(error: errors.LabelKindWrong) -> str:
    return text("{format} cannot hold the labels of this project; nothing was written: {formats} can.").format(
        format=plain(error.export), formats=", ".join(error.formats)
    )


def _task_wrong(task: str, else_said: str) -> str:
    """Why labels in files do not fit answers of this task: no file holds such labels, or these are of another kind, which `else_said`."""
    labels = _labels_of(task)
    if labels == "points":
        return text(
            "{path} cannot be held against masks{seen}, because it holds neither points nor outlines nor masks; nothing was changed: name "
            "labels that do, or set points in the window."
        )
    if labels == "none":
        return text("{path} cannot be held against several classes a frame{seen}; nothing was changed: use a model that gives one class.")
    return else_said


def _nothing_in_it() -> dict[str, str]:
    """Of a set that can be read and does not hold what it should."""
    return {
        "no_labels": text("No picture in {path} is labelled; nothing was changed: labels were looked for here{seen}."),
        "no_pictures": text(
            "No picture that {path} names can be read{seen}; nothing was changed: name the folder of the pictures too{how}."
        ),
        "turned_boxes": text(
            "{path} holds turned boxes{seen}, which are not scored; nothing was changed: export upright boxes, or outlines."
        ),
        "strict": text("{path} is not as it should be{seen}; nothing was changed: correct it, or do not have it read strictly."),
    }


def _labels_refused(error: errors.LabelsRefused) -> str:
    said = {
        "no_match": text(
            "No name in {path} fits a frame of this project{seen}; nothing was stored: name frames like “clip/0007.png” or “name.mp4#120”."
        ),
        "unknown_class": text("{path} names a class that the model does not have{seen}; nothing was stored: correct the class."),
        "ambiguous": text(
            "{path} names a class that several of the model's outputs carry{seen}; nothing was stored: name them apart in the card."
        ),
        "wrong_task": _task_wrong(
            error.detail,
            text(
                "{path} holds boxes where the model gives classes, or classes where it gives boxes{seen}; nothing was stored: "
                "name labels of the model's own kind."
            ),
        ),
        "columns": text(
            "{path} lacks the columns of labels{seen}; nothing was stored: begin it with the line file,class or file,class,x,y,w,h, or "
            "file,class,x,y for points."
        ),
        "empty": text("There is no label in {path}; nothing was stored: name the file or folder that holds them."),
        **_nothing_in_it(),
        "unknown_format": text(
            "{path} is in no format that can be read; nothing was stored: give COCO, YOLO, Pascal VOC, CVAT, Label Studio, labelme, CSV, "
            "a folder of masks or a folder for each class."
        ),
        "several": text(
            "{path} can be read in more than one way{seen}; nothing was stored: name one of the files, or say the format{how}."
        ),
        "other_format": text("{path} is in the format {name}, which is not supported. Nothing was imported. Export it as {instead}."),
        "part": text("{path} holds several parts{seen}. Nothing was imported. Choose one of them{how}, or its folder."),
        "no_part": text("{path} has no such part{seen}. Nothing was imported. Choose one of its parts, or leave out the part."),
    }.get(error.problem, text("{path} is not readable as labels: {reason}{seen}. Nothing was imported. {action}"))
    return _filled(said, error, typed(_OPTIONS.get(error.problem, "--format FORMAT")))


def _shift_unknown(error: errors.ShiftUnknown) -> str:
    if error.camera:
        said = text("Camera {camera} has no fault in the shift of {began}; nothing was changed. Cameras with one: {known}.")
        return said.format(camera=plain(error.camera), began=plain(error.began), known=listed(error.known) or "–")
    if not error.known:
        return text("No shift was taken in yet; nothing was changed: take a log in first.")
    said = text("No shift begins at {began}; nothing was changed: the last ones begin at {known}.")
    return said.format(began=plain(error.began), known=listed(error.known[-3:]))


def _benchmark_refused(error: errors.BenchmarkRefused) -> str:
    said = {
        "no_shared_class": text("The benchmark {path} shares no class with the model{seen}; nothing was changed: name the classes alike."),
        "wrong_task": _task_wrong(
            error.detail,
            text(
                "The benchmark {path} holds boxes where the model gives classes, or classes where it gives boxes{seen}; nothing was "
                "changed: name a benchmark of the model's own kind."
            ),
        ),
        "wrong_metric": text(
            "The model's answers on {path} have no such score{seen}; nothing was changed: classifiers have accuracy and balanced, "
            "detectors frame, map, map50 and recall."
        ),
        "columns": text(
            "{path} lacks the columns of labels{seen}; nothing was changed: begin it with the line file,class or file,class,x,y,w,h, or "
            "file,class,x,y for points."
        ),
        "empty": text("There is no labelled picture in {path}; nothing was changed: name the folder or file that holds the benchmark."),
        **_nothing_in_it(),
        "unknown_format": text(
            "{path} is in no format that can be read; nothing was changed: give COCO, YOLO, Pascal VOC, CVAT, Label Studio, labelme, CSV, "
            "a folder of masks or a folder for each class."
        ),
        "several": text(
            "{path} can be read in more than one way{seen}; nothing was changed: name one of the files, or say the format{how}."
        ),
        "other_format": text("{path} is in the format {name}, which is not supported. Nothing was changed. Export it as {instead}."),
        "part": text(
            "{path} does not say which part is the benchmark{seen}. Nothing was changed. Choose the part that the model was not "
            "trained on{how}, or its folder."
        ),
        "no_part": text("{path} has no such part{seen}. Nothing was changed. Choose one of its parts, or leave out the part."),
    }.get(error.problem, text("{path} is not readable as a benchmark: {reason}{seen}. Nothing was changed. {action}"))
    return _filled(said, error, typed(_OPTIONS.get(error.problem, "--format FORMAT")))


_OPTIONS = {"no_pictures": "--images FOLDER", "part": "--part PART"}
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
            "A model has no such score{seen}; nothing was changed: classifiers have accuracy and balanced, detectors frame, map, map50 "
            "and recall."
        )
        return said.format(seen=in_brackets(error.detail))
    return text(
        "The two scores do not measure the same thing: they differ in {problem}{seen}; nothing was changed: score both alike."
    ).format(problem=_difference(error.problem), seen=in_brackets(error.detail))


def _difference(problem: str) -> str:
    return {
        "metric": text("the kind of score"),
        "classes": text("the classes"),
        "threshold": text("the threshold"),
        "preprocessing": text("the preprocessing"),
    }.get(problem, plain(problem))


LABEL_ERRORS: dict[type[FieldcheckError], Sentence] = {
    errors.NoFootage: told(msgid("{project} has no footage yet; nothing was changed: import some{remedy}."), does="footage"),
    errors.NothingPicked: told(msgid("{project} has no picked frames yet; nothing was changed: have them proposed{remedy}."), does="pick"),
    errors.NothingLabelled: _nothing_labelled,
    errors.NoBenchmark: told(msgid("{project} names no benchmark yet; nothing was changed: name it{remedy}."), does="benchmark"),
    errors.NothingLeftToPick: _nothing_left,
    errors.FrameUnknown: told(
        msgid("No listed frame is called {frame}; nothing was changed: look up the names of the frames{remedy}."),
        does="names",
        frame="frame_id",
    ),
    errors.FrameChanged: told(
        msgid("{source} no longer gives the pixels of frame {frame} that were listed; the project is safe: put the original file back."),
        frame="frame_id",
    ),
    errors.FrameNotPicked: told(
        msgid("Frame {frame} is not among the picked ones; nothing was changed: only picked frames are labelled."), frame="frame_id"
    ),
    errors.NothingToRepeat: told(
        msgid("Frame {frame} carries no label that others could be given; nothing was changed: label it first."), frame="frame_id"
    ),
    errors.PickLabelled: told(
        msgid("Frame {frame} is labelled already; nothing was changed: undo its label, or skip the frame."), frame="frame_id"
    ),
    errors.BorderMissing: _border_missing,
    errors.OneGroup: told(
        msgid("All labelled frames belong to one group, so none can be held out; nothing was written: split by clip, or label other clips.")
    ),
    errors.SliceUnknown: _slice_unknown,
    errors.StillBlind: _still_blind,
    errors.NothingToLookAt: told(
        msgid("Label and model do not disagree on {subject}; nothing was changed: see what can be looked at again{remedy}."), does="look"
    ),
    errors.ClassUnknown: told(msgid("No class is called {name}; nothing was changed: the classes are {known}.")),
    errors.ClassAmbiguous: told(
        msgid("The model has several classes called {name}, so a label cannot name one; nothing was changed: name them apart in the card.")
    ),
    errors.LabelKindWrong: _label_kind_wrong,
    errors.LabelsRefused: _labels_refused,
    errors.BenchmarkRefused: _benchmark_refused,
    errors.TrainingLogRefused: coded(
        msgid("{path} cannot be read as a log of a training{seen}; nothing was changed: correct it there."),
        {
            "text": msgid("{path} is no CSV{seen}; nothing was changed: name the log that the training wrote."),
            "columns": msgid("{path} lacks the columns train_loss and val_loss{seen}; nothing was changed: name its columns so."),
            "rows": msgid("{path} has no row with both losses{seen}; nothing was changed: name a log of a training that ran."),
        },
    ),
    errors.PredictionLogRefused: coded(
        msgid("{path} cannot be read as a log of the deployed model{seen}; nothing was changed: correct it there."),
        {
            "text": msgid("{path} is neither CSV nor JSON lines{seen}; nothing was changed: name the log of the deployed model."),
            "parquet": msgid(
                "{path} is Parquet, which needs the package pyarrow; nothing was changed: install it, or write CSV or JSON lines."
            ),
            "damaged": msgid("{path} is Parquet that cannot be read{seen}; nothing was changed: write the log anew."),
            "entropy": msgid("{path} has an entropy that is no figure from 0 on{seen}; nothing was changed: correct it there."),
            "columns": msgid("{path} lacks the columns time, prediction and confidence{seen}; nothing was changed: name its columns so."),
            "time": msgid("{path} has a time that cannot be read{seen}; nothing was changed: write times as 2026-11-25T06:30:00+01:00."),
            "confidence": msgid("{path} has a confidence that is not between 0 and 1{seen}; nothing was changed: correct it there."),
            "embedding": msgid("{path} has an embedding that does not fit{seen}; nothing was changed: write as many figures in every row."),
            "rows": msgid("{path} holds no result; nothing was changed: name a log of the deployed model."),
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
                "{path} has too many different predictions{seen}. Nothing was changed. Name the column of the class `prediction`."
            ),
            "shifts": msgid("{path} covers too many shifts{seen}. Nothing was changed. Import it in parts, or check its times."),
            "copy": msgid(
                "{path} is not a copy of dropped shifts{seen}. Nothing was changed. Name a file in the folder backups of the project."
            ),
        },
    ),
    errors.ShiftUnknown: _shift_unknown,
    errors.RecipeRefused: coded(
        msgid("{path} holds no albumentations pipeline{seen}; nothing was changed: write the pipeline with albumentations.save."),
        {
            "text": msgid("{path} is neither JSON nor YAML{seen}; nothing was changed: write the pipeline with albumentations.save."),
            "size": msgid("{path} is too large for a training recipe; nothing was changed: name the pipeline alone."),
        },
    ),
    errors.NotComparable: _not_comparable,
}
