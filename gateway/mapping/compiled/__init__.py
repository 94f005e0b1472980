"""Maps as Python: what a plan says, written out as straight-line code for what is right.

Compiled code answers only where it is sure to answer what the plan answers; everything else it
declines, and the exact tier reads, judges and explains. So there are two tiers with one meaning,
and a test holds them equal on every sample, whole and damaged.
"""

from gateway.mapping.compiled.reader import PATIENCE
from gateway.mapping.compiled.reader import CompiledReader
from gateway.mapping.compiled.shape import Shape

__all__ = ["PATIENCE", "CompiledReader", "Shape"]
