import json

from fieldcheck.domain.run import QuantisedModel
from tests.models.test_quantised_messages import FOUND


def test_what_is_written_is_read_back_through_json():
    assert QuantisedModel.from_json(json.loads(json.dumps(FOUND.to_json()))) == FOUND
    assert FOUND.field.n == 100
