"""The layer table: who may import whom. A module that is not in it is a layer nobody agreed to."""

from __future__ import annotations

import ast
import configparser
from pathlib import Path

import pytest

GATEWAY = Path(__file__).parents[1] / "gateway"

MAY_IMPORT = {
    "edi": set(),
    "definition": {"edi"},
    "guide": {"edi"},
    "mapping": {"edi", "guide", "definition"},
    "ack": {"edi"},
    "as2": set(),
    "partner": {"edi", "definition", "as2"},
    "store": {"edi"},
    "transport": {"edi"},
    "engine": {
        "edi",
        "definition",
        "guide",
        "mapping",
        "ack",
        "as2",
        "partner",
        "store",
        "transport",
    },
    "cli": {"edi", "definition", "partner", "engine", "store", "transport"},
    "__main__": {"cli"},
    "__init__": set(),
}

PURE = {"edi", "guide", "mapping", "ack", "as2", "partner", "definition"}
WORLD = {
    "socket",
    "subprocess",
    "threading",
    "time",
    "random",
    "secrets",
    "sqlite3",
    "sqlalchemy",
    "watchdog",
    "http",
    "urllib",
    "logging",
    "click",
}
"""What a pure layer never touches; definitions are read by Path, which is allowed."""

ONLY_THERE = {
    "sqlalchemy": {"store"},
    "alembic": {"store"},
    "watchdog": {"transport"},
    "socket": {"transport"},
    "subprocess": {"transport"},
    "click": {"cli"},
    "cryptography": {"as2"},
    "rich": {"cli"},
    "yaml": {"definition"},
    "uvicorn": {"transport"},
    "ssl": {"transport"},
}


def modules() -> list[Path]:
    return sorted(GATEWAY.rglob("*.py"))


def layer_of(path: Path) -> str:
    return path.relative_to(GATEWAY).parts[0].removesuffix(".py")


def imports_of(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return found


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(GATEWAY)))
def test_a_module_imports_only_the_layers_below(path: Path) -> None:
    layer = layer_of(path)
    for name in imports_of(path):
        if name.startswith("gateway."):
            other = name.split(".")[1]
            assert other == layer or other in MAY_IMPORT[layer], f"{layer} imports {name}"


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(GATEWAY)))
def test_the_world_is_touched_only_at_the_rim(path: Path) -> None:
    layer = layer_of(path)
    tops = {name.split(".")[0] for name in imports_of(path)}
    if layer in PURE:
        assert not tops & WORLD
    for name in tops & set(ONLY_THERE):
        assert layer in ONLY_THERE[name]


def test_broad_excepts_stand_in_the_two_named_places_only() -> None:
    broad = []
    for path in modules():
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ExceptHandler):
                name = node.type.id if isinstance(node.type, ast.Name) else ""
                if node.type is None or name in ("Exception", "BaseException"):
                    broad.append(str(path.relative_to(GATEWAY)))
    assert sorted(broad) == ["cli/main.py", "engine/working.py"]


def test_the_wheel_carries_every_package() -> None:
    settings = configparser.ConfigParser()
    settings.read(GATEWAY.parent / "setup.cfg")
    named = settings["options"]["packages"].split()
    found = {str(path.parent.relative_to(GATEWAY.parent)) for path in GATEWAY.rglob("__init__.py")}
    assert {name for name in named if name.startswith("gateway.") or name == "gateway"} == {
        name.replace("/", ".") for name in found
    }
