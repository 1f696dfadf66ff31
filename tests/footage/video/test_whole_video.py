from pathlib import Path

import pytest

from fieldcheck.footage.video.index import load_video_index
from fieldcheck.footage.video.reader import LEAP, FullVideoDecoder
from tests.footage.made import number_of, write_uneven, write_video


@pytest.fixture(scope="module", params=["even", "uneven"])
def path(request, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("v")
    if request.param == "even":
        return write_video(folder / "even.mp4", 150)
    return write_uneven(folder / "uneven.mkv", [tick + tick // 10 * 7 for tick in range(150)])


def test_it_holds_the_first_frame_and_goes_on_to_the_end(path):
    with FullVideoDecoder(path, load_video_index(path)) as whole:
        seen = [number_of(whole.retrieve_image()[..., ::-1])]
        assert whole.current_index == 0
        while whole.current_index < 150:
            seen.append(whole.current_index)
            whole.next_frame()
        assert seen == [0, *range(150)]
        assert not whole.is_turned


def test_any_frame_is_held_that_is_gone_to_near_or_far_ahead_or_behind(path):
    with FullVideoDecoder(path, load_video_index(path)) as whole:
        for index in (3, 3 + LEAP, 3 + LEAP, 148, 20, 1):
            whole.seek_frame(index)
            assert whole.current_index == index
            assert number_of(whole.retrieve_image()[..., ::-1]) == index
