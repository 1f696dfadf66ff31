"""Colours of the light, the dark and both high contrast themes, and the contrast of two colours.

Every colour of the window has a name here; a test computes their contrast anew (ux.md 6).
"""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication


@dataclass(frozen=True, slots=True)
class Tokens:
    """One theme. Colours are `#RRGGBB`.

    - `window`, `rail` (also the status bar), `panel` (cards, fields), `hover`, `pressed` (also
      tracks of bars): what things stand on. `canvas` is behind pictures, dark in every theme.
    - `hairline` parts what belongs together, `edge` goes round what can be pressed, `border` round
      what can be filled in, and round everything in high contrast.
    - `selection`, `ok_soft`, `warn_soft`, `alarm_soft`: soft tones behind text.
    - `warn` is for shapes, `warn_text` for words.
    - `errors`, `correct`, `sweep`: steps of one hue, from few to many, from no loss to the most;
      `on_errors` and `on_sweep` are the text on each. `text` stands on every step of `correct`.
    - `classes`: colours of class marks, which stand on `panel` only.
    """

    name: str
    dark: bool
    window: str
    rail: str
    panel: str
    hover: str
    pressed: str
    canvas: str
    text: str
    text2: str
    disabled: str
    border: str
    edge: str
    hairline: str
    accent: str
    on_accent: str
    focus: str
    ok: str
    ok_soft: str
    warn: str
    on_warn: str
    warn_text: str
    warn_soft: str
    alarm: str
    on_alarm: str
    alarm_soft: str
    selection: str
    on_selection: str
    errors: tuple[str, str, str, str]
    on_errors: tuple[str, str, str, str]
    correct: tuple[str, str, str]
    sweep: tuple[str, str, str, str, str, str]
    on_sweep: tuple[str, str, str, str, str, str]
    classes: tuple[str, ...]

    @property
    def warn_mark(self) -> str:
        """Of a warning's mark or bar without an outline: `warn` is a bright fill under text in high
        contrast, 1.6:1 on white."""
        return self.warn_text if self.name.startswith("hc") else self.warn


ON_LIGHT = ("#008EF1", "#63230E", "#4F7453", "#FF3F85", "#A08700", "#003869", "#3B04FE", "#16191C")
ON_DARK = ("#2588F5", "#A67016", "#07C59F", "#F100AF", "#F2E68C", "#9EB613", "#D2B2FF", "#FFFFFF")
OVER_PICTURES = ON_DARK
"""Colours of marks over a frame, drawn with a black and a white outline, in every theme."""

