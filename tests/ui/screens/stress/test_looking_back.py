from types import SimpleNamespace

from fieldcheck.ui.screens.stress.looking_back import LookingBack

FIRST, SECOND, THIRD = (SimpleNamespace(index=at) for at in range(3))


class Held:
    """Frames whose answer changed at 10, 20 and 21 seconds, and what is held."""

    def __init__(self, *kept):
        self.tally, self.found = SimpleNamespace(changed=lambda: kept), []

    def hold(self, earlier=None):
        self.found.append(earlier)


def held():
    return Held((10.0, FIRST), (20.0, SECOND), (21.0, THIRD))


def test_the_frame_of_a_moment_is_held_and_none_where_it_is_kept_no_more():
    holder = held()
    back = LookingBack(holder)
    for moment in (20.4, 10.0, 15.0):
        back.at(moment)
    assert holder.found == [SECOND, FIRST]


def test_the_key_goes_from_the_last_one_to_those_before_it():
    holder = held()
    back = LookingBack(holder)
    for _ in range(4):
        back.further()
    assert holder.found == [THIRD, SECOND, FIRST]


def test_without_a_changed_answer_nothing_is_held():
    holder = Held()
    LookingBack(holder).further()
    assert holder.found == []
