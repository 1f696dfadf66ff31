"""What is done to a picture on purpose, in words: the name of a corruption, its severity, and what that is physically."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import isinf

from fieldcheck.corruption.catalog import CATALOG, parameters
from fieldcheck.words.figures import number, percent
from fieldcheck.words.language import text

STOPS = (0.0, 1.0, 3.0, 5.0)
"""The severities that have a name: off, mild, moderate, severe."""
REFERENCE_SIDE = 192  # pixels; lengths of the catalogue are of a frame whose shorter side has that many

FAVOURITES = ("dark", "motion", "defocus", "gauss_noise", "jpeg", "glare", "occlusion", "fog", "dust")
"""The nine of the catalogue that are offered first, with the keys 1 to 9."""

SHARES = {"gain", "factor", "scale", "transmission", "share", "thickness", "depth", "chroma", "kept", "shift", "bend", "strength"}
LENGTHS = {"sigma", "length", "away"}


def corruption_name(name: str) -> str:
    """The corruption as it stands under its picture; a name that is not of the catalogue stands for itself."""
    return {
        "gauss_noise": text("Noise"),
        "shot_noise": text("Photon noise"),
        "iso_noise": text("High gain"),
        "banding": text("Banding"),
        "defocus": text("Defocus"),
        "motion": text("Motion blur"),
        "zoom_blur": text("Zoom blur"),
        "glass_blur": text("Rough glass"),
        "dark": text("Low light"),
        "bright": text("Too bright"),
        "glare": text("Glare"),
        "flare": text("Lens flare"),
        "low_contrast": text("Low contrast"),
        "gamma": text("Dark tone curve"),
        "flicker": text("Flicker"),
        "colour_cast": text("Colour cast"),
        "spectral": text("Another sensor"),
        "shadow": text("Cast shadow"),
        "jpeg": text("JPEG"),
        "downscale": text("Coarse"),
        "low_bitrate": text("Low bitrate"),
        "lost_lines": text("Lost lines"),
        "haze": text("Haze"),
        "fog": text("Fog"),
        "rain": text("Rain"),
        "snow": text("Snow"),
        "dust": text("Dust and dirt"),
        "water_drops": text("Water drops"),
        "occlusion": text("Occlusion"),
        "hand": text("Hand"),
        "bar": text("Bar"),
        "patches": text("Erased patches"),
        "reflection": text("Reflection"),
        "rotation": text("Rotation"),
        "crop": text("Off-centre crop"),
        "perspective": text("Perspective"),
        "distortion": text("Distortion"),
    }.get(name, name)


def family_name(name: str) -> str:
    """What one calls all those that a picture does not tell apart from this one (methods 5.5)."""
    return {"gauss_noise": text("noise of the sensor"), "defocus": text("loss of detail")}.get(name) or corruption_name(name)


def by_cause() -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The whole catalogue as (what one calls the cause, names of the catalogue), in its order."""
    called = {
        "noise": text("Noise of the sensor"),
        "blur": text("Blur"),
        "light": text("Light"),
        "coding": text("Coding"),
        "weather": text("Weather"),
        "lens": text("On and before the lens"),
        "geometry": text("Geometry"),
    }
    return tuple((said, tuple(name for name, entry in CATALOG.items() if entry.cause == cause)) for cause, said in called.items())


def steps_said(steps: Sequence[tuple[str, float]]) -> str:
    """What is done to a frame, one corruption after the other."""
    return " + ".join(
        text("{name}, {severity}").format(name=corruption_name(name), severity=severity_name(severity)) for name, severity in steps
    )


def likeness(psnr: float, ssim: float) -> str:
    """How like its original a picture still is; nothing where it is the original."""
    if isinf(psnr):
        return ""
    return text("PSNR {psnr} dB, SSIM {ssim}").format(psnr=number(psnr, 1), ssim=number(ssim, 2))


def first_flip(severity: float | None) -> str:
    """At which severity one frame's answer is first seen to be another; None where no severity was seen to change it."""
    if severity is None:
        return text("The answer does not flip up to severe.")
    figure = number(severity, 1)
    if severity in STOPS:
        return text("First seen to flip at {figure} ({stop}).").format(figure=figure, stop=severity_name(severity))
    below, above = next(pair for pair in pairwise(STOPS) if pair[0] < severity < pair[1])
    said = text("First seen to flip at {figure} (between {below} and {above}).")
    return said.format(figure=figure, below=severity_name(below), above=severity_name(above))


