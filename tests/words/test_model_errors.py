from pathlib import Path

from fieldcheck.errors import CardNeeded, CardRejected, ModelRejected, ModelUnknown
from fieldcheck.words.model_errors import MODEL_ERRORS


def said(error):
    return MODEL_ERRORS[type(error)](error)


def test_a_missing_weights_file_is_named():
    told = said(ModelRejected(Path("m.onnx"), "external_data_missing", "weights.bin"))
    assert (
        told == "m.onnx keeps its weights in another file that is not there (weights.bin); nothing was changed: copy that file beside it."
    )


def test_a_cards_fault_names_the_key():
    assert "lacks input.size" in said(CardRejected("input.size", "missing"))
    assert "no JSON object (list)" in said(CardRejected("", "type", "list"))
    wrong = said(CardRejected("task", "value", "clasification", ("classification", "detection")))
    assert wrong.endswith("cannot be used (clasification); nothing was changed: it can be classification, detection.")
    assert "input.size, classes is missing" in said(CardNeeded(Path("m.onnx"), ("input.size", "classes")))


def test_the_models_that_are_there_are_named():
    assert "it has a, b" in said(ModelUnknown("c", ("a", "b")))
