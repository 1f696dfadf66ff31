from fieldcheck.domain.training import Curves, Layer, Training
from fieldcheck.words.training import training_lines

LAYERS = tuple(Layer(f"conv{k}", True, k < 4) for k in range(6))
CURVES = Curves((1, 2, 3), (0.5, 0.4, 0.3), (0.71, 0.70, 0.71), {"crack": (0.5, 0.9, 0.8)})


def test_frozen_blocks_and_a_stall_are_named():
    said = training_lines(Training("base.onnx", LAYERS, "", CURVES))
    assert said[0] == "4 of 6 layers are bit for bit those of base.onnx."
    assert said[1] == "Of the last 4 convolutions 2 never changed (conv2, conv3): unfreeze them and train again."
    assert said[2] == "The log has 3 epochs."
    assert said[3].startswith("It stalled at epoch 3: the variance of three validation losses was 0.00002")
    assert said[4] == "crack still swung between 50 % and 90 % in the last epochs."


def test_what_is_in_order_is_said_too():
    assert training_lines(Training("b", LAYERS[4:], ""))[1] == "The last 2 convolutions were trained."
    assert "never stalled" in training_lines(Training(curves=Curves((1,), (0.5,), (0.5,))))[1]
    assert training_lines(Training(notes="seed 7")) == ()
