from fieldcheck.errors import projects
from fieldcheck.errors.file_messages import PROJECT_ERRORS
from fieldcheck.errors.files import FieldcheckError


def test_every_error_of_this_room_has_its_sentence_in_the_room_of_the_same_name():
    own = {
        kind
        for kind in vars(projects).values()
        if isinstance(kind, type) and issubclass(kind, FieldcheckError)
    } - {FieldcheckError}
    assert own == set(PROJECT_ERRORS)
