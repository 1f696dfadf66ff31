import itertools
import re
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QFont, QFontInfo, QImage, QPainter, QPalette
from PySide6.QtWidgets import QCheckBox, QLabel, QRadioButton

from fieldcheck.paths import get_resource_path
from fieldcheck.ui import colours_and_high_contrast, theme
from fieldcheck.ui import theme as icons
from fieldcheck.ui.colours_and_high_contrast import (
    DARK,
    HC_DARK,
    HC_LIGHT,
    LIGHT,
    ON_DARK,
    ON_LIGHT,
    THEMES,
    compute_contrast,
)
from fieldcheck.ui.theme import Metrics, Theme, build_style_sheet
from fieldcheck.ui.widgets.combo_box import apply_mark_style
from fieldcheck.ui.widgets.layouts import make_label


@pytest.mark.parametrize("tokens", THEMES.values(), ids=list(THEMES))
def test_a_theme_paints_with_its_own_colours(qapp, qtbot, tokens):
    theme.apply_theme(qapp, Theme(tokens))
    shown = QLabel("x")
    qtbot.addWidget(shown)
    shown.resize(60, 20)
    assert shown.palette().color(QPalette.ColorRole.Window) == QColor(tokens.window)
    assert shown.grab().toImage().pixelColor(59, 19) == QColor(tokens.window)


def test_the_shipped_font_is_used_at_the_size_that_is_set(qapp):
    theme.apply_theme(qapp, Theme(metrics=Metrics(150)))
    assert QFontInfo(qapp.font()).family() == "Inter"
    assert qapp.font().pixelSize() == 21


def test_a_title_is_larger_than_the_text_under_it(qapp, qtbot):
    theme.apply_theme(qapp, Theme())
    title, body = make_label("Gap", "title"), make_label("Gap")
    for shown in (title, body):
        qtbot.addWidget(shown)
        shown.ensurePolished()
    assert title.font().pixelSize() == 22
    assert (body.font().pixelSize(), title.font().bold()) == (14, True)


def test_a_name_chooses_the_theme_and_no_name_leaves_it_to_the_system(qapp):
    assert colours_and_high_contrast.get_tokens(qapp, "hc_dark").name == "hc_dark"
    assert (
        colours_and_high_contrast.get_tokens(qapp, "").name
        == colours_and_high_contrast.get_system_tokens(qapp).name
    )
    assert colours_and_high_contrast.get_tokens(qapp, "purple").name in THEMES


def test_a_font_in_another_size_grows_with_the_setting_and_leaves_that_of_the_widget(qapp):
    own = QFont(qapp.font())
    before = own.pixelSize()
    made = Theme(metrics=Metrics(150)).make_font(own, 12, bold=True)
    assert (made.pixelSize(), made.bold(), made.family()) == (18, True, own.family())
    assert (own.pixelSize(), own.bold()) == (before, False)


# The contrasts of the design are recomputed here, and the class colours are compared as people
# with each kind of sight see them.


TEXT, MARK = 4.5, 3.0
ENHANCED = 7.0  # of text in high contrast
SURFACES = ("window", "rail", "panel", "hover", "pressed")
PAIRS = [
    *((text, surface, TEXT) for text in ("text", "text2") for surface in SURFACES),
    *((tone, surface, TEXT) for tone in ("accent", "ok", "warn_text", "alarm")
      for surface in ("window", "rail", "panel", "hover")),
    *((mark, surface, MARK) for mark in ("disabled", "border", "focus", "warn_mark")
      for surface in ("window", "rail", "panel", "hover")),
    ("ok", "ok_soft", TEXT), ("warn_text", "warn_soft", TEXT), ("alarm", "alarm_soft", TEXT),
    ("text", "ok_soft", TEXT), ("text", "warn_soft", TEXT), ("text", "alarm_soft", TEXT),
    ("on_selection", "selection", TEXT), ("on_accent", "accent", TEXT),
    ("on_alarm", "alarm", TEXT), ("on_warn", "warn", TEXT),
]  # fmt: skip
# Machado, Oliveira, Fernandes 2009, severity 1, for linear RGB.
SIGHTS = {
    "normal": np.eye(3),
    "protan": np.array([
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ]),
    "deutan": np.array([
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ]),
    "tritan": np.array([
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ]),
}  # fmt: skip
TO_XYZ = np.array([
    [0.4124564, 0.3575761, 0.1804375],
    [0.2126729, 0.7151522, 0.0721750],
    [0.0193339, 0.1191920, 0.9503041],
])  # fmt: skip
WHITE = np.array([0.95047, 1.0, 1.08883])


@pytest.mark.short_cases(6)
@pytest.mark.parametrize("theme", THEMES.values(), ids=list(THEMES))
@pytest.mark.parametrize(("front", "back", "least"), PAIRS)
def test_every_pair_meets_its_least_contrast(theme, front, back, least):
    least = ENHANCED if theme.name.startswith("hc") and least == TEXT else least
    assert compute_contrast(getattr(theme, front), getattr(theme, back)) >= least


