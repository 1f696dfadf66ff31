from fieldcheck.errors import labels
from fieldcheck.errors.files import FieldcheckError
from fieldcheck.errors.label_messages import LABEL_ERRORS


def test_every_error_of_this_room_has_its_sentence_in_the_room_of_the_same_name():
    own = {
        kind
        for kind in vars(labels).values()
        if isinstance(kind, type) and issubclass(kind, FieldcheckError)
    } - {FieldcheckError}
    assert own == set(LABEL_ERRORS)
