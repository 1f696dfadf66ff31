import pytest

from fieldcheck.ui.widgets.buttons import KINDS, VerdictSign


def painted(look, qtbot, kind):
    sign = VerdictSign(look)
    qtbot.addWidget(sign)
    sign.show_kind(kind)
    picture = sign.grab().toImage()
    return [
        [picture.pixelColor(x, y).name() for x in range(picture.width())]
        for y in range(picture.height())
    ]


def test_every_shape_is_another_one_also_without_colour(look, qtbot):
    nothing = painted(look, qtbot, "")
    ground = nothing[0][0]
    forms = {
        kind: tuple(tuple(colour == ground for colour in row) for row in painted(look, qtbot, kind))
        for kind in KINDS
    }
    assert len(set(forms.values())) == len(KINDS)
    assert all(not all(map(all, form)) for form in forms.values())


@pytest.mark.parametrize(
    ("kind", "colour"), [("octagon", "alarm"), ("tick", "accent"), ("triangle", "warn")]
)
def test_a_shape_has_the_colour_of_its_meaning(look, qtbot, kind, colour):
    assert getattr(look.tokens, colour).lower() in {
        one for row in painted(look, qtbot, kind) for one in row
    }


def test_an_unknown_shape_paints_nothing(look, qtbot):
    assert painted(look, qtbot, "star") == painted(look, qtbot, "")
