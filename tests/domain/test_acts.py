from fieldcheck.domain.project_state import ACTS
from fieldcheck.project.schema import EDITED


def test_acts_stand_once_and_in_the_order_of_the_alphabet():
    names = [one.name for one in ACTS]
    assert names == sorted(set(names))


def test_an_act_writes_edit_tables_and_nothing_else():
    assert [one.name for one in ACTS if not one.tables or not set(one.tables) <= set(EDITED)] == []


def test_every_edit_table_is_written_by_an_act():
    assert {table for one in ACTS for table in one.tables} == set(EDITED)


def test_a_key_is_one_of_the_settings():
    assert [one.name for one in ACTS if bool(one.key) is not (one.tables == ("setting",))] == []
