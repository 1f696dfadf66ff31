"""Sentences about models and their cards."""

from __future__ import annotations

from fieldcheck import errors
from fieldcheck.domain.output_kind import OUTPUT_KINDS
from fieldcheck.errors import FieldcheckError
from fieldcheck.msgid import msgid
from fieldcheck.words.formatting import Sentence, coded, in_brackets, listed, plain, told
from fieldcheck.words.language import text
from fieldcheck.words.remedies import remedy, typed


def _model_rejected(error: errors.ModelRejected) -> str:
    if error.problem == "output_kind" and error.known:
        return _output_unread(error)
    if error.problem == "output_unclear":
        return _output_unclear(error)
    if error.problem == "classes" and error.n_classes is not None:
        said = text("{path} has {has} classes, but the class list has {named}{seen}. Nothing was changed. Correct the class list.")
        one_off = {
            1: text("If the first output is a background, begin the list with background."),
            -1: text("If the list names a background, remove it."),
        }.get(error.n_classes - error.n_named, "")
        told_ = said.format(path=plain(error.path), has=error.n_classes, named=error.n_named, seen=in_brackets(error.detail))
        return f"{told_} {one_off}".rstrip()
    how = typed("--classes FILE")
    return _model_problem(error.problem).format(path=plain(error.path), seen=in_brackets(error.detail), how=how)


def _output_unread(error: errors.ModelRejected) -> str:
    """Another kind of output than the card says: one that is read here, or none."""
    if error.fits:
        said = text("{path}: output type differs from the model card{seen}. Nothing was changed. Set output.kind to one of: {fits}.")
    else:
        said = text("{path}: no decoder for this output{seen}. Nothing was changed. Export the model with a supported output ({known}).")
    known = {"fits": listed(error.fits), "known": plain("; ".join(error.known))}
    return said.format(path=plain(error.path), seen=in_brackets(error.detail), **known)


def _output_unclear(error: errors.ModelRejected) -> str:
    """Nobody says what the outputs are, and they can be several things, or none that is known."""
    seen = in_brackets(error.detail)
    if error.fits:
        return text(
            "The outputs of {path}{seen} are ambiguous: {fits} or another type. Nothing was changed. In the model"
            " card, set task and output.kind{how}."
        ).format(path=plain(error.path), seen=seen, fits=listed(error.fits), how=typed("--task TASK --kind KIND"))
    known = ", ".join(kind.name for kind in OUTPUT_KINDS)
    return text(
        "No known output type matches all outputs of {path}{seen}. Nothing was changed. In a model card, set "
        "task, output.kind and output.names, or export the model with a supported output ({known})."
    ).format(path=plain(error.path), seen=seen, known=known)


def _model_problem(problem: str) -> str:
    found = _file_problems() | _fit_problems() | _plugin_problems()
    return found.get(problem, text("Cannot use {path} as a model{seen}. Nothing was changed. Export the model again."))


def _file_problems() -> dict[str, str]:
    """The file itself cannot be used."""
    return {
        "not_onnx": text("{path} is not an ONNX model{seen}. Nothing was changed. Export the model as ONNX."),
        "truncated": text("{path} is truncated{seen}. Nothing was changed. Copy the complete file again."),
        "external_data_missing": text(
            "{path} stores its weights in a separate file that is missing{seen}. Nothing was changed. Copy that file to the same folder."
        ),
        "external_data_name": text(
            "{path} stores its weights in a file that is named like a program{seen}. Nothing was changed. Export "
            "the model with its weights in a file named .data or .bin."
        ),
        "external_data_letters": text(
            "{path} stores its weights in a file whose name is not allowed in a pack{seen}. Nothing was changed. "
            "Export the model with its weights in a file named .data or .bin."
        ),
        "too_new": text(
            "{path} uses a newer opset than this program supports{seen}. Nothing was changed. Export the model with opset 21 or lower."
        ),
        "unsupported_operator": text(
            "{path} uses an unsupported operator{seen}. Nothing was changed. Export the model without this operator."
        ),
        "invalid_graph": text("{path} contains an invalid graph{seen}. Nothing was changed. Export the model again."),
        "run_failed": text("{path} fails at inference{seen}. Nothing was changed. Test it outside Fieldcheck, then export it again."),
        "no_inputs": text("{path} has no input or no output{seen}. Nothing was changed. Export the whole model."),
        "inputs": text("{path} has more than one input{seen}. Nothing was changed. Export the model with the image as its only input."),
        "crashed": text("{path} crashed in the test run{seen}. Nothing was changed. Export the model again, or with a lower opset."),
        "busy": text(
            "{path} could not be tested: this computer is too busy{seen}. Nothing was changed. Close other programs, then try again."
        ),
        "time": text("{path} timed out in the test run{seen}. Nothing was changed. Check the model, or use a smaller one."),
        "base": text("{path} is not the base of this model{seen}: no shared layers. Nothing was changed. Specify the correct base model."),
        "quantise": text("Cannot quantise {path}{seen}. Nothing was changed. Export the model in float32 with opset 13 or later."),
        "runner": text(
            "{path} has integer inputs, which the runner does not support{seen}. Nothing was changed. Export the model in float32."
        ),
        "changed": text(
            "{path} changed since it was added to the project{seen}. The project was not changed. Restore the "
            "original file, or add the model again."
        ),
        "memory": text("{path} requires more memory than this computer has{seen}. Nothing was changed. Use a smaller model."),
    }


