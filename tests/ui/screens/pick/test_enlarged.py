from fieldcheck.ui.screens.pick.captions import EnlargedView


class Shown:
    is_large = is_pixels = False

    def show_large(self, on, pixels=False):
        self.is_large, self.is_pixels = on, pixels


def test_the_picture_opens_whole_or_pixel_for_pixel_and_closes_once():
    view = Shown()
    large = EnlargedView(view)
    large.toggle_enlarged()
    assert (view.is_large, view.is_pixels) == (True, False)
    large.toggle_pixel_mode()
    assert (view.is_large, view.is_pixels) == (True, True)
    large.toggle_pixel_mode()
    assert (view.is_large, view.is_pixels) == (True, False)
    assert large.close_enlarged()
    assert not view.is_large
    assert not large.close_enlarged()
