from pathlib import Path

from fieldcheck.errors.messages import MODEL_ERRORS
from fieldcheck.errors.models import CardNeeded, CardRejected, ModelRejected, ModelUnknown


def said(error):
    return MODEL_ERRORS[type(error)](error)


def test_a_missing_weights_file_is_named():
    told = said(ModelRejected(Path("m.onnx"), "external_data_missing", "weights.bin"))
    assert told == (
        "m.onnx stores its weights in a separate file that is missing (weights.bin). Nothing "
        "was changed. "
        "Copy that file to the same folder."
    )


def test_a_cards_fault_names_the_key():
    expected = "input.size is missing from the model card"
    assert expected in said(CardRejected("input.size", "missing"))
    assert "not a JSON object (list)" in said(CardRejected("", "type", "list"))
    wrong = said(CardRejected("task", "value", "clasification", ("classification", "detection")))
    expected = "card (clasification). Nothing was changed. Valid values: classification, detection."
    assert wrong.endswith(expected)
    expected = "input.size, classes missing"
    assert expected in said(CardNeeded(Path("m.onnx"), ("input.size", "classes")))


def test_the_models_that_are_there_are_named():
    assert "Available models: a, b." in said(ModelUnknown("c", ("a", "b")))
