from pathlib import Path

import pytest

from fieldcheck.capture.video_index import video_index
from fieldcheck.capture.whole_video import LEAP, WholeVideo
from tests.capture.made import number_of, write_uneven, write_video


@pytest.fixture(scope="module", params=["even", "uneven"])
def path(request, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("v")
    if request.param == "even":
        return write_video(folder / "even.mp4", 150)
    return write_uneven(folder / "uneven.mkv", [tick + tick // 10 * 7 for tick in range(150)])


def test_it_holds_the_first_frame_and_goes_on_to_the_end(path):
    with WholeVideo(path, video_index(path)) as whole:
        seen = [number_of(whole.picture()[..., ::-1])]
        assert whole.held == 0
        while whole.held < 150:
            seen.append(whole.held)
            whole.go_on()
        assert seen == [0, *range(150)]
        assert not whole.is_turned


def test_any_frame_is_held_that_is_gone_to_near_or_far_ahead_or_behind(path):
    with WholeVideo(path, video_index(path)) as whole:
        for index in (3, 3 + LEAP, 3 + LEAP, 148, 20, 1):
            whole.go_to(index)
            assert (whole.held, number_of(whole.picture()[..., ::-1])) == (index, index)
