from fieldcheck.ui.screens.pick.enlarged import LargePicture


class Shown:
    is_large = is_pixels = False

    def show_large(self, on, pixels=False):
        self.is_large, self.is_pixels = on, pixels


def test_the_picture_opens_whole_or_pixel_for_pixel_and_closes_once():
    view = Shown()
    large = LargePicture(view)
    large.open()
    assert (view.is_large, view.is_pixels) == (True, False)
    large.pixels()
    assert (view.is_large, view.is_pixels) == (True, True)
    large.pixels()
    assert (view.is_large, view.is_pixels) == (True, False)
    assert large.close()
    assert not view.is_large
    assert not large.close()
