"""Names that scripts may rely on; the module loads each when it is asked for."""

from fieldcheck.domain.box import Box as Box
from fieldcheck.domain.box import Point as Point
from fieldcheck.domain.estimate import Estimate as Estimate
from fieldcheck.errors import FieldcheckError as FieldcheckError
from fieldcheck.scripting.project import ScriptProject as Project
from fieldcheck.scripting.results import plain_sentence as sentence

__version__: str

__all__ = ["Box", "Estimate", "FieldcheckError", "Point", "Project", "__version__", "sentence"]
