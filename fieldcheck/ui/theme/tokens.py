"""The colours and sizes of the window: every one has a name here, and its contrast is recomputed by a test (ux.md 6)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Tokens:
    """One theme. Colours are `#RRGGBB`. `raised` is what can be pressed or filled in, on a `panel`; `hairline` parts what belongs together,
    `border` goes round what can be pressed. `classes` are the colours of class marks, which stand on `panel` and `raised` only."""

    name: str
    dark: bool
    window: str
    panel: str
    raised: str
    sunken: str
    canvas: str
    text: str
    text2: str
    disabled: str
    border: str
    hairline: str
    accent: str
    on_accent: str
    focus: str
    alarm: str
    on_alarm: str
    warn: str
    on_warn: str
    warn_text: str
    selection: str
    on_selection: str
    classes: tuple[str, ...]


ON_LIGHT = ("#008EF1", "#63230E", "#4F7453", "#FF3F85", "#A08700", "#003869", "#3B04FE", "#16191C")
ON_DARK = ("#2588F5", "#A67016", "#07C59F", "#F100AF", "#F2E68C", "#9EB613", "#D2B2FF", "#FFFFFF")
OVER_PICTURES = ON_DARK
"""Marks over a frame are drawn in these, with a black and a white casing, in every theme."""

LIGHT = Tokens(
    name="light", dark=False,
    window="#DCDFE2", panel="#F2F4F5", raised="#FFFFFF", sunken="#B9C1C9", canvas="#5A5D60",
    text="#16191C", text2="#42484F", disabled="#7A8087", border="#6E757D", hairline="#C3C9CF",
    accent="#0B5CAD", on_accent="#FFFFFF", focus="#0B5CAD",
    alarm="#B3161B", on_alarm="#FFFFFF", warn="#FFB000", on_warn="#16191C", warn_text="#7A4B00",
    selection="#CFE1F5", on_selection="#16191C", classes=ON_LIGHT,
)  # fmt: skip
DARK = Tokens(
    name="dark", dark=True,
    window="#23272B", panel="#2C3136", raised="#2C3136", sunken="#1A1D20", canvas="#4A4D50",
    text="#ECEFF1", text2="#B9C1C9", disabled="#868E96", border="#8A929B", hairline="#454C53",
    accent="#6CB4FF", on_accent="#0B1A2B", focus="#6CB4FF",
    alarm="#FF8078", on_alarm="#1A0505", warn="#FFC145", on_warn="#16191C", warn_text="#FFC145",
    selection="#2F4A66", on_selection="#ECEFF1", classes=ON_DARK,
)  # fmt: skip
HC_DARK = Tokens(
    name="hc_dark", dark=True,
    window="#000000", panel="#000000", raised="#000000", sunken="#000000", canvas="#303030",
    text="#FFFFFF", text2="#FFFFFF", disabled="#B8B8B8", border="#FFFFFF", hairline="#FFFFFF",
    accent="#FFE500", on_accent="#000000", focus="#00FFFF",
    alarm="#FF9A94", on_alarm="#000000", warn="#FFE500", on_warn="#000000", warn_text="#FFE500",
    selection="#FFE500", on_selection="#000000", classes=ON_DARK,
)  # fmt: skip
HC_LIGHT = Tokens(
    name="hc_light", dark=False,
    window="#FFFFFF", panel="#FFFFFF", raised="#FFFFFF", sunken="#FFFFFF", canvas="#404040",
    text="#000000", text2="#000000", disabled="#595959", border="#000000", hairline="#000000",
    accent="#003A8C", on_accent="#FFFFFF", focus="#A3007A",
    alarm="#9E0000", on_alarm="#FFFFFF", warn="#FFC400", on_warn="#000000", warn_text="#5E3A00",
    selection="#003A8C", on_selection="#FFFFFF", classes=ON_LIGHT,
)  # fmt: skip
THEMES = {tokens.name: tokens for tokens in (LIGHT, DARK, HC_DARK, HC_LIGHT)}

# Pixels at 100 %.
CAPTION, BODY, CLASS_NAME, TITLE, NUMBER, VERDICT = 13, 14, 16, 20, 32, 48
RAIL, RAIL_COMPACT, RAIL_ITEM, HEADER, STATUS, SIDE = 172, 64, 52, 52, 28, 12
COMPACT_BELOW = 1280  # window width from which on the rail shows names
RAIL_SHARE = 0.16  # of the window's width that a rail with names may take, where text is large
GLOVE = 64  # pixels; a finger in a glove is as large whatever the size of the text


@dataclass(frozen=True, slots=True)
class Metrics:
    """Sizes in pixels, grown with the interface size (`percent`) and for gloves."""

    percent: int = 100
    gloves: bool = False

    def scale_px(self, at_100: float) -> int:
        """A size that is `at_100` pixels at 100 %."""
        return max(1, round(at_100 * self.percent / 100))

    @property
    def target(self) -> int:
        """Least height of what can be pressed."""
        return max(self.scale_px(38), GLOVE if self.gloves else 0)

    @property
    def primary(self) -> int:
        """Height of the primary button and, outside the compact layout, of a class button."""
        return max(self.scale_px(44), GLOVE if self.gloves else 0)

    @property
    def gap(self) -> int:
        """Between two things that can be pressed."""
        return max(self.scale_px(4), 8 if self.gloves else 0)


def compute_contrast(one: str, other: str) -> float:
    """Contrast ratio of two `#RRGGBB` colours, 1 to 21 (WCAG 2)."""
    light, dark = sorted((_compute_luminance(one), _compute_luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _compute_luminance(colour: str) -> float:
    red, green, blue = (_linearise_channel(int(colour[at : at + 2], 16) / 255) for at in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linearise_channel(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else float(((channel + 0.055) / 1.055) ** 2.4)
