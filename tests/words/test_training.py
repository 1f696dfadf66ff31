from fieldcheck.domain.training import Curves, FieldRange, Hardest, Layer, Training, TrainingRecipe
from fieldcheck.words.training import training_lines

LAYERS = tuple(Layer(f"conv{k}", True, k < 4) for k in range(6))
CURVES = Curves((1, 2, 3), (0.5, 0.4, 0.3), (0.71, 0.70, 0.71), {"crack": (0.5, 0.9, 0.8)})


def test_frozen_blocks_and_a_stall_are_named():
    said = training_lines(Training("base.onnx", LAYERS, "", CURVES))
    assert said[0] == "4 of 6 layers are bit for bit those of base.onnx."
    assert said[1] == "Of the last 4 convolutions 2 never changed (conv2, conv3): unfreeze them and train again."
    assert said[2] == "The log has 3 epochs."
    assert said[3].startswith("It stalled at epoch 3: the variance of three validation losses was 0.00002")
    assert said[4] == "crack still swung between 50% and 90% in the last epochs."


def test_what_is_in_order_is_said_too():
    assert training_lines(Training("b", LAYERS[4:], ""))[1] == "The last 2 convolutions were trained."
    assert "never stalled" in training_lines(Training(curves=Curves((1,), (0.5,), (0.5,))))[1]
    assert training_lines(Training(notes="seed 7")) == ()


RECIPE = TrainingRecipe("train.json", (Hardest("jpeg", "quality", 50.0),), ("HorizontalFlip", "CoarseDropout"))
RANGES = (
    FieldRange("jpeg", "quality", (70.0, 48.0, 31.0), 50.0, (False, True, True)),
    FieldRange("gauss_noise", "sigma", (3.0, 4.0, 6.5), None, (True, True, True)),
    FieldRange("gamma", "exponent", (1.1, 1.2, 1.3), 1.5, (False, False, False)),
)


def test_severities_outside_of_the_trained_range_are_named():
    said = training_lines(Training(recipe=RECIPE), RANGES)
    assert said == (
        "Trained with train.json: 2 of 3 things that this camera does to its pictures lie outside what was trained.",
        "JPEG: here quality 70, quality 48 and quality 31; trained as far as quality 50. Outside: moderate, severe.",
        "Gaussian noise: here σ 3.0, σ 4.0 and σ 6.5; never trained.",
        "Its other transforms say nothing about this: HorizontalFlip, CoarseDropout.",
    )


def test_a_camera_inside_the_trained_range_is_said_to_be():
    told = Training(recipe=TrainingRecipe("t.yaml", ()))
    assert training_lines(told, RANGES[2:])[0].endswith("all that this camera does to its pictures lies inside what was trained.")
    assert training_lines(told, ())[0].endswith("this camera corrupts its pictures no more than the benchmark's are.")
    assert training_lines(told)[0].endswith("what this camera does is measured once there are footage and a benchmark.")


def test_the_checkpoint_and_the_seed_of_the_training_are_told():
    found = Training(checkpoint="last.pt", checkpoint_sha256="ab" * 32, seed=7)
    assert training_lines(found) == (f"Exported from last.pt (SHA-256 {'ab' * 6}).", "Random seed of the training: 7.")
    assert training_lines(Training(seed=7)) == ("Random seed of the training: 7.",)
