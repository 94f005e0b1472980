"""The Python that maps may use: objects of the installed modules that gateway.yaml allows.

A home holds definitions, not programs: nothing in a partner's folder is ever executed. Who can
install a package on the gateway's machine, and names it under `python`, decides.
"""

from __future__ import annotations

from collections.abc import Iterable
from importlib import import_module

from gateway.definition import suggestion
from gateway.mapping import FindHatch


def hatches_of(allowed: Iterable[str]) -> FindHatch:
    """Finds `module:object` in one of the allowed modules; any other is a LookupError."""
    modules = frozenset(allowed)

    def find_hatch(name: str) -> object:
        module, _, attribute = name.partition(":")
        if module not in modules:
            hint = suggestion(module, modules)
            raise LookupError(f"{module} is not listed under python: in gateway.yaml{hint}")
        try:
            return getattr(import_module(module), attribute)
        except ImportError as error:
            raise LookupError(f"{module} is not installed: {error}") from error
        except AttributeError as error:
            raise LookupError(f"{module} has no {attribute}") from error

    return find_hatch
