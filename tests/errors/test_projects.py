from fieldcheck.errors import FieldcheckError, projects
from fieldcheck.words.project_errors import PROJECT_ERRORS


def test_every_error_of_this_room_has_its_sentence_in_the_room_of_the_same_name():
    own = {kind for kind in vars(projects).values() if isinstance(kind, type) and issubclass(kind, FieldcheckError)} - {FieldcheckError}
    assert own == set(PROJECT_ERRORS)