def severity_name(severity: float) -> str:
    """`moderate`; between two stops the figure itself, on the scale from 0 to 5."""
    named = {0.0: text("off"), 1.0: text("mild"), 3.0: text("moderate"), 5.0: text("severe")}
    return named.get(severity) or text("severity {figure} of 5").format(figure=number(severity, 1))


def meaning(name: str, severity: float) -> str:
    """What is done to the picture, in figures of the thing itself. Raises ValueError for an unknown name or severity."""
    values = parameters(name, severity)
    if severity == 0:
        return text("Nothing is done to the picture.")
    shares = {key: percent(value) for key, value in values.items() if key in SHARES}
    lengths = {key: percent(value / REFERENCE_SIDE, 1) for key, value in values.items() if key in LENGTHS}
    plain = {f"{key}_n": number(value, int(value < 10 and value % 1 != 0)) for key, value in values.items()}
    plain |= {"more": percent(values["zoom"] - 1)} if "zoom" in values else {}
    return _sentence(name).format(**shares, **lengths, **plain)


def _sentence(name: str) -> str:
    return {
        "gauss_noise": text("Noise of {sigma_n} grey levels out of 255 in every pixel."),
        "shot_noise": text("White is {photons_n} photons a pixel: the noise of weak light."),
        "iso_noise": text("White is {photons_n} photons a pixel, at high gain: noise with blotches of colour."),
        "banding": text("Rows are darker or brighter by about {levels_n} grey levels."),
        "defocus": text("Every point is spread out over {sigma} of the shorter side."),
        "motion": text("Every point becomes a streak, {length} of the shorter side long."),
        "zoom_blur": text("The lens zooms by {more} while the shutter is open."),
        "glass_blur": text("Rough glass: points are seen up to {away} of the shorter side away."),
        "dark": text("{gain} of the light, and sensor noise of {read_noise_n} grey levels."),
        "bright": text("{gain_n} times the light: bright parts burn out."),
        "glare": text("A reflection as bright as {strength} of white, with its halo."),
        "flare": text("A lamp beside the picture at {strength} of its strength: veil and ghosts."),
        "low_contrast": text("{factor} of the contrast is left."),
        "gamma": text("Levels to the power of {exponent_n}: shadows sink."),
        "flicker": text("{depth} of the light is gone in the darkest rows."),
        "colour_cast": text("The light is {mired_n} mired warmer or colder."),
        "spectral": text("Colours {share} of the way to those of a sensor with other filters."),
        "shadow": text("{depth} of the light is gone in two fifths of the picture."),
        "jpeg": text("Coded as JPEG at quality {quality_n} of 100."),
        "downscale": text("{scale} of the pixels are left along each side."),
        "low_bitrate": text("Blocks of video at quality {quality_n} of 100, colour at {chroma} of the pixels along each side."),
        "lost_lines": text("{share} of the lines did not arrive."),
        "haze": text("{transmission} of the light comes through the haze."),
        "fog": text("{thickness} of the light is lost where the fog is thickest."),
        "rain": text("{drops_n} drops in a square of the shorter side."),
        "snow": text("{flakes_n} flakes in a square of the shorter side."),
        "dust": text("Dust and dirt on about {share} of the lens."),
        "water_drops": text("Water drops as large as {share} of the picture in all."),
        "occlusion": text("{share} of the picture is covered."),
        "hand": text("A hand covers {share} of the picture."),
        "bar": text("A bar covers {share} of the picture."),
        "patches": text("{share} of the picture's patches are erased."),
        "reflection": text("{share} of the light is the reflection of another scene."),
        "rotation": text("Turned by {degrees_n} degrees to either side."),
        "crop": text("{kept} of both sides is seen, off the middle."),
        "perspective": text("Seen from a side: two corners move in by {shift} of the sides."),
        "distortion": text("The lens bends the corners by {bend}, inwards or outwards."),
    }[name]
