from fieldcheck.ui.screens.evidence.presenter import PARTS
from fieldcheck.ui.screens.evidence.spec import SPEC


def test_each_part_has_its_action_on_the_key_of_its_place_and_says_what_it_is_for():
    keys = {entry.id: entry.keys for entry in SPEC.actions()}
    for at, part in enumerate(PARTS, 1):
        assert keys[f"evidence.{part.code}"] == (str(at),)
        assert part.name()
        # as much as has room beside the main action in the narrow window
        assert len(part.hint()) <= 45
