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
        said = text("{path} has {has} classes, {named} were named{seen}; nothing was changed: correct the list of classes.")
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
        said = text("{path} has an output of another kind than its card says{seen}; nothing was changed: output.kind can be {fits}.")
    else:
        said = text(
            "{path}: no decoder for this output{seen}; nothing was changed: export the model with an output that is read here ({known})."
        )
    known = {"fits": listed(error.fits), "known": plain("; ".join(error.known))}
    return said.format(path=plain(error.path), seen=in_brackets(error.detail), **known)


def _output_unclear(error: errors.ModelRejected) -> str:
    """Nobody says what the outputs are, and they can be several things, or none that is known."""
    seen = in_brackets(error.detail)
    if error.fits:
        return text(
            "The outputs of {path}{seen} can be {fits}, or something else. Nothing was changed. Set task and output.kind on the model"
            " card{how}."
        ).format(path=plain(error.path), seen=seen, fits=listed(error.fits), how=typed("--task TASK --kind KIND"))
    known = ", ".join(kind.name for kind in OUTPUT_KINDS)
    return text(
        "No kind of output explains all outputs of {path}{seen}. Nothing was changed. Set task, output.kind and output.names on a model"
        " card, or export the model with an output that is read here ({known})."
    ).format(path=plain(error.path), seen=seen, known=known)


def _model_problem(problem: str) -> str:
    found = _file_problems() | _fit_problems() | _plugin_problems()
    return found.get(problem, text("{path} cannot be used as a model{seen}; nothing was changed: export it again."))


def _file_problems() -> dict[str, str]:
    """The file itself cannot be used."""
    return {
        "not_onnx": text("{path} is no ONNX model{seen}; nothing was changed: export the model as ONNX."),
        "truncated": text("{path} is cut off{seen}; nothing was changed: copy it again, whole."),
        "external_data_missing": text(
            "{path} keeps its weights in another file that is not there{seen}; nothing was changed: copy that file beside it."
        ),
        "external_data_name": text(
            "{path} keeps its weights in a file that is named like a program{seen}. Nothing was changed. Export it with its weights in a "
            "file named .data or .bin."
        ),
        "external_data_letters": text(
            "{path} keeps its weights in a file whose name no pack can hold{seen}. Nothing was changed. Export it with its weights in a "
            "file named .data or .bin."
        ),
        "too_new": text("{path} is newer than this program can run{seen}; nothing was changed: export it with opset 21 or lower."),
        "unsupported_operator": text(
            "{path} uses an operator that this program cannot run{seen}; nothing was changed: export it without it."
        ),
        "invalid_graph": text("{path} holds a graph that does not hold together{seen}; nothing was changed: export it again."),
        "run_failed": text("{path} fails when it is run{seen}; nothing was changed: run it elsewhere first, then export it again."),
        "no_inputs": text("{path} has no input or no output{seen}; nothing was changed: export the whole model."),
        "inputs": text("{path} has more than one input to fill{seen}; nothing was changed: export it with the picture as its only input."),
        "crashed": text("{path} crashed when it was tried{seen}; nothing was changed: export it again, or with a lower opset."),
        "busy": text("{path} had no time to be tried on this computer{seen}; nothing was changed: close other programs, then try again."),
        "time": text("{path} gave no answer in time when it was tried{seen}; nothing was changed: check it, or use a smaller model."),
        "base": text("{path} is no base of that model{seen}; nothing was changed: they share no layer."),
        "quantise": text("{path} cannot be quantised{seen}; nothing was changed: export it in float32 with opset 13 or later."),
        "runner": text("{path} takes integers, which the exported program cannot feed{seen}; nothing was changed: export it in float32."),
        "changed": text(
            "{path} is no longer the file that was taken into the project{seen}; nothing was changed: put that file back,"
            " or add the model anew."
        ),
        "memory": text("{path} needs more memory than this computer can give{seen}; nothing was changed: use a smaller model."),
    }


def _fit_problems() -> dict[str, str]:
    """The file is a model, and does not fit what its card or the classes say."""
    return {
        "rank": text(
            "{path} has a tensor with another number of dimensions than its card says{seen}; nothing was changed: correct the card."
        ),
        "channels": text(
            "{path} takes another number of colour channels than its card says{seen}; nothing was changed: correct colour or layout."
        ),
        "classes": text("{path} has another number of classes than were named{seen}; nothing was changed: correct the list of classes."),
        "output_kind": text("{path} has an output of another kind than its card says{seen}; nothing was changed: correct output.kind."),
        "classes_unknown": text(
            "{path} does not tell how many classes it has{seen}. Nothing was changed. Name them under classes of the model card{how}."
        ),
        "size": text("{path} takes pictures of another size than its card says{seen}; nothing was changed: correct input.size."),
    }


