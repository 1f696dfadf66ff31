"""Names that scripts may rely on; the module loads each when it is asked for."""

from fieldcheck.api.maite import MaiteDataset as MaiteDataset
from fieldcheck.api.maite import MaiteModel as MaiteModel
from fieldcheck.api.project import ScriptProject as Project
from fieldcheck.api.results import plain_sentence as sentence
from fieldcheck.domain.estimate import Estimate as Estimate
from fieldcheck.domain.label import Box as Box
from fieldcheck.domain.label import Point as Point
from fieldcheck.errors.files import FieldcheckError as FieldcheckError

__version__: str

__all__ = [
    "Box",
    "Estimate",
    "FieldcheckError",
    "MaiteDataset",
    "MaiteModel",
    "Point",
    "Project",
    "__version__",
    "sentence",
]
