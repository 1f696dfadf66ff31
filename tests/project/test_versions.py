from fieldcheck.project import schema


def test_the_version_that_came_last_is_the_newest(db):
    for version in ("0.2.0", "0.3.0", "0.2.0"):
        schema.store_version(db, version)
    assert schema.get_newest_version(db) == "0.2.0"


def test_a_new_database_knows_who_made_it(db):
    assert schema.get_newest_version(db) == "0.1.0"
