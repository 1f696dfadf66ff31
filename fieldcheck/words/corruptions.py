"""What is done to a picture on purpose, in words: the name of a corruption, its severity, and what that is physically."""

from __future__ import annotations

from fieldcheck.corruption.catalog import parameters
from fieldcheck.words.figures import number, percent
from fieldcheck.words.language import text

STOPS = (0.0, 1.0, 3.0, 5.0)
"""The severities that have a name: off, mild, moderate, severe."""
REFERENCE_SIDE = 192  # pixels; lengths of the catalogue are of a frame whose shorter side has that many


def corruption_name(name: str) -> str:
    """The corruption as it stands under its picture; a name that is not of the catalogue stands for itself."""
    return {
        "gauss_noise": text("Noise"),
        "shot_noise": text("Photon noise"),
        "defocus": text("Defocus"),
        "motion": text("Motion blur"),
        "dark": text("Low light"),
        "bright": text("Too bright"),
        "low_contrast": text("Low contrast"),
        "jpeg": text("JPEG"),
        "downscale": text("Coarse"),
        "haze": text("Haze"),
        "colour_cast": text("Colour cast"),
        "occlusion": text("Occlusion"),
    }.get(name, name)


def severity_name(severity: float) -> str:
    """`moderate`; between two stops the figure itself, on the scale from 0 to 5."""
    named = {0.0: text("off"), 1.0: text("mild"), 3.0: text("moderate"), 5.0: text("severe")}
    return named.get(severity) or text("severity {figure} of 5").format(figure=number(severity, 1))


def meaning(name: str, severity: float) -> str:
    """What is done to the picture, in figures of the thing itself. Raises ValueError for an unknown name or severity."""
    values = parameters(name, severity)
    if severity == 0:
        return text("Nothing is done to the picture.")
    shares = {key: percent(value) for key, value in values.items() if key in ("gain", "factor", "scale", "transmission", "share")}
    lengths = {key: percent(value / REFERENCE_SIDE, 1) for key, value in values.items() if key in ("sigma", "length")}
    plain = {f"{key}_n": number(value, int(value < 10 and value % 1 != 0)) for key, value in values.items()}
    return _sentence(name).format(**shares, **lengths, **plain)


def _sentence(name: str) -> str:
    return {
        "gauss_noise": text("Noise of {sigma_n} grey levels out of 255 in every pixel."),
        "shot_noise": text("White is {photons_n} photons a pixel: the noise of weak light."),
        "defocus": text("Every point is spread out over {sigma} of the shorter side."),
        "motion": text("Every point becomes a streak, {length} of the shorter side long."),
        "dark": text("{gain} of the light, and sensor noise of {read_noise_n} grey levels."),
        "bright": text("{gain_n} times the light: bright parts burn out."),
        "low_contrast": text("{factor} of the contrast is left."),
        "jpeg": text("Coded as JPEG at quality {quality_n} of 100."),
        "downscale": text("{scale} of the pixels are left along each side."),
        "haze": text("{transmission} of the light comes through the haze."),
        "colour_cast": text("The light is {mired_n} mired warmer or colder."),
        "occlusion": text("{share} of the picture is covered."),
    }[name]
