import json

from fieldcheck.domain.training import Training
from tests.analyses.test_training_info import FOUND


def test_what_is_written_is_read_back_through_json():
    assert Training.from_json(json.loads(json.dumps(FOUND.to_json()))) == FOUND
    assert Training.from_json(json.loads(json.dumps(Training().to_json()))) == Training()


def test_what_was_kept_before_there_were_recipes_is_read():
    old = Training(notes="seed 7").to_json()
    del old["recipe"]
    assert Training.from_json(old) == Training(notes="seed 7")


def test_the_last_blocks_are_convolutions():
    assert [layer.name for layer in FOUND.last_blocks] == ["conv2", "conv3", "conv4", "conv5"]
    assert FOUND.n_same == 4
