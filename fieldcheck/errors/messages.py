"""Every expected error as one message: problem, state of the data, action. Includes those about
models and cards."""

from __future__ import annotations

import re

from fieldcheck import errors
from fieldcheck.domain.prediction import OUTPUT_KINDS
from fieldcheck.errors.file_messages import FILE_ERRORS, PROJECT_ERRORS
from fieldcheck.errors.files import FieldcheckError
from fieldcheck.errors.label_messages import LABEL_ERRORS
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
from fieldcheck.i18n.language import msgid, tr
from fieldcheck.i18n.numbers import format_number

# Sentences about models and their cards.


def _describe_model_rejected(error: errors.ModelRejected) -> str:
    if error.problem == "output_kind" and error.known:
        return _describe_output_mismatch(error)
    if error.problem == "output_unclear":
        return _describe_output_unclear(error)
    if error.problem == "classes" and error.n_classes is not None:
        said = tr(
            "{path} has {has} classes, but the class list has {named}{seen}. Nothing was "
            "changed. Correct the class list."
        )
        one_off = {
            1: tr("If the first output is a background, begin the list with background."),
            -1: tr("If the list names a background, remove it."),
        }.get(error.n_classes - error.n_named, "")
        told_ = said.format(
            path=to_one_line(error.path),
            has=error.n_classes,
            named=error.n_named,
            seen=format_in_brackets(error.detail),
        )
        return f"{told_} {one_off}".rstrip()
    how = format_command("--classes FILE")
    return _describe_model_problem(error.problem).format(
        path=to_one_line(error.path), seen=format_in_brackets(error.detail), how=how
    )


def _describe_output_mismatch(error: errors.ModelRejected) -> str:
    """Another kind of output than the card says: one that is read here, or none."""
    if error.fits:
        said = tr(
            "{path}: output type differs from the model card{seen}. Nothing was changed. Set "
            "output.kind to one of: {fits}."
        )
    else:
        said = tr(
            "{path}: no decoder for this output{seen}. Nothing was changed. Export the model "
            "with a supported output ({known})."
        )
    known = {"fits": format_names(error.fits), "known": to_one_line("; ".join(error.known))}
    return said.format(path=to_one_line(error.path), seen=format_in_brackets(error.detail), **known)


def _describe_output_unclear(error: errors.ModelRejected) -> str:
    """Nobody says what the outputs are, and they can be several things, or none that is known."""
    seen = format_in_brackets(error.detail)
    if error.fits:
        return tr(
            "The outputs of {path}{seen} are ambiguous: {fits} or another type. Nothing was "
            "changed. In the model"
            " card, set task and output.kind{how}."
        ).format(
            path=to_one_line(error.path),
            seen=seen,
            fits=format_names(error.fits),
            how=format_command("--task TASK --kind KIND"),
        )
    known = ", ".join(kind.name for kind in OUTPUT_KINDS)
    return tr(
        "No known output type matches all outputs of {path}{seen}. Nothing was changed. In a "
        "model card, set "
        "task, output.kind and output.names, or export the model with a supported output ({known})."
    ).format(path=to_one_line(error.path), seen=seen, known=known)


def _describe_model_problem(problem: str) -> str:
    found = (
        _get_file_problems() | _get_run_problems() | _get_fit_problems() | _get_plugin_problems()
    )
    return found.get(
        problem,
        tr("Cannot use {path} as a model{seen}. Nothing was changed. Export the model again."),
    )


def _get_file_problems() -> dict[str, str]:
    """The file itself cannot be used."""
    return {
        "not_onnx": tr(
            "{path} is not an ONNX model{seen}. Nothing was changed. Export the model as ONNX."
        ),
        "truncated": tr(
            "{path} is truncated{seen}. Nothing was changed. Copy the complete file again."
        ),
        "external_data_missing": tr(
            "{path} stores its weights in a separate file that is missing{seen}. Nothing was "
            "changed. Copy that file to the same folder."
        ),
        "external_data_name": tr(
            "{path} stores its weights in a file that is named like a program{seen}. Nothing "
            "was changed. Export "
            "the model with its weights in a file named .data or .bin."
        ),
        "external_data_letters": tr(
            "{path} stores its weights in a file whose name is not allowed in a pack{seen}. "
            "Nothing was changed. "
            "Export the model with its weights in a file named .data or .bin."
        ),
        "too_new": tr(
            "{path} uses a newer opset than this program supports{seen}. Nothing was changed. "
            "Export the model with opset 21 or lower."
        ),
        "unsupported_operator": tr(
            "{path} uses an unsupported operator{seen}. Nothing was changed. Export the model "
            "without this operator."
        ),
        "invalid_graph": tr(
            "{path} contains an invalid graph{seen}. Nothing was changed. Export the model again."
        ),
    }


