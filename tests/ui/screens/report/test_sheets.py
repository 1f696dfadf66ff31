import io

from PIL import Image

from fieldcheck.ui.screens.report.panel import SHARP, build_error_images, build_page_images


def picture(width, height, form):
    out = io.BytesIO()
    Image.new("RGB", (width, height), "red").save(out, form)
    return out.getvalue()


def test_a_page_keeps_its_pixels_and_its_thumb_is_sharp(qapp):
    (sheet,) = build_page_images((picture(210, 297, "PNG"),), thumb_width=60)
    assert (sheet.page.width(), sheet.page.height()) == (210, 297)
    assert sheet.thumb.width() == 60 * SHARP
    assert sheet.thumb.deviceIndependentSize().toSize().width() == 60


def test_a_worst_frame_has_its_height_and_its_words(qapp):
    (frame,) = build_error_images([(picture(160, 90, "JPEG"), "Crack", "OK")], height=45)
    assert (frame.truth, frame.prediction) == ("Crack", "OK")
    assert frame.picture.deviceIndependentSize().toSize().height() == 45
    assert frame.picture.deviceIndependentSize().toSize().width() == 80
