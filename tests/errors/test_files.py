from fieldcheck.errors import files
from fieldcheck.errors.file_messages import FILE_ERRORS
from fieldcheck.errors.files import FieldcheckError


def test_every_error_of_this_room_has_its_sentence_in_the_room_of_the_same_name():
    own = {
        kind
        for kind in vars(files).values()
        if isinstance(kind, type) and issubclass(kind, FieldcheckError)
    } - {FieldcheckError}
    assert own == set(FILE_ERRORS)