@pytest.mark.parametrize("theme", THEMES.values(), ids=list(THEMES))
def test_a_number_can_be_read_on_every_step(theme):
    least = ENHANCED if theme.name.startswith("hc") else TEXT
    steps = [
        *zip(theme.on_errors, theme.errors, strict=True),
        *zip(theme.on_sweep, theme.sweep, strict=True),
        *((theme.text, step) for step in theme.correct),
    ]
    assert min(compute_contrast(front, back) for front, back in steps) >= least


@pytest.mark.parametrize("theme", THEMES.values(), ids=list(THEMES))
def test_a_greater_loss_is_darker(theme):
    light = [compute_contrast(step, "#000000") for step in theme.sweep]
    assert light == sorted(light, reverse=True)


@pytest.mark.parametrize(
    ("theme", "front", "back", "ratio"),
    [
        (LIGHT, "text", "window", 16.77),
        (LIGHT, "accent", "panel", 6.62),
        (LIGHT, "warn_text", "pressed", 5.28),
        (DARK, "text", "panel", 13.74),
        (DARK, "on_accent", "accent", 8.27),
        (DARK, "on_selection", "selection", 11.38),
        (HC_DARK, "on_alarm", "alarm", 10.30),
        (HC_LIGHT, "focus", "panel", 7.40),
        (HC_LIGHT, "on_warn", "warn", 13.15),
    ],
)  # fmt: skip
def test_the_ratios_are_those_of_the_design(theme, front, back, ratio):
    actual = compute_contrast(getattr(theme, front), getattr(theme, back))
    assert actual == pytest.approx(ratio, abs=0.005)


@pytest.mark.parametrize("theme", THEMES.values(), ids=list(THEMES))
def test_class_colours_stand_out_from_the_panel(theme):
    assert min(compute_contrast(colour, theme.panel) for colour in theme.classes) >= MARK


@pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=["light", "dark"])
def test_the_rail_is_hardly_darker_than_the_window(tokens):
    rail, window = (QColor(colour).lightnessF() for colour in (tokens.rail, tokens.window))
    assert 0 < window - rail < 0.042


@pytest.mark.parametrize("colours", [ON_LIGHT, ON_DARK], ids=["light", "dark"])
@pytest.mark.parametrize("sight", SIGHTS)
def test_two_class_colours_are_never_taken_for_each_other(colours, sight):
    assert (
        min(
            delta_e(lab(one, sight), lab(other, sight))
            for one, other in itertools.combinations(colours, 2)
        )
        >= 14
    )


def test_the_smallest_distances_are_those_of_the_design():
    smallest = {
        name: min(
            delta_e(lab(a, sight), lab(b, sight))
            for sight in SIGHTS
            for a, b in itertools.combinations(colours, 2)
        )
        for name, colours in (("light", ON_LIGHT), ("dark", ON_DARK))
    }
    assert smallest == {"light": pytest.approx(17.5, abs=0.1), "dark": pytest.approx(14.6, abs=0.1)}


def test_the_distance_is_that_of_ciede2000():
    """Three pairs of the test data that Sharma, Wu and Dalal published with the formula (2005)."""
    assert delta_e((50, 2.6772, -79.7751), (50, 0, -82.7485)) == pytest.approx(2.0425, abs=1e-4)
    assert delta_e((50, 2.5, 0), (73, 25, -18)) == pytest.approx(27.1492, abs=1e-4)
    actual = delta_e((6.7747, -0.2908, -2.4247), (5.8714, -0.0985, -2.2286))
    assert actual == pytest.approx(0.6377, abs=1e-4)


@pytest.mark.parametrize(("gloves", "sizes"), [(False, (36, 44, 28)), (True, (64, 64, 64))])
def test_targets_are_large_enough_for_a_finger_and_for_a_glove(gloves, sizes):
    metrics = Metrics(gloves=gloves)
    assert (metrics.target, metrics.class_row, metrics.chip) == sizes


def test_sizes_grow_with_the_interface():
    assert [Metrics(percent).scale_px(14) for percent in (90, 100, 125, 175)] == [13, 14, 18, 24]


def lab(colour, sight):
    srgb = np.array([int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)])
    linear = np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)
    seen = np.clip(SIGHTS[sight] @ linear, 0, 1)
    t = TO_XYZ @ seen / WHITE
    f = np.where(t > (6 / 29) ** 3, np.cbrt(t), t / (3 * (6 / 29) ** 2) + 4 / 29)
    return 116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])


