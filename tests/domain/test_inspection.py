import pytest

from fieldcheck.domain.report import guess_ok_classes


@pytest.mark.parametrize(
    ("classes", "ok"),
    [
        (("ok", "crack", "burr"), ("ok",)),
        (("crack", "i.O.", "Gut"), ("i.O.", "Gut")),
        (("no defect", "defect"), ("no defect",)),
        (("cat", "dog"), ()),
        (("ok",), ()),
    ],
)
def test_names_that_say_good_are_proposed(classes, ok):
    assert guess_ok_classes(classes) == ok
