"""Maps: EDI sets and canonical documents, one declaration for both directions."""

from gateway.mapping.defaults import with_defaults
from gateway.mapping.defaults import without_defaults
from gateway.mapping.emitting import Emission
from gateway.mapping.emitting import emit
from gateway.mapping.form import Form
from gateway.mapping.hatch import FindHatch
from gateway.mapping.load import Map
from gateway.mapping.load import load_map
from gateway.mapping.normal import Difference
from gateway.mapping.normal import differences
from gateway.mapping.normal import normal
from gateway.mapping.origins import name_paths
from gateway.mapping.reading import read
from gateway.mapping.record import Origin
from gateway.mapping.record import Reading
from gateway.mapping.record import Unclaimed

__all__ = [
    "Difference",
    "Emission",
    "FindHatch",
    "Form",
    "Map",
    "Origin",
    "Reading",
    "Unclaimed",
    "differences",
    "emit",
    "load_map",
    "name_paths",
    "normal",
    "read",
    "with_defaults",
    "without_defaults",
]
