from fieldcheck.project.schema import TABLES, MigrationStep, ProjectTable


def test_a_step_makes_its_tables_with_their_indices_and_then_changes_others():
    step = MigrationStep(
        "day",
        (ProjectTable("day", "CREATE TABLE day (d)", indices=("CREATE INDEX day_d ON day (d)",)),),
        ("ALTER TABLE x",),
    )
    expected = ("CREATE TABLE day (d)", "CREATE INDEX day_d ON day (d)", "ALTER TABLE x")
    assert step.statements == expected


def test_a_table_is_declared_once_and_under_the_name_that_its_sql_gives_it():
    names = [table.name for table in TABLES]
    assert len(set(names)) == len(names)
    assert [
        table.name for table in TABLES if not table.sql.startswith(f"CREATE TABLE {table.name} (")
    ] == []


def test_only_a_table_that_acts_change_says_which_frame_a_row_is_about():
    assert [
        table.name for table in TABLES if (table.frame or table.labels) and not table.edited_by
    ] == []


def test_what_a_table_speaks_of_is_declared():
    names = {table.name for table in TABLES}
    assert [
        table.name
        for table in TABLES
        if table.reference and table.reference.target_table not in names
    ] == []
