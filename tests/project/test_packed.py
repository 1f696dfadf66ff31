import json
import sqlite3

import numpy as np
import pytest

from fieldcheck.errors.projects import ProjectDamaged, ProjectNewer
from fieldcheck.models.run import get_benchmark_root
from fieldcheck.project import schema
from fieldcheck.project import schema as migrate
from fieldcheck.project.repair import (
    check_foreign_project,
    open_packed,
    remove_machine_traces,
    stage_databases,
)
from fieldcheck.project.tables import labels
from tests.hostile.projects import STATEMENTS, put_back, run


@pytest.fixture
def staged(labelled, tmp_path):
    folder = tmp_path / "staged.fieldcheck"
    folder.mkdir()
    labelled.cache.put_vectors("looks x", "", {})
    labelled.cache.put_vectors("paths", "", {"/home/ana/a.png|1|2": np.zeros(2, np.float32)})
    stage_databases(labelled, folder, "paths")
    remove_machine_traces(folder, {})
    return folder


def test_a_staged_database_is_one_sound_file_with_everything_in_it(labelled, staged):
    check_foreign_project(staged)
    assert sorted(path.name for path in staged.iterdir()) == ["cache.db", "project.db"]
    with open_packed(staged) as project:
        assert project.read(labels.list_labels) == labelled.read(labels.list_labels)
        assert not project.writable


def test_vectors_are_carried_but_for_those_left_out_and_pictures_are_not(labelled, staged):
    with open_packed(staged) as project:
        kept = [row for row in labelled.cache.list_vectors() if row[0] != "paths"]
        assert project.cache.list_vectors() == kept
        assert kept
        assert (
            project.cache.get_thumbnails([one.frame_id for one in project.read(labels.list_labels)])
            == {}
        )


def test_a_packed_project_looks_at_nothing_outside_its_folder(staged):
    from fieldcheck.project.tables import models as benchmarks

    with open_packed(staged) as project:
        expected = staged / "benchmark"
        assert get_benchmark_root(project, project.read(benchmarks.get_benchmark)) == expected


# What a row says of a recording is held against the folder when its file is asked for; the rest is
# refused at once.
@pytest.mark.parametrize("name", [name for name in STATEMENTS if name != "path of a recording"])
def test_what_no_database_of_ours_holds_is_refused(staged, name):
    run(staged / "project.db", STATEMENTS[name])
    with pytest.raises(ProjectDamaged):
        check_foreign_project(staged)


@pytest.mark.parametrize("n", range(1, len(schema.STEPS)))
def test_an_earlier_schema_is_brought_up_to_date_and_then_looked_through(staged, n):
    put_back(staged / "project.db", n)
    before = sorted(path.name for path in staged.iterdir())
    check_foreign_project(staged)
    assert sorted(path.name for path in staged.iterdir()) == before
    with open_packed(staged) as project:
        assert project.read(migrate.schema_state) == "current"
    put_back(staged / "project.db", n)
    run(staged / "project.db", STATEMENTS["path of a pick" if n > 2 else "path of a model"])
    with pytest.raises(ProjectDamaged, match=r"outside|absolute"):
        check_foreign_project(staged)


@pytest.mark.parametrize(
    "fact",
    [
        '{"sampled":[{"picture":"/etc/passwd"}]}', '{"sampled":[{"picture":"//host/a"}]}',
        '{"outliers":[["","",0,"../a"]]}', '{"folder":"/log/"}', '{"folder":"//host/log/"}',
        '{"sampled":1}',
    ],
)  # fmt: skip
def test_a_picture_on_some_computer_is_refused_and_none_of_ours_goes_there(staged, fact):
    run(
        staged / "project.db",
        f"INSERT INTO model_fact VALUES (NULL, 'shift', '', '', '', '{fact}', '')",
    )
    with pytest.raises(ProjectDamaged):
        check_foreign_project(staged)
    if fact != '{"sampled":1}':
        remove_machine_traces(staged, {})
        check_foreign_project(staged)


def test_a_value_that_is_nested_without_end_is_refused(staged):
    run(staged / "project.db", f"UPDATE edit_row SET kind = 'setting', before = '{'[' * 100_000}'")
    with pytest.raises(ProjectDamaged):
        check_foreign_project(staged)


GOLDEN = '[{"name":"g","root":"%s","format":"csv","n":1}]'


@pytest.mark.parametrize("root", ["/golden", "/home/ana/golden", "//host/golden", "C:/golden"])
def test_a_golden_set_on_some_computer_is_refused_also_where_undo_would_bring_it_back(staged, root):
    value = GOLDEN % root
    edit = json.dumps({"key": "golden", "value": value})
    for statement in (
        f"INSERT INTO setting VALUES ('golden', '{value}')",
        f"UPDATE edit_row SET kind = 'setting', before = '{edit}'",
    ):
        run(staged / "project.db", statement)
        with pytest.raises(ProjectDamaged):
            check_foreign_project(staged)
        remove_machine_traces(staged, {})
        run(staged / "project.db", "DELETE FROM setting WHERE key = 'golden'")
    assert f'"{root}' not in (staged / "project.db").read_text("latin-1")


def test_a_foreign_cache_and_a_later_version_are_refused(staged):
    with sqlite3.connect(staged / "cache.db") as db:
        db.execute("CREATE VIEW v AS SELECT 1")
    db.close()
    with pytest.raises(ProjectDamaged):
        check_foreign_project(staged)
    (staged / "cache.db").unlink()
    with sqlite3.connect(staged / "project.db") as db:
        db.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name) VALUES ('fieldcheck', 'later')"
        )
    db.close()
    with pytest.raises(ProjectNewer):
        check_foreign_project(staged)


def test_a_damaged_page_is_found_before_anything_is_asked(staged):
    data = bytearray((staged / "project.db").read_bytes())
    data[8192:8300] = b"\xff" * 108
    (staged / "project.db").write_bytes(data)
    with pytest.raises(ProjectDamaged):
        check_foreign_project(staged)
