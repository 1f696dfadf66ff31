import hashlib
import random
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import cv2
import numpy as np
import pytest
from PIL import Image, ImageOps

from fieldcheck.errors.files import PathMissing, PictureUnreadable
from fieldcheck.imaging import codec
from tests.programs import run_python

ORIENTATION, CHANGED = 0x0112, 0x0132


@pytest.fixture
def rgb() -> np.ndarray:
    """A coloured picture of 60 x 80 whose corners differ."""
    rough = np.random.default_rng(0).integers(0, 256, (6, 8, 3), dtype=np.uint8)
    return cv2.resize(rough, (80, 60), interpolation=cv2.INTER_CUBIC)


def saved(tmp_path, name, picture, **how):
    path = tmp_path / name
    picture.save(path, **how)
    return path


@pytest.mark.parametrize("name", ["a.png", "a.bmp", "a.tif", "a.ppm"])
def test_pixels_come_back_as_they_were_saved(tmp_path, rgb, name):
    assert np.array_equal(codec.read_image(saved(tmp_path, name, Image.fromarray(rgb))), rgb)


def test_the_hash_is_that_of_the_bytes_that_were_decoded(tmp_path, rgb):
    path = saved(tmp_path, "a.jpg", Image.fromarray(rgb))
    pixels, sha256 = codec.read_image_and_hash(path)
    assert np.array_equal(pixels, codec.read_image(path))
    assert sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert codec.read_image_and_hash(path, hashed=False)[1] == ""


def test_a_jpeg_has_the_pixels_that_opencv_decodes(tmp_path, rgb):
    path = saved(tmp_path, "a.jpg", Image.fromarray(rgb), quality=80)
    assert np.array_equal(codec.read_image(path), cv2.imread(str(path))[..., ::-1])


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("ending", ["jpg", "png", "webp", "tif"])
def test_a_picture_is_turned_as_its_exif_says(tmp_path, rgb, ending, orientation):
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    path = saved(tmp_path, f"a.{ending}", Image.fromarray(rgb), exif=exif)
    with Image.open(path) as picture:
        upright = np.asarray(ImageOps.exif_transpose(picture).convert("RGB"))
    assert np.array_equal(codec.read_image(path), upright)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("ending", ["jpg", "png", "tif"])
def test_the_size_is_that_of_the_picture_as_it_is_read(tmp_path, rgb, ending, orientation):
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    path = saved(tmp_path, f"a.{ending}", Image.fromarray(rgb), exif=exif)
    height, width, _ = codec.read_image(path).shape
    assert codec.read_image_size(path) == (width, height)
    assert (width < height) == (orientation in {5, 6, 7, 8})


@pytest.mark.parametrize("orientation", [1, 6])
@pytest.mark.parametrize("ending", ["png", "tif"])
@pytest.mark.parametrize("depth", [np.uint8, np.uint16])
def test_what_is_drawn_is_turned_as_its_exif_says(tmp_path, depth, ending, orientation):
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    drawn = np.zeros((3, 5), depth)
    drawn[0, 0] = 255
    path = saved(tmp_path, f"a.{ending}", Image.fromarray(drawn), exif=exif)
    upright = drawn > 0 if orientation == 1 else np.rot90(drawn > 0, -1)
    assert np.array_equal(codec.read_drawn_pixels(path), upright)


def test_notes_of_a_png_that_stand_after_its_pixels_turn_it_too(tmp_path, rgb):
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    data = saved(tmp_path, "a.png", Image.fromarray(rgb), exif=exif).read_bytes()
    at = data.index(b"eXIf") - 4
    notes = data[at : at + 12 + int.from_bytes(data[at : at + 4], "big")]
    rest = data.replace(notes, b"")
    assert np.array_equal(codec.decode_image(rest), rgb)
    assert np.array_equal(
        codec.decode_image(rest[:-12] + notes + rest[-12:]), codec.decode_image(data)
    )


def test_the_size_of_a_png_without_notes_is_told_without_its_pixels(tmp_path, rgb):
    path = saved(tmp_path, "a.png", Image.fromarray(rgb))
    path.write_bytes(path.read_bytes()[:100])
    assert codec.read_image_size(path) == (80, 60)


def test_an_impossible_orientation_is_passed_over(tmp_path, rgb):
    exif = Image.Exif()
    exif[ORIENTATION] = 99
    image = codec.read_image(saved(tmp_path, "a.png", Image.fromarray(rgb), exif=exif))
    assert np.array_equal(image, rgb)


@pytest.mark.parametrize("name", ["a.png", "a.tif"])
@pytest.mark.parametrize("channels", [1, 3])
def test_sixteen_bits_become_the_eight_that_show_the_same(tmp_path, name, channels):
    deep = (np.arange(48 * 64, dtype=np.uint32) * 21 % 65536).astype(np.uint16).reshape(48, 64)
    cv2.imwrite(str(tmp_path / name), np.dstack([deep] * channels).squeeze())
    actual = codec.read_image(tmp_path / name)
    assert actual == pytest.approx(np.dstack([(deep >> 8).astype(np.uint8)] * 3), abs=1)


