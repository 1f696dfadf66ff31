from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from fieldcheck.errors.labels import LabelsRefused
from fieldcheck.labels.formats.label_set import read_image_size


@pytest.mark.parametrize(
    ("orientation", "size"), [(1, (40, 30)), (3, (40, 30)), (6, (30, 40)), (8, (30, 40))]
)
def test_the_size_is_that_of_the_picture_as_it_is_shown(tmp_path, orientation, size):
    exif = Image.Exif()
    exif[0x0112] = orientation
    Image.new("RGB", (40, 30)).save(tmp_path / "a.jpg", exif=exif)
    assert read_image_size(tmp_path / "a.jpg") == size


def test_a_header_that_promises_more_than_anyone_decodes_is_only_read(tmp_path):
    Image.new("1", (12_000, 10_000)).save(tmp_path / "a.png")
    assert read_image_size(tmp_path / "a.png") == (12_000, 10_000)


@settings(max_examples=60)
@given(
    st.binary(max_size=200),
    st.integers(0, 700),
    st.sampled_from(["png", "jpg", "bmp", "tif", "webp", "gif"]),
)
def test_torn_and_random_files_are_refused_or_have_a_size(tmp_path_factory, noise, keep, ending):
    path = tmp_path_factory.mktemp("fuzz") / f"a.{ending}"
    Image.new("RGB", (20, 10), "red").save(path)
    path.write_bytes(path.read_bytes()[:keep] + noise)
    with suppress(LabelsRefused):
        assert min(read_image_size(path)) > 0
