"""Errors with a model and its card."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from fieldcheck.errors.files import FieldcheckError
from fieldcheck.errors.message_format import format_command, format_remedy, to_one_line
from fieldcheck.i18n.language import Msgid, msgid, tr


@dataclass(eq=False, repr=False)
class ModelRejected(FieldcheckError):
    """`problem`: `not_onnx`, `predictions` (a file of them, with no model;
    `predictions_as_model` where it was named as one), `function` (of a script, which is not here),
    `function_raised`, `function_answer`, `truncated`, `external_data_missing`,
    `external_data_name`, `external_data_letters`, `too_new`, `unsupported_operator`, `rank`,
    `channels`, `classes`,
    `output_kind`, `size`, `crashed`, `no_inputs`, `inputs` (more than one), `invalid_graph`,
    `run_failed`, `time`, `memory`, `changed`, and of a decoder plug-in `plugin_missing`,
    `plugin_raised`, `plugin_time`, `plugin_rubbish`, `plugin_printed`; `detail` holds the figures
    that were seen. Of `output_kind`: `fits` names the kinds that read this output, none where
    nothing here does; `known` those of the task, each with its shape. Of `classes`: the model has
    `n_classes`, None where nothing tells, and `n_named` were named. Of `output_unclear`, where
    nobody says what the outputs are: `fits` names what they can be, none where no kind explains
    them all. Of `classes_unknown`: the file does not tell how many there are."""

    path: Path
    problem: str
    detail: str = ""
    fits: tuple[str, ...] = ()
    known: tuple[str, ...] = ()
    n_classes: int | None = None
    n_named: int = 0

    message = msgid(
        "Cannot use {path} as a model{seen}. Nothing was changed. Export the model again."
    )
    problems: ClassVar = {
        # the file itself cannot be used
        "not_onnx": msgid(
            "{path} is not an ONNX model{seen}. Nothing was changed. Export the model as ONNX."
        ),
        "predictions": msgid(
            "{path} holds predictions, not a model that can run here{seen}. Nothing was changed. "
            "Add the model as ONNX for this step."
        ),
        "function": msgid(
            "{path} is a Python function of a script, which this step cannot call{seen}. Nothing "
            "was changed. Run the step in that script, or add the model as ONNX."
        ),
        "function_raised": msgid(
            "The Python function of {path} failed{seen}. Predictions before it were saved. Correct "
            "the function."
        ),
        "function_answer": msgid(
            "The Python function of {path} returned no prediction of its task{seen}. Predictions "
            "before it were saved. Correct the function."
        ),
        "predictions_as_model": msgid(
            "{path} holds predictions, not a model that can run here{seen}. Nothing was changed. "
            "Add it as predictions{how}."
        ),
        "truncated": msgid(
            "{path} is truncated{seen}. Nothing was changed. Copy the complete file again."
        ),
        "external_data_missing": msgid(
            "{path} stores its weights in a separate file that is missing{seen}. Nothing was "
            "changed. Copy that file to the same folder."
        ),
        "external_data_name": msgid(
            "{path} stores its weights in a file that is named like a program{seen}. Nothing "
            "was changed. Export "
            "the model with its weights in a file named .data or .bin."
        ),
        "external_data_letters": msgid(
            "{path} stores its weights in a file whose name is not allowed in a pack{seen}. "
            "Nothing was changed. "
            "Export the model with its weights in a file named .data or .bin."
        ),
        "too_new": msgid(
            "{path} uses a newer opset than this program supports{seen}. Nothing was changed. "
            "Export the model with opset 21 or lower."
        ),
        "unsupported_operator": msgid(
            "{path} uses an unsupported operator{seen}. Nothing was changed. Export the model "
            "without this operator."
        ),
        "invalid_graph": msgid(
            "{path} contains an invalid graph{seen}. Nothing was changed. Export the model again."
        ),
        "run_failed": msgid(
            "{path} fails at inference{seen}. Nothing was changed. Test it outside "
            "Fieldcheck, then export it again."
        ),
        "no_inputs": msgid(
            "{path} has no input or no output{seen}. Nothing was changed. Export the whole model."
        ),
        "inputs": msgid(
            "{path} has more than one input{seen}. Nothing was changed. Export the model with "
            "the image as its only input."
        ),
        "crashed": msgid(
            "{path} crashed in the test run{seen}. Nothing was changed. Export the model "
            "again, or with a lower opset."
        ),
        "busy": msgid(
            "{path} could not be tested: this computer is too busy{seen}. Nothing was "
            "changed. Close other programs, then try again."
        ),
        "time": msgid(
            "{path} timed out in the test run{seen}. Nothing was changed. Check the model, or "
            "use a smaller one."
        ),
        "base": msgid(
            "{path} is not the base of this model{seen}: no shared layers. Nothing was "
            "changed. Specify the correct base model."
        ),
        "quantise": msgid(
            "Cannot quantise {path}{seen}. Nothing was changed. Export the model in float32 "
            "with opset 13 or later."
        ),
        "runner": msgid(
            "{path} has integer inputs, which the runner does not support{seen}. Nothing was "
            "changed. Export the model in float32."
        ),
        "changed": msgid(
            "{path} changed since it was added to the project{seen}. The project was not "
            "changed. Restore the "
            "original file, or add the model again."
        ),
        "memory": msgid(
            "{path} requires more memory than this computer has{seen}. Nothing was changed. "
            "Use a smaller model."
        ),
        # it is a model, and does not fit what its card or the classes say
        "rank": msgid(
            "{path}: tensor rank differs from the model card{seen}. Nothing was changed. "
            "Correct the model card."
        ),
        "channels": msgid(
            "{path}: number of colour channels differs from the model card{seen}. Nothing was "
            "changed. Correct colour or layout."
        ),
        "classes": msgid(
            "{path}: number of classes differs from the class list{seen}. Nothing was "
            "changed. Correct the class list."
        ),
        "output_kind": msgid(
            "{path}: output type differs from the model card{seen}. Nothing was changed. "
            "Correct output.kind."
        ),
        "classes_unknown": msgid(
            "{path} does not define its number of classes{seen}. Nothing was changed. List "
            "them under classes in the model card{how}."
        ),
        "size": msgid(
            "{path}: input size differs from the model card{seen}. Nothing was changed. "
            "Correct input.size."
        ),
        # the card names a decoder plug-in, which does not do what it should
        "plugin_missing": msgid(
            "{path} requires a decoder plug-in that is not installed{seen}. Nothing was "
            "changed. Install the "
            "plug-in, or correct output.kind."
        ),
        "plugin_raised": msgid(
            "The decoder plug-in of {path} failed{seen}. Nothing was changed. Contact its author."
        ),
        "plugin_time": msgid(
            "The decoder plug-in of {path} timed out{seen}. Nothing was changed. Contact its "
            "author."
        ),
        "plugin_rubbish": msgid(
            "The decoder plug-in of {path} returned no boxes, scores and classes{seen}. "
            "Nothing was changed. Contact its author."
        ),
        "plugin_printed": msgid(
            "The decoder plug-in of {path} writes to standard output, which is not "
            "allowed{seen}. Nothing was changed. Contact its author."
        ),
    }
    counts_message = msgid(
        "{path} has {has} classes, but the class list has {named}{seen}. Nothing was "
        "changed. Correct the class list."
    )
    other_kind_message = msgid(
        "{path}: output type differs from the model card{seen}. Nothing was changed. Set "
        "output.kind to one of: {fits}."
    )
    no_decoder_message = msgid(
        "{path}: no decoder for this output{seen}. Nothing was changed. Export the model "
        "with a supported output ({known})."
    )
    ambiguous_message = msgid(
        "The outputs of {path}{seen} are ambiguous: {fits} or another type. Nothing was changed. "
        "In the model card, set task and output.kind{how}."
    )
    unclear_message = msgid(
        "No known output type matches all outputs of {path}{seen}. Nothing was changed. In a "
        "model card, set task, output.kind and output.names, or export the model with a supported "
        "output ({known})."
    )

    def format_message(self) -> str:
        message = super().format_message()
        if self.problem != "classes" or self.n_classes is None:
            return message
        one_off = {
            1: tr("If the first output is a background, begin the list with background."),
            -1: tr("If the list names a background, remove it."),
        }.get(self.n_classes - self.n_named, "")
        return f"{message} {one_off}".rstrip()

    def get_sentence(self) -> Msgid:
        if self.problem == "output_kind" and self.known:
            return self.other_kind_message if self.fits else self.no_decoder_message
        if self.problem == "output_unclear":
            return self.ambiguous_message if self.fits else self.unclear_message
        if self.problem == "classes" and self.n_classes is not None:
            return self.counts_message
        return super().get_sentence()

    def get_values(self) -> dict[str, object]:
        unclear = self.problem == "output_unclear"
        choices = _list_output_kinds() if unclear else to_one_line("; ".join(self.known))
        how = format_command(
            "--task TASK --kind KIND"
            if unclear
            else "--predictions FILE"
            if self.problem == "predictions_as_model"
            else "--classes FILE"
        )
        counts = {"has": self.n_classes, "named": self.n_named}
        return {**super().get_values(), **counts, "known": choices, "how": how}


@dataclass(eq=False, repr=False)
class RunnerResultRefused(FieldcheckError):
    """Result of a run on another device that is not taken in: `not_json`, `field`, `other_model`,
    `other_card`, `unknown` (of a folder that another project exported) or `answers` (they are not
    those of this computer), `tampered` (changed since it was written) or `frames` (it predicts
    others than those of the folder); `detail` holds what was seen."""

    path: Path
    problem: str
    detail: str = ""

    message = msgid(
        "Cannot import {path} as a device result{seen}. Nothing was changed. Run the "
        "exported runner again."
    )
    problems: ClassVar = {
        "not_json": msgid(
            "{path} is an incomplete result{seen}. Nothing was changed. Copy it again."
        ),
        "field": msgid(
            "{path} is not a valid runner result{seen}. Nothing was changed. Run the "
            "exported runner again."
        ),
        "other_model": msgid(
            "{path} belongs to another model{seen}. Nothing was changed. Export the "
            "runner again and run it."
        ),
        "other_card": msgid(
            "{path} was run with another model card{seen}. Nothing was changed. Export "
            "the runner again and run it."
        ),
        "unknown": msgid(
            "{path} comes from a runner of another project{seen}. Nothing was changed. "
            "Import it in the project "
            "that exported the runner."
        ),
        "answers": msgid(
            "Predictions in {path} differ from those of this computer{seen}. Nothing was "
            "changed. Check the ONNX "
            "Runtime of the device, then run the runner again."
        ),
        "tampered": msgid(
            "{path} was altered after the run{seen}. Nothing was changed. Copy the result "
            "from the device again."
        ),
        "frames": msgid(
            "{path} lacks predictions or has those of other frames{seen}. Nothing was "
            "changed. Export the runner again and run it."
        ),
    }


@dataclass(eq=False, repr=False)
class CardRejected(FieldcheckError):
    """A model card that cannot be used: `field` is the dotted key, `problem` is `missing`,
    `unknown`, `type`, `value`, or of `classes` `background`: the list begins with one, which this
    kind of output does not have."""

    field: str
    problem: str
    detail: str = ""
    known: tuple[str, ...] = ()  # words that it may be

    message = msgid(
        "Invalid value for {field} in the model card{seen}. Nothing was changed. Correct the value."
    )
    problems: ClassVar = {
        "missing": msgid("{field} is missing from the model card. Nothing was changed. Add it."),
        "unknown": msgid(
            "Unknown key {field} in the model card{seen}. Nothing was changed. Correct or "
            "remove the key."
        ),
        "background": msgid(
            "The classes on the model card begin with a background{seen}, which this kind of "
            "output does not have. Nothing was changed. "
            "Remove it, or rename it if the model was trained with it as a class."
        ),
        "type": msgid(
            "Wrong type for {field} in the model card{seen}. Nothing was changed. Correct the "
            "value."
        ),
    }

    def get_sentence(self) -> Msgid:
        if not self.field:
            return msgid(
                "The model card is not a JSON object{seen}. Nothing was changed. Correct the file."
            )
        if self.problem == "value" and self.known:
            return msgid(
                "Invalid value for {field} in the model card{seen}. Nothing was changed. Valid "
                "values: {known}."
            )
        return super().get_sentence()

    def get_values(self) -> dict[str, object]:
        return {**super().get_values(), "known": ", ".join(self.known)}


@dataclass(eq=False, repr=False)
class CardNeeded(FieldcheckError):
    """Neither the file nor a card says what `fields` are."""

    path: Path
    fields: tuple[str, ...]

    message = msgid(
        "{path} does not define its preprocessing: {fields} missing. Nothing was changed. "
        "Write a model "
        "card{how}, check its values, and add it with the model."
    )
    command = "fieldcheck model check MODEL --write-card CARD`, `--card CARD"


@dataclass(eq=False, repr=False)
class ModelUnknown(FieldcheckError):
    """The project holds no model of that name."""

    name: str
    known: tuple[str, ...]

    message = msgid(
        "No model named {name} in this project. Nothing was changed. Available models: {known}."
    )
    empty_message = msgid(
        "The project has no models, so no {name}. Nothing was changed. Add a model{remedy}."
    )
    remedy = "model"

    def get_sentence(self) -> Msgid:
        return self.message if self.known else self.empty_message


@dataclass(eq=False, repr=False)
class RunUnknown(FieldcheckError):
    """The project holds no run of that id, or several begin so; `known`: the newest there are."""

    run_id: str
    known: tuple[str, ...]

    message = msgid("No unique run {run}. Nothing was changed. Latest runs: {known}{how}.")
    empty_message = msgid(
        "The project has no runs, so no {run}. Nothing was changed. Run the model first{remedy}."
    )
    remedy = "run"

    def get_sentence(self) -> Msgid:
        return self.message if self.known else self.empty_message

    def get_values(self) -> dict[str, object]:
        run, how = to_one_line(self.run_id), format_remedy("runs")
        return {**super().get_values(), "run": run, "how": how}


@dataclass(eq=False, repr=False)
class NoRuns(FieldcheckError):
    """The project has no stored run yet."""

    project: Path

    message = msgid("{project} has no saved run yet. Nothing was written. Run the model{remedy}.")
    remedy = "run"


@dataclass(eq=False, repr=False)
class NoModel(FieldcheckError):
    """The project has no model yet."""

    project: Path

    message = msgid("{project} has no model yet. Nothing was changed. Add a model{remedy}.")
    remedy = "model"


def _list_output_kinds() -> str:
    from fieldcheck.domain.prediction import OUTPUT_KINDS  # NumPy comes with it

    return ", ".join(kind.name for kind in OUTPUT_KINDS)