@pytest.mark.parametrize("mode", ["L", "1", "P", "LA", "RGBA", "CMYK"])
def test_every_kind_of_picture_becomes_three_channels(tmp_path, rgb, mode):
    image = Image.fromarray(rgb).convert(mode)
    path = saved(tmp_path, "a.tif" if mode == "CMYK" else "a.png", image)
    wanted = pytest.approx(np.asarray(Image.fromarray(rgb).convert(mode).convert("RGB")), abs=3)
    assert codec.read_image(path) == wanted


def test_transparency_is_dropped_and_not_painted(tmp_path, rgb):
    picture = Image.fromarray(rgb).convert("RGBA")
    picture.putalpha(3)
    assert np.array_equal(codec.read_image(saved(tmp_path, "a.png", picture)), rgb)
    palette = Image.fromarray(rgb).convert("P")
    clear = saved(tmp_path, "p.png", palette, transparency=bytes(range(256)))
    assert np.array_equal(codec.read_image(clear), np.asarray(palette.convert("RGB")))


def test_a_cmyk_jpeg_has_its_colours(tmp_path, rgb):
    path = saved(tmp_path, "a.jpg", Image.fromarray(rgb).convert("CMYK"), quality=95)
    assert np.abs(codec.read_image(path).astype(int) - rgb).max() < 12


@pytest.mark.long
def test_a_picture_of_forty_megapixels_is_read(tmp_path):
    path = tmp_path / "large.jpg"
    cv2.imwrite(str(path), np.full((5000, 8000), 90, np.uint8))
    assert codec.read_image(path).shape == (5000, 8000, 3)


@pytest.mark.long
@pytest.mark.parametrize("name", ["huge.png", "huge.jpg", "huge.tif"])
def test_a_picture_of_more_than_120_megapixels_is_refused_before_it_is_decoded(tmp_path, name):
    cv2.imwrite(str(tmp_path / name), np.zeros((11_000, 11_000), np.uint8))
    with pytest.raises(PictureUnreadable) as raised:
        codec.read_image(tmp_path / name)
    assert raised.value.problem == "too_large"


@pytest.mark.parametrize(
    "content", [b"", b"no picture at all\n" * 30, b"%!PS-Adobe-3.0 EPSF-3.0\nquit\n"]
)
def test_what_is_no_picture_is_said_to_be_none(tmp_path, content):
    path = tmp_path / "text.jpg"
    path.write_bytes(content)
    with pytest.raises(PictureUnreadable) as raised:
        codec.read_image(path)
    assert raised.value.problem == "not_a_picture"


def test_a_picture_of_a_phone_is_said_to_be_in_a_format_that_is_not_read(tmp_path):
    (tmp_path / "a.HEIC").write_bytes(b"ftypheic" * 30)
    with pytest.raises(PictureUnreadable) as raised:
        codec.read_image(tmp_path / "a.HEIC")
    assert raised.value.problem == "no_decoder"


@pytest.mark.parametrize("ending", ["jpg", "png", "webp", "bmp", "tif"])
@pytest.mark.parametrize("kept", [0.1, 0.5, 0.95])
def test_a_torn_picture_is_damaged(tmp_path, rgb, ending, kept, capfd):
    path = saved(tmp_path, f"a.{ending}", Image.fromarray(rgb))
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * kept)])
    with pytest.raises(PictureUnreadable) as raised:
        codec.read_image(path)
    assert raised.value.problem == "damaged"
    assert raised.value.path == path
    assert capfd.readouterr() == ("", "")


def test_fractions_are_refused_because_nobody_knows_their_white(tmp_path):
    cv2.imwrite(str(tmp_path / "a.tif"), np.ones((8, 8), np.float32))
    with pytest.raises(PictureUnreadable):
        codec.read_image(tmp_path / "a.tif")


def test_a_missing_file_and_a_folder_are_told_apart(tmp_path):
    with pytest.raises(PathMissing):
        codec.read_image(tmp_path / "nothing.png")
    with pytest.raises(PictureUnreadable):
        codec.read_image(tmp_path)


@pytest.mark.parametrize("ending", ["jpg", "png", "webp", "bmp", "tif", "gif"])
def test_whatever_is_damaged_is_a_picture_or_one_error_alone(tmp_path, rgb, ending, capfd, counts):
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    whole = saved(
        tmp_path,
        f"a.{ending}",
        Image.fromarray(rgb),
        **({"exif": exif} if ending in ("jpg", "png", "webp") else {}),
    ).read_bytes()
    chance = random.Random(3)
    for _ in range(counts(ci=120, full=2000)):
        data = bytearray(whole)
        for _ in range(chance.choice((1, 3, 20))):
            data[chance.randrange(min(len(data), chance.choice((40, 400, 100_000))))] = (
                chance.randrange(256)
            )
        with suppress(PictureUnreadable):
            assert codec.decode_image(bytes(data)).shape[2] == 3
    assert capfd.readouterr() == ("", "")


