"""The command line: thin edges; every action is one call of the engine."""

from gateway.cli.main import main

__all__ = ["main"]