def _get_run_problems() -> dict[str, str]:
    """The file was read, and does not run or does not fit what it was asked for."""
    return {
        "run_failed": tr(
            "{path} fails at inference{seen}. Nothing was changed. Test it outside "
            "Fieldcheck, then export it again."
        ),
        "no_inputs": tr(
            "{path} has no input or no output{seen}. Nothing was changed. Export the whole model."
        ),
        "inputs": tr(
            "{path} has more than one input{seen}. Nothing was changed. Export the model with "
            "the image as its only input."
        ),
        "crashed": tr(
            "{path} crashed in the test run{seen}. Nothing was changed. Export the model "
            "again, or with a lower opset."
        ),
        "busy": tr(
            "{path} could not be tested: this computer is too busy{seen}. Nothing was "
            "changed. Close other programs, then try again."
        ),
        "time": tr(
            "{path} timed out in the test run{seen}. Nothing was changed. Check the model, or "
            "use a smaller one."
        ),
        "base": tr(
            "{path} is not the base of this model{seen}: no shared layers. Nothing was "
            "changed. Specify the correct base model."
        ),
        "quantise": tr(
            "Cannot quantise {path}{seen}. Nothing was changed. Export the model in float32 "
            "with opset 13 or later."
        ),
        "runner": tr(
            "{path} has integer inputs, which the runner does not support{seen}. Nothing was "
            "changed. Export the model in float32."
        ),
        "changed": tr(
            "{path} changed since it was added to the project{seen}. The project was not "
            "changed. Restore the "
            "original file, or add the model again."
        ),
        "memory": tr(
            "{path} requires more memory than this computer has{seen}. Nothing was changed. "
            "Use a smaller model."
        ),
    }


def _get_fit_problems() -> dict[str, str]:
    """The file is a model, and does not fit what its card or the classes say."""
    return {
        "rank": tr(
            "{path}: tensor rank differs from the model card{seen}. Nothing was changed. "
            "Correct the model card."
        ),
        "channels": tr(
            "{path}: number of colour channels differs from the model card{seen}. Nothing was "
            "changed. Correct colour or layout."
        ),
        "classes": tr(
            "{path}: number of classes differs from the class list{seen}. Nothing was "
            "changed. Correct the class list."
        ),
        "output_kind": tr(
            "{path}: output type differs from the model card{seen}. Nothing was changed. "
            "Correct output.kind."
        ),
        "classes_unknown": tr(
            "{path} does not define its number of classes{seen}. Nothing was changed. List "
            "them under classes in the model card{how}."
        ),
        "size": tr(
            "{path}: input size differs from the model card{seen}. Nothing was changed. "
            "Correct input.size."
        ),
    }


def _get_plugin_problems() -> dict[str, str]:
    """The card names a decoder plug-in, which does not do what it should."""
    return {
        "plugin_missing": tr(
            "{path} requires a decoder plug-in that is not installed{seen}. Nothing was "
            "changed. Install the "
            "plug-in, or correct output.kind."
        ),
        "plugin_raised": tr(
            "The decoder plug-in of {path} failed{seen}. Nothing was changed. Contact its author."
        ),
        "plugin_time": tr(
            "The decoder plug-in of {path} timed out{seen}. Nothing was changed. Contact its "
            "author."
        ),
        "plugin_rubbish": tr(
            "The decoder plug-in of {path} returned no boxes, scores and classes{seen}. "
            "Nothing was changed. Contact its author."
        ),
        "plugin_printed": tr(
            "The decoder plug-in of {path} writes to standard output, which is not "
            "allowed{seen}. Nothing was changed. Contact its author."
        ),
    }


def _describe_card_rejected(error: errors.CardRejected) -> str:
    if not error.field:
        return tr(
            "The model card is not a JSON object{seen}. Nothing was changed. Correct the file."
        ).format(seen=format_in_brackets(error.detail))
    if error.problem == "value" and error.known:
        return tr(
            "Invalid value for {field} in the model card{seen}. Nothing was changed. Valid "
            "values: {known}."
        ).format(
            field=to_one_line(error.field),
            seen=format_in_brackets(error.detail),
            known=", ".join(error.known),
        )
    said = {
        "missing": tr("{field} is missing from the model card. Nothing was changed. Add it."),
        "unknown": tr(
            "Unknown key {field} in the model card{seen}. Nothing was changed. Correct or "
            "remove the key."
        ),
        "background": tr(
            "The classes on the model card begin with a background{seen}, which this kind of "
            "output does not have. Nothing was changed."
            " Remove it, or rename it if the model was trained with it as a class."
        ),
        "type": tr(
            "Wrong type for {field} in the model card{seen}. Nothing was changed. Correct the "
            "value."
        ),
    }.get(
        error.problem,
        tr(
            "Invalid value for {field} in the model card{seen}. Nothing was changed. Correct the "
            "value."
        ),
    )
    return said.format(field=to_one_line(error.field), seen=format_in_brackets(error.detail))