def _plugin_problems() -> dict[str, str]:
    """The card names a decoder plug-in, which does not do what it should."""
    return {
        "plugin_missing": text(
            "{path} needs a decoder plug-in that is not installed here{seen}; nothing was changed: install it, or correct output.kind."
        ),
        "plugin_raised": text("The decoder plug-in of {path} ended with an error{seen}; nothing was changed: ask whoever wrote it."),
        "plugin_time": text("The decoder plug-in of {path} gave no answer in time{seen}; nothing was changed: ask whoever wrote it."),
        "plugin_rubbish": text(
            "The decoder plug-in of {path} gave no boxes, scores and classes{seen}; nothing was changed: ask whoever wrote it."
        ),
        "plugin_printed": text("The decoder plug-in of {path} prints, which it must not{seen}; nothing was changed: ask whoever wrote it."),
    }


def _card_rejected(error: errors.CardRejected) -> str:
    if not error.field:
        return text("The model card is no JSON object{seen}; nothing was changed: correct the file.").format(seen=in_brackets(error.detail))
    if error.problem == "value" and error.known:
        return text("The model card's {field} has a value that cannot be used{seen}; nothing was changed: it can be {known}.").format(
            field=plain(error.field), seen=in_brackets(error.detail), known=", ".join(error.known)
        )
    said = {
        "missing": text("The model card lacks {field}; nothing was changed: add it."),
        "unknown": text("The model card has a key that nobody reads, {field}{seen}; nothing was changed: correct or remove it."),
        "background": text(
            "The classes on the model card begin with a background{seen}, which this kind of output does not have. Nothing was changed."
            " Remove it, or rename it if the model was trained with it as a class."
        ),
        "type": text("The model card's {field} has the wrong type{seen}; nothing was changed: correct it."),
    }.get(error.problem, text("The model card's {field} has a value that cannot be used{seen}; nothing was changed: correct it."))
    return said.format(field=plain(error.field), seen=in_brackets(error.detail))


def _model_unknown(error: errors.ModelUnknown) -> str:
    if not error.known:
        return text("The project has no model {name}, nor any other; nothing was changed: add it{remedy}.").format(
            name=plain(error.name), remedy=remedy("model")
        )
    return text("The project has no model {name}; nothing was changed: it has {known}.").format(
        name=plain(error.name), known=listed(error.known)
    )


def _run_unknown(error: errors.RunUnknown) -> str:
    if not error.known:
        return text("The project has no run {run}, nor any other; nothing was changed: run the model first{remedy}.").format(
            run=plain(error.run_id), remedy=remedy("run")
        )
    return text("No single run of the project is called {run} or begins so; nothing was changed: the newest are {known}{how}.").format(
        run=plain(error.run_id), known=listed(error.known), how=remedy("runs")
    )


MODEL_ERRORS: dict[type[FieldcheckError], Sentence] = {
    errors.ModelRejected: _model_rejected,
    errors.CardRejected: _card_rejected,
    errors.CardNeeded: told(
        msgid(
            "{path} does not say how it wants its pictures, nor does a card: {fields} is missing; nothing was changed: have a model card "
            "written{how}, look at its values, and name it with the model."
        ),
        types="fieldcheck model check MODEL --write-card CARD`, `--card CARD",
    ),
    errors.ModelUnknown: _model_unknown,
    errors.RunUnknown: _run_unknown,
    errors.RunnerResultRefused: coded(
        msgid("{path} cannot be taken in as a run{seen}; nothing was changed: run the exported folder again."),
        {
            "not_json": msgid("{path} is no whole result of a run{seen}; nothing was changed: copy it again."),
            "field": msgid("{path} holds what no run writes{seen}; nothing was changed: run the exported folder again."),
            "other_model": msgid("{path} is of another model{seen}; nothing was changed: export the folder again and run that."),
            "other_card": msgid("{path} was run with another model card{seen}; nothing was changed: export the folder again and run that."),
            "unknown": msgid(
                "{path} is of a folder that this project did not export{seen}; nothing was changed: take it in where it was exported."
            ),
            "answers": msgid(
                "{path} has other answers than this computer gives{seen}; nothing was changed: "
                "that device computes something else, so its speed is of no use here."
            ),
        },
    ),
    errors.NoModel: told(msgid("{project} has no model yet; nothing was changed: add one{remedy}."), does="model"),
    errors.NoRuns: told(msgid("{project} has no stored run yet; nothing was written: run the model{remedy}."), does="run"),
}