def _fit_problems() -> dict[str, str]:
    """The file is a model, and does not fit what its card or the classes say."""
    return {
        "rank": text("{path}: tensor rank differs from the model card{seen}. Nothing was changed. Correct the model card."),
        "channels": text(
            "{path}: number of colour channels differs from the model card{seen}. Nothing was changed. Correct colour or layout."
        ),
        "classes": text("{path}: number of classes differs from the class list{seen}. Nothing was changed. Correct the class list."),
        "output_kind": text("{path}: output type differs from the model card{seen}. Nothing was changed. Correct output.kind."),
        "classes_unknown": text(
            "{path} does not define its number of classes{seen}. Nothing was changed. List them under classes in the model card{how}."
        ),
        "size": text("{path}: input size differs from the model card{seen}. Nothing was changed. Correct input.size."),
    }


def _plugin_problems() -> dict[str, str]:
    """The card names a decoder plug-in, which does not do what it should."""
    return {
        "plugin_missing": text(
            "{path} requires a decoder plug-in that is not installed{seen}. Nothing was changed. Install the "
            "plug-in, or correct output.kind."
        ),
        "plugin_raised": text("The decoder plug-in of {path} failed{seen}. Nothing was changed. Contact its author."),
        "plugin_time": text("The decoder plug-in of {path} timed out{seen}. Nothing was changed. Contact its author."),
        "plugin_rubbish": text(
            "The decoder plug-in of {path} returned no boxes, scores and classes{seen}. Nothing was changed. Contact its author."
        ),
        "plugin_printed": text(
            "The decoder plug-in of {path} writes to standard output, which is not allowed{seen}. Nothing was changed. Contact its author."
        ),
    }


def _card_rejected(error: errors.CardRejected) -> str:
    if not error.field:
        return text("The model card is not a JSON object{seen}. Nothing was changed. Correct the file.").format(
            seen=in_brackets(error.detail)
        )
    if error.problem == "value" and error.known:
        return text("Invalid value for {field} in the model card{seen}. Nothing was changed. Valid values: {known}.").format(
            field=plain(error.field), seen=in_brackets(error.detail), known=", ".join(error.known)
        )
    said = {
        "missing": text("{field} is missing from the model card. Nothing was changed. Add it."),
        "unknown": text("Unknown key {field} in the model card{seen}. Nothing was changed. Correct or remove the key."),
        "background": text(
            "The classes on the model card begin with a background{seen}, which this kind of output does not have. Nothing was changed."
            " Remove it, or rename it if the model was trained with it as a class."
        ),
        "type": text("Wrong type for {field} in the model card{seen}. Nothing was changed. Correct the value."),
    }.get(error.problem, text("Invalid value for {field} in the model card{seen}. Nothing was changed. Correct the value."))
    return said.format(field=plain(error.field), seen=in_brackets(error.detail))


def _model_unknown(error: errors.ModelUnknown) -> str:
    if not error.known:
        return text("The project has no models, so no {name}. Nothing was changed. Add a model{remedy}.").format(
            name=plain(error.name), remedy=remedy("model")
        )
    return text("No model named {name} in this project. Nothing was changed. Available models: {known}.").format(
        name=plain(error.name), known=listed(error.known)
    )


def _run_unknown(error: errors.RunUnknown) -> str:
    if not error.known:
        return text("The project has no runs, so no {run}. Nothing was changed. Run the model first{remedy}.").format(
            run=plain(error.run_id), remedy=remedy("run")
        )
    return text("No unique run {run}. Nothing was changed. Latest runs: {known}{how}.").format(
        run=plain(error.run_id), known=listed(error.known), how=remedy("runs")
    )


MODEL_ERRORS: dict[type[FieldcheckError], Sentence] = {
    errors.ModelRejected: _model_rejected,
    errors.CardRejected: _card_rejected,
    errors.CardNeeded: told(
        msgid(
            "{path} does not define its preprocessing: {fields} missing. Nothing was changed. Write a model "
            "card{how}, check its values, and add it with the model."
        ),
        types="fieldcheck model check MODEL --write-card CARD`, `--card CARD",
    ),
    errors.ModelUnknown: _model_unknown,
    errors.RunUnknown: _run_unknown,
    errors.RunnerResultRefused: coded(
        msgid("Cannot import {path} as a device result{seen}. Nothing was changed. Run the exported runner again."),
        {
            "not_json": msgid("{path} is an incomplete result{seen}. Nothing was changed. Copy it again."),
            "field": msgid("{path} is not a valid runner result{seen}. Nothing was changed. Run the exported runner again."),
            "other_model": msgid("{path} belongs to another model{seen}. Nothing was changed. Export the runner again and run it."),
            "other_card": msgid("{path} was run with another model card{seen}. Nothing was changed. Export the runner again and run it."),
            "unknown": msgid(
                "{path} comes from a runner of another project{seen}. Nothing was changed. Import it in the project "
                "that exported the runner."
            ),
            "answers": msgid(
                "Predictions in {path} differ from those of this computer{seen}. Nothing was changed. Check the ONNX "
                "Runtime of the device, then run the runner again."
            ),
        },
    ),
    errors.NoModel: told(msgid("{project} has no model yet. Nothing was changed. Add a model{remedy}."), does="model"),
    errors.NoRuns: told(msgid("{project} has no saved run yet. Nothing was written. Run the model{remedy}."), does="run"),
}