def test_no_thread_waits_until_another_has_decoded(rgb, monkeypatch):
    opened, both = Image.open, threading.Barrier(2)

    def open_together(*given, **named):
        both.wait(10)  # breaks where only one may be here
        return opened(*given, **named)

    monkeypatch.setattr(Image, "open", open_together)
    with ThreadPoolExecutor(2) as pool:
        found = list(pool.map(codec.decode_image, [codec.encode_png(rgb)] * 2))
    assert [np.array_equal(one, rgb) for one in found] == [True, True]


def test_what_pillow_remarks_on_a_damaged_picture_is_printed_nowhere(tmp_path, rgb):
    path = tmp_path / "a.jpg"
    Image.fromarray(rgb).save(path, "jpeg", exif=b"Exif\0\0II*\0" + b"\xff" * 20)
    code = (
        "import sys, warnings; from fieldcheck.imaging.codec import decode_image; "
        "decode_image(open(sys.argv[1], 'rb').read()); warnings.warn('of somebody else')"
    )
    done = run_python("-c", code, path, check=True)
    assert done.stdout == ""
    assert "PIL" not in done.stderr
    assert "of somebody else" in done.stderr


def test_lossless_is_lossless(rgb):
    noise = np.random.default_rng(1).integers(0, 256, (61, 47, 3), dtype=np.uint8)
    for picture in (rgb, noise, rgb[::2, ::3]):
        assert np.array_equal(codec.decode_image(codec.encode_png(picture)), picture)


def test_jpeg_quality_is_paid_for_in_bytes(rgb):
    good, poor = codec.encode_jpeg(rgb, 95), codec.encode_jpeg(rgb, 20)
    assert len(good) > len(poor)
    error = np.abs(codec.decode_image(good).astype(int) - rgb).mean()
    assert error < np.abs(codec.decode_image(poor).astype(int) - rgb).mean()


def test_what_cannot_be_encoded_is_refused():
    with pytest.raises((ValueError, cv2.error)):
        codec.encode_png(np.zeros((0, 4, 3), np.uint8))


def test_the_hash_is_of_the_raw_bytes_row_by_row(rgb):
    assert codec.compute_pixels_sha256(rgb) == hashlib.sha256(rgb.tobytes()).hexdigest()
    assert codec.compute_pixels_sha256(rgb[:, ::2]) == codec.compute_pixels_sha256(
        rgb[:, ::2].copy()
    )


@pytest.mark.parametrize("ending", ["jpg", "png", "tif"])
def test_a_picture_says_when_its_camera_took_it(tmp_path, rgb, ending):
    exif = Image.Exif()
    exif[CHANGED] = "2026:03:04 05:06:07"
    early = codec.read_capture_time(saved(tmp_path, f"a.{ending}", Image.fromarray(rgb), exif=exif))
    exif[CHANGED] = "2026:03:04 06:06:07"
    late = codec.read_capture_time(saved(tmp_path, f"b.{ending}", Image.fromarray(rgb), exif=exif))
    assert late - early == 3600


def test_a_picture_without_notes_says_nothing_of_time(tmp_path, rgb):
    assert codec.read_capture_time(saved(tmp_path, "a.png", Image.fromarray(rgb))) is None
    exif = Image.Exif()
    exif[CHANGED] = "a while ago"
    assert (
        codec.read_capture_time(saved(tmp_path, "a.jpg", Image.fromarray(rgb), exif=exif)) is None
    )


def test_what_is_no_picture_has_no_time(tmp_path):
    (tmp_path / "a.jpg").write_text("no image")
    with pytest.raises(PictureUnreadable):
        codec.read_capture_time(tmp_path / "a.jpg")
    with pytest.raises(PathMissing):
        codec.read_capture_time(tmp_path / "b.jpg")


COUNT = (
    "import importlib, sys; importlib.import_module(sys.argv[1]); import cv2; "
    "print(cv2.getNumThreads())"
)


@pytest.mark.long
@pytest.mark.parametrize("work", [
    "footage.frame_listing", "sampling.pick_frames", "corruptions.live_view",
    "corruptions.sweep", "models.run", "analyses.coverage",
])  # fmt: skip
def test_opencv_computes_on_the_thread_that_calls_it_whatever_is_at_work(work):
    got = run_python("-c", COUNT, f"fieldcheck.{work}", check=True)
    assert got.stdout == "1\n"
