"""Decoder plug-ins: installed packages with an entry point in `fieldcheck.decoders`, and the kinds
of output that they read."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path

from fieldcheck.domain.prediction import BY_NAME, PLUGIN
from fieldcheck.files import sha256_file

GROUP = "fieldcheck.decoders"


class PluginError(ValueError):
    """A plug-in that does not do what it should; `problem` and `detail` as of ModelRejected."""

    def __init__(self, problem: str, detail: str) -> None:
        super().__init__(problem, detail)
        self.problem, self.detail = problem, detail


@dataclass(frozen=True, slots=True)
class DecoderPlugin:
    """A plug-in by its entry point's name: the function that decodes, the version of its package
    and the SHA-256 of its source file."""

    name: str
    module: str
    function: str
    version: str
    sha256: str


def list_decoder_plugins() -> tuple[DecoderPlugin, ...]:
    """Those that are installed, by name; of two of one name the first that Python finds."""
    plugins: dict[str, DecoderPlugin] = {}
    for entry_point in metadata.entry_points(group=GROUP):
        if entry_point.attr and entry_point.name not in plugins:
            version = entry_point.dist.version if entry_point.dist is not None else ""
            plugins[entry_point.name] = DecoderPlugin(
                entry_point.name,
                entry_point.module,
                entry_point.attr,
                version,
                _hash_source(entry_point.module),
            )
    return tuple(plugins[name] for name in sorted(plugins))


def find_plugin(name: str) -> DecoderPlugin:
    """The plug-in of that name. Raises PluginError `plugin_missing`."""
    for decoder_plugin in list_decoder_plugins():
        if decoder_plugin.name == name:
            return decoder_plugin
    raise PluginError("plugin_missing", name)


def get_plugin_versions() -> dict[str, str]:
    """Versions as a run keeps them: of each plug-in its version and the beginning of its source's
    hash, by `plugin:NAME`."""
    return {
        f"plugin:{decoder_plugin.name}": f"{decoder_plugin.version} {decoder_plugin.sha256[:16]}"
        for decoder_plugin in list_decoder_plugins()
    }


def _hash_source(module: str) -> str:
    """SHA-256 of the module's file, empty where it has none. A package is looked up by its folder,
    not run."""
    top, _, rest = module.partition(".")
    spec = find_spec(top)
    if spec is None or not spec.origin:
        return ""
    file = Path(spec.origin)
    if rest:
        below = file.parent.joinpath(*rest.split("."))
        file = below / "__init__.py" if below.is_dir() else below.with_suffix(".py")
    return _hash_file(file, file.stat().st_mtime_ns) if file.is_file() else ""


@lru_cache(maxsize=64)
def _hash_file(file: Path, _written: int) -> str:
    return sha256_file(file)


# Kinds of output that installed decoder plug-ins read, for who chooses one.


def list_plugin_kinds(task: str) -> tuple[str, ...]:
    """Output kinds of plug-ins for the task, as named on a card."""
    kinds = (f"{PLUGIN}{decoder_plugin.name}" for decoder_plugin in list_decoder_plugins())
    return tuple(kind for kind in kinds if task in BY_NAME[kind].tasks)