def delta_e(one, other):
    (l1, a1, b1), (l2, a2, b2) = one, other
    mean_c = (np.hypot(a1, b1) + np.hypot(a2, b2)) / 2
    g = 0.5 * (1 - np.sqrt(mean_c**7 / (mean_c**7 + 25.0**7)))
    c1, c2 = np.hypot(a1 * (1 + g), b1), np.hypot(a2 * (1 + g), b2)
    h1, h2 = (np.degrees(np.arctan2(b, a * (1 + g))) % 360 for a, b in ((a1, b1), (a2, b2)))
    turn = h2 - h1
    turn = 0 if c1 * c2 == 0 else turn - 360 if turn > 180 else turn + 360 if turn < -180 else turn
    dl, dc, dh = l2 - l1, c2 - c1, 2 * np.sqrt(c1 * c2) * np.sin(np.radians(turn / 2))
    ml, mc = (l1 + l2) / 2, (c1 + c2) / 2
    mh = (
        h1 + h2
        if c1 * c2 == 0
        else (h1 + h2) / 2 + (0 if abs(h1 - h2) <= 180 else 180 if h1 + h2 < 360 else -180)
    )
    t = (
        1 - 0.17 * np.cos(np.radians(mh - 30)) + 0.24 * np.cos(np.radians(2 * mh))
        + 0.32 * np.cos(np.radians(3 * mh + 6)) - 0.20 * np.cos(np.radians(4 * mh - 63))
    )  # fmt: skip
    sl = 1 + 0.015 * (ml - 50) ** 2 / np.sqrt(20 + (ml - 50) ** 2)
    sc = 1 + 0.045 * mc
    sh = 1 + 0.015 * mc * t
    rotation = (
        -2
        * np.sqrt(mc**7 / (mc**7 + 25.0**7))
        * np.sin(np.radians(60 * np.exp(-(((mh - 275) / 25) ** 2))))
    )
    return np.sqrt(
        (dl / sl) ** 2 + (dc / sc) ** 2 + (dh / sh) ** 2 + rotation * (dc / sc) * (dh / sh)
    )


@pytest.mark.parametrize("tokens", THEMES.values(), ids=list(THEMES))
@pytest.mark.parametrize("kind", [QCheckBox, QRadioButton])
@pytest.mark.parametrize("checked", [False, True])
def test_a_check_box_can_be_seen_in_every_theme(qapp, qtbot, tokens, kind, checked):
    look = Theme(tokens, Metrics())
    theme.apply_theme(qapp, look)
    box = apply_mark_style(look, kind("Blind"))
    qtbot.addWidget(box)
    box.setChecked(checked)
    box.resize(120, 32)
    image = box.grab().toImage()
    back = QColor(tokens.window)
    seen = [image.pixelColor(x, image.height() // 2) for x in range(3, 24)]
    edge = [colour for colour in seen if compute_contrast(colour.name(), back.name()) >= 3]
    assert len(edge) >= 3
    assert len(edge) >= (8 if checked and kind is QCheckBox else 3)


@pytest.mark.parametrize("tokens", THEMES.values(), ids=list(THEMES))
def test_the_sheet_is_filled_and_names_no_colour_of_its_own(tokens):
    text = build_style_sheet(tokens, Metrics())
    assert "$" not in text
    ours = {
        value
        for name in tokens.__dataclass_fields__
        if isinstance(value := getattr(tokens, name), str)
    }
    assert set(re.findall(r"#[0-9A-Fa-f]{6}", text)) <= ours


def test_gloves_and_size_make_the_targets_larger():
    sizes = (Metrics(), Metrics(150), Metrics(100, True))
    heights = [
        re.search(
            r"QDateTimeEdit {\s+min-height: (\d+)px;", build_style_sheet(THEMES["light"], metrics)
        )[1]
        for metrics in sizes
    ]
    assert heights == ["34", "52", "62"]


PACKAGE = Path(icons.__file__).parent
NAMES = sorted(path.stem for path in get_resource_path("icons").iterdir())


@pytest.mark.short_cases(6)
@pytest.mark.parametrize("name", NAMES)
def test_an_icon_is_drawn_in_the_colour_asked_for(qapp, name):
    image = QImage(32, 32, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.white)
    painter = QPainter(image)
    icons.paint_icon(painter, name, QRect(0, 0, 32, 32), "#FF0000")
    painter.end()
    found = [image.pixelColor(x, y) for x in range(32) for y in range(32)]
    assert 20 < sum(colour.green() < 128 for colour in found) < 800
    assert all(colour.red() > 250 for colour in found)


def test_every_icon_is_used():
    source = "".join(path.read_text("utf-8") for path in PACKAGE.rglob("*.py"))
    assert [name for name in NAMES if f'"{name}"' not in source] == []


def test_an_icon_stands_in_the_middle_of_a_long_box(qapp):
    image = QImage(64, 32, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.white)
    painter = QPainter(image)
    icons.paint_icon(painter, "ring", QRect(0, 0, 64, 32), "#000000")
    painter.end()
    dark = [x for x in range(64) for y in range(32) if image.pixelColor(x, y).lightness() < 128]
    assert (min(dark) > 16, max(dark) < 48, min(dark) + max(dark)) == (True, True, 63)


def test_an_unknown_icon_is_an_error(qapp):
    with pytest.raises(FileNotFoundError):
        icons.make_icon("no-such-thing", "#000000")


def test_an_icon_for_a_menu_has_its_colour(qapp):
    image = icons.make_icon("ring", "#FF0000", 24).toImage()
    assert any(
        image.pixelColor(x, y).red() > 200 and image.pixelColor(x, y).alpha() > 200
        for x in range(48)
        for y in range(48)
    )
