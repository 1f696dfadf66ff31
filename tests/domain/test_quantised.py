import json

from fieldcheck.domain.quantised import QuantisedModel
from tests.words.test_quantised import FOUND


def test_what_is_written_is_read_back_through_json():
    assert QuantisedModel.from_json(json.loads(json.dumps(FOUND.to_json()))) == FOUND
    assert FOUND.field.n == 100