def _describe_model_unknown(error: errors.ModelUnknown) -> str:
    if not error.known:
        return tr(
            "The project has no models, so no {name}. Nothing was changed. Add a model{remedy}."
        ).format(name=to_one_line(error.name), remedy=format_remedy("model"))
    return tr(
        "No model named {name} in this project. Nothing was changed. Available models: {known}."
    ).format(name=to_one_line(error.name), known=format_names(error.known))


def _describe_run_unknown(error: errors.RunUnknown) -> str:
    if not error.known:
        return tr(
            "The project has no runs, so no {run}. Nothing was changed. Run the model "
            "first{remedy}."
        ).format(run=to_one_line(error.run_id), remedy=format_remedy("run"))
    return tr("No unique run {run}. Nothing was changed. Latest runs: {known}{how}.").format(
        run=to_one_line(error.run_id), known=format_names(error.known), how=format_remedy("runs")
    )


MODEL_ERRORS: dict[type[FieldcheckError], Sentence] = {
    errors.ModelRejected: _describe_model_rejected,
    errors.CardRejected: _describe_card_rejected,
    errors.CardNeeded: make_message(
        msgid(
            "{path} does not define its preprocessing: {fields} missing. Nothing was changed. "
            "Write a model "
            "card{how}, check its values, and add it with the model."
        ),
        types="fieldcheck model check MODEL --write-card CARD`, `--card CARD",
    ),
    errors.ModelUnknown: _describe_model_unknown,
    errors.RunUnknown: _describe_run_unknown,
    errors.RunnerResultRefused: make_message_by_code(
        msgid(
            "Cannot import {path} as a device result{seen}. Nothing was changed. Run the "
            "exported runner again."
        ),
        {
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
        },
    ),
    errors.NoModel: make_message(
        msgid("{project} has no model yet. Nothing was changed. Add a model{remedy}."), does="model"
    ),
    errors.NoRuns: make_message(
        msgid("{project} has no saved run yet. Nothing was written. Run the model{remedy}."),
        does="run",
    ),
}


SENTENCES: dict[type[FieldcheckError], Sentence] = {
    **FILE_ERRORS,
    **MODEL_ERRORS,
    **PROJECT_ERRORS,
    **LABEL_ERRORS,
}


def format_error(error: BaseException) -> str:
    """The sentence for an error, in the language that is spoken: its own for one of the family,
    else that of `describe_bug`."""
    if isinstance(error, FieldcheckError) and (said := SENTENCES.get(type(error))):
        return said(error)
    return describe_bug(error)


MEMORY_SPENT = re.compile(
    r"cannot allocate memory|failed to map segment|insufficient memory|bad_alloc|can't start new thread",
    re.IGNORECASE,
)
# commands that go on where they were stopped
GO_ON = frozenset({"import", "run", "embed", "stress", "probe"})


def describe_stop(command: str, done: int, total: int | None) -> str:
    """Stop by Ctrl-C: what is kept of a command, and how it goes on; empty where nothing was begun
    that could be kept."""
    if command == "pick":
        return tr(
            "Stopped before any frame was picked. Measurements are saved; run the same "
            "command to continue."
        )
    if command not in GO_ON:
        return ""
    if not total:
        return tr("Stopped. Finished work is saved; run the same command to continue.")
    said = tr(
        "Stopped at {done} of {total}. Finished work is saved; run the same command to continue."
    )
    return said.format(done=format_number(done), total=format_number(total))


def is_out_of_memory(error: BaseException) -> bool:
    """Whether an error says that this computer's memory is used up: Python's own, the system's, or
    a library's, which has only words."""
    return isinstance(error, MemoryError) or (
        isinstance(error, Exception) and MEMORY_SPENT.search(str(error)) is not None
    )


def describe_bug(error: BaseException) -> str:
    """Sentence about an error that nobody expected. Memory that is used up is no bug, and is told
    as what it is."""
    if is_out_of_memory(error):
        return tr(
            "Out of memory. Data saved before is safe. Close other programs or work in "
            "smaller parts, then try again."
        )
    return tr(
        "Unexpected error ({what}). Data saved before is safe. Send the log file with a "
        "description of your last steps."
    ).format(what=to_one_line(type(error).__name__))