LIGHT = Tokens(
    name="light", dark=False,
    window="#F6F7F8", rail="#ECEEF0", panel="#FFFFFF", hover="#F0F2F4", pressed="#E6EAEE",
    canvas="#1B1D1F", text="#14171A", text2="#525A63", disabled="#7A828B",
    border="#7A828B", edge="#C3C9D0", hairline="#E2E5E9",
    accent="#1457C2", on_accent="#FFFFFF", focus="#1457C2", ok="#127043", ok_soft="#E4F5EB",
    warn="#B86E00", on_warn="#14171A", warn_text="#8A5200", warn_soft="#FFF3DC",
    alarm="#C4232B", on_alarm="#FFFFFF", alarm_soft="#FDE8E8",
    selection="#E3EDFB", on_selection="#14171A",
    errors=("#FDE8E8", "#F6BFBF", "#E58A8C", "#C4232B"),
    on_errors=("#14171A", "#14171A", "#14171A", "#FFFFFF"),
    correct=("#EDEFF2", "#D9DEE3", "#BAC2CA"),
    sweep=("#FFFFFF", "#FDECEC", "#F7C9C9", "#EB9A9B", "#C4232B", "#861219"),
    on_sweep=("#14171A", "#14171A", "#14171A", "#14171A", "#FFFFFF", "#FFFFFF"),
    classes=ON_LIGHT,
)  # fmt: skip
DARK = Tokens(
    name="dark", dark=True,
    window="#141618", rail="#101214", panel="#1C1F22", hover="#262A2E", pressed="#30353A",
    canvas="#0B0C0D", text="#E8EAED", text2="#A7AFB8", disabled="#7A828B",
    border="#858D96", edge="#474E55", hairline="#2A2F34",
    accent="#7AB2FF", on_accent="#0C1726", focus="#7AB2FF", ok="#4FC98A", ok_soft="#243832",
    warn="#F5B54A", on_warn="#14171A", warn_text="#F5B54A", warn_soft="#3D3628",
    alarm="#FF7B72", on_alarm="#1A0F0F", alarm_soft="#3E2D2E",
    selection="#1B2E48", on_selection="#E8EAED",
    errors=("#3E2D2E", "#653A3A", "#944A49", "#FF7B72"),
    on_errors=("#E8EAED", "#E8EAED", "#E8EAED", "#1A0F0F"),
    correct=("#262A2E", "#343A40", "#4A525A"),
    sweep=("#FFE3E1", "#F7B6B2", "#DC8580", "#A84A48", "#6C2626", "#3A1416"),
    on_sweep=("#1A0F0F", "#1A0F0F", "#1A0F0F", "#FFE3E1", "#FFE3E1", "#FFE3E1"),
    classes=ON_DARK,
)  # fmt: skip
HC_DARK = Tokens(
    name="hc_dark", dark=True,
    window="#000000", rail="#000000", panel="#000000", hover="#262626", pressed="#404040",
    canvas="#000000", text="#FFFFFF", text2="#FFFFFF", disabled="#B8B8B8",
    border="#FFFFFF", edge="#FFFFFF", hairline="#FFFFFF",
    accent="#FFE500", on_accent="#000000", focus="#00FFFF", ok="#7CFFB2", ok_soft="#000000",
    warn="#FFE500", on_warn="#000000", warn_text="#FFE500", warn_soft="#000000",
    alarm="#FF9A94", on_alarm="#000000", alarm_soft="#000000",
    selection="#FFE500", on_selection="#000000",
    errors=("#3E2D2E", "#5E3434", "#7E3A38", "#FF9A94"),
    on_errors=("#FFFFFF", "#FFFFFF", "#FFFFFF", "#000000"),
    correct=("#262A2E", "#343A40", "#4A525A"),
    sweep=("#FFE3E1", "#F7B6B2", "#E8938D", "#7E3A38", "#541C1C", "#2A0C0E"),
    on_sweep=("#000000", "#000000", "#000000", "#FFFFFF", "#FFFFFF", "#FFFFFF"),
    classes=ON_DARK,
)  # fmt: skip
HC_LIGHT = Tokens(
    name="hc_light", dark=False,
    window="#FFFFFF", rail="#FFFFFF", panel="#FFFFFF", hover="#EBEBEB", pressed="#D0D0D0",
    canvas="#000000", text="#000000", text2="#000000", disabled="#595959",
    border="#000000", edge="#000000", hairline="#000000",
    accent="#003A8C", on_accent="#FFFFFF", focus="#A3007A", ok="#00531F", ok_soft="#FFFFFF",
    warn="#FFC400", on_warn="#000000", warn_text="#5E3A00", warn_soft="#FFFFFF",
    alarm="#9E0000", on_alarm="#FFFFFF", alarm_soft="#FFFFFF",
    selection="#003A8C", on_selection="#FFFFFF",
    errors=("#FDE8E8", "#F6BFBF", "#E58A8C", "#9E0000"),
    on_errors=("#000000", "#000000", "#000000", "#FFFFFF"),
    correct=("#EDEFF2", "#D9DEE3", "#BAC2CA"),
    sweep=("#FFFFFF", "#FDECEC", "#F7C9C9", "#EB9A9B", "#9E0000", "#5C000A"),
    on_sweep=("#000000", "#000000", "#000000", "#000000", "#FFFFFF", "#FFFFFF"),
    classes=ON_LIGHT,
)  # fmt: skip
THEMES = {tokens.name: tokens for tokens in (LIGHT, DARK, HC_DARK, HC_LIGHT)}


def compute_contrast(a: str, b: str) -> float:
    """Contrast ratio of two `#RRGGBB` colours, 1 to 21 (WCAG 2)."""
    light, dark = sorted((_compute_luminance(a), _compute_luminance(b)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _compute_luminance(colour: str) -> float:
    red, green, blue = (
        _linearise_channel(int(colour[channel : channel + 2], 16) / 255) for channel in (1, 3, 5)
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linearise_channel(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else float(((channel + 0.055) / 1.055) ** 2.4)


def get_system_tokens(app: QApplication) -> Tokens:
    """The theme that the system asks for."""
    # Each object in a variable of its own: in one chain the middle ones are deleted before they are
    # asked.
    hints = app.styleHints()
    dark = hints.colorScheme() == Qt.ColorScheme.Dark
    accessibility = hints.accessibility() if hasattr(hints, "accessibility") else None
    if (
        accessibility is not None
        and accessibility.contrastPreference() == Qt.ContrastPreference.HighContrast
    ):
        return HC_DARK if dark else HC_LIGHT
    return DARK if dark else LIGHT


def get_tokens(app: QApplication, name: str) -> Tokens:
    """The theme of that name; the system's for an empty or unknown one."""
    return THEMES.get(name) or get_system_tokens(app)
