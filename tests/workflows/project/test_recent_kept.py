import json
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldcheck.project.tables.standing import Standing
from fieldcheck.workflows.project.recent_kept import NAME, keep, keep_only, known
from fieldcheck.workflows.project.recent_project import Recent

STATE = [[1764000000123456789, 4096], [1764000000123456790, 32]]
FOUND = Recent(
    Path("/site/a.fieldcheck"), datetime(2026, 1, 2, 3, 4, 5, 678901), Standing(n_frames=7, seconds=1.5), b"\xff\xd8", 0.41, "not_ready"
)


def test_what_is_kept_comes_back_for_the_same_state_only(tmp_path):
    keep(tmp_path, FOUND, STATE, ())
    assert Recent(FOUND.path, **known(tmp_path, FOUND.path, STATE)) == FOUND
    assert known(tmp_path, FOUND.path, [[1764000000123456789, 4097], STATE[1]]) is None
    assert known(tmp_path, FOUND.path, STATE[:1]) is None
    assert known(tmp_path, Path("/site/b.fieldcheck"), STATE) is None


def test_pictures_of_projects_that_are_off_the_list_are_forgotten(tmp_path):
    for name in ("a", "b", "c"):
        keep(tmp_path, Recent(Path(f"/site/{name}"), FOUND.changed, FOUND.standing, b"x", None, ""), STATE, ["/site/a", "/site/b"])
    keep_only(tmp_path, ["/site/b"])
    assert known(tmp_path, Path("/site/a"), STATE) is None
    assert known(tmp_path, Path("/site/b"), STATE)["gap"] is None
    assert known(tmp_path, Path("/site/c"), STATE) is None


def test_a_place_that_cannot_be_written_disturbs_nobody(tmp_path):
    (tmp_path / "file").write_text("no folder")
    keep(tmp_path / "file", FOUND, STATE, ())
    assert known(tmp_path / "file", FOUND.path, STATE) is None


@pytest.mark.parametrize("name", ["state", "changed", "standing", "thumbnail", "gap", "readiness"])
@given(
    value=st.none()
    | st.integers()
    | st.text(max_size=5)
    | st.lists(st.integers(), max_size=2)
    | st.dictionaries(st.text(max_size=3), st.none(), max_size=2)
)
def test_a_torn_or_strange_file_is_as_good_as_none(tmp_path_factory, name, value):
    folder = tmp_path_factory.mktemp("cache")
    keep(folder, FOUND, STATE, ())
    whole = json.loads((folder / NAME).read_text())
    whole["projects"][str(FOUND.path)][name] = value
    (folder / NAME).write_text(json.dumps(whole))
    found = known(folder, FOUND.path, STATE)
    assert found is None or Recent(FOUND.path, **found).path == FOUND.path
    (folder / NAME).write_text(json.dumps(whole)[:40])
    assert known(folder, FOUND.path, STATE) is None
