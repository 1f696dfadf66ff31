import os

import pytest

from fieldcheck.errors.files import PathMissing
from fieldcheck.files import RESERVE, DiskReserve

MB = 1_000_000


def test_the_reserve_takes_up_its_room_and_gives_it_back(tmp_path):
    reserve = DiskReserve(tmp_path, 3 * MB + 5)
    reserve.reserve_space()
    found = (tmp_path / RESERVE).stat()
    assert found.st_size == 3 * MB + 5
    assert found.st_blocks * 512 >= 3 * MB
    reserve.release()
    reserve.release()
    assert list(tmp_path.iterdir()) == []


def test_a_reserve_for_which_there_is_no_room_leaves_nothing(tmp_path):
    with pytest.raises(PathMissing):
        DiskReserve(tmp_path / "gone", 10).reserve_space()


@pytest.mark.skipif(os.name == "nt", reason="links need a right there")
def test_the_reserve_is_not_written_through_a_link(tmp_path):
    (tmp_path / "elsewhere").write_bytes(b"mine")
    (tmp_path / RESERVE).symlink_to(tmp_path / "elsewhere")
    held = DiskReserve(tmp_path, 1 << 16)
    held.reserve_space()
    held.release()
    assert (tmp_path / "elsewhere").read_bytes() == b"mine"
