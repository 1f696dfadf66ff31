"""Fieldcheck measures how far a vision model's benchmark score is from what the model does on
site."""

import os
from importlib import import_module

# Libraries read these when they are first imported, so they stand before every other import of the
# program.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
os.environ["NO_ALBUMENTATIONS_UPDATE"] = "1"
os.environ["OPENCV_LOG_LEVEL"] = "SILENT"
os.environ["OPENCV_FFMPEG_LOGLEVEL"] = "-8"
os.environ["OPENCV_IO_MAX_IMAGE_PIXELS"] = "120000000"  # a small file may claim gigabytes
# Another OpenCV in the calling program may have pointed these at a Qt of its own.
os.environ.pop("QT_QPA_PLATFORM_PLUGIN_PATH", None)
os.environ.pop("QT_QPA_FONTDIR", None)

__version__ = "0.1.0"

# What scripts and notebooks use, loaded when it is asked for; `__init__.pyi` names the types.
# docs/python.md is its walk.
_SCRIPTING = {
    "Project": ("fieldcheck.api.project", "ScriptProject"),
    "sentence": ("fieldcheck.api.results", "plain_sentence"),
    "FieldcheckError": ("fieldcheck.errors.files", "FieldcheckError"),
    "Estimate": ("fieldcheck.domain.estimate", "Estimate"),
    "Box": ("fieldcheck.domain.label", "Box"),
    "Point": ("fieldcheck.domain.label", "Point"),
    "MaiteDataset": ("fieldcheck.api.maite", "MaiteDataset"),
    "MaiteModel": ("fieldcheck.api.maite", "MaiteModel"),
}


def __getattr__(name: str) -> object:
    if name not in _SCRIPTING:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module, attribute = _SCRIPTING[name]
    value = globals()[name] = getattr(import_module(module), attribute)
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_SCRIPTING})
