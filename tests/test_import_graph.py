"""The house as drawn in docs/architecture.md: which folder may import which, and by which door."""

import ast
import importlib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ALLOWED = {"index_store": {"index_store"}, "ingest": {"ingest", "index_store"}, "bot": {"bot", "index_store"}}
FRONT_DOOR = ROOT / "bot" / "cli.py"


def imports(file: Path) -> Iterator[str]:
    """Modules of ours that a file imports, inside functions too."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module]
        yield from (name for name in names if name.split(".")[0] in ALLOWED)


@pytest.mark.parametrize("folder", ALLOWED)
def test_imports_point_downwards(folder: str) -> None:
    """`bot` and `ingest` know `index_store` and never each other; `index_store` knows nobody."""
    for file in (ROOT / folder).rglob("*.py"):
        if file != FRONT_DOOR:
            assert {name.split(".")[0] for name in imports(file)} <= ALLOWED[folder], file


@pytest.mark.parametrize("folder", ALLOWED)
def test_outsiders_use_the_door(folder: str) -> None:
    """Another folder's modules are imported from its `__init__.py` alone."""
    for file in (ROOT / folder).rglob("*.py"):
        outside = {name for name in imports(file) if name.split(".")[0] != folder}
        if file == FRONT_DOOR:
            outside -= {"bot.settings"}
        assert outside <= {"index_store", "ingest"}, file


@pytest.mark.parametrize("folder", ["index_store", "ingest", "bot.answering"])
def test_the_door_is_complete(folder: str) -> None:
    """Every name in `__all__` exists, none twice, in order."""
    door = importlib.import_module(folder)
    assert list(door.__all__) == sorted(set(door.__all__), key=lambda name: (not name[0].isupper(), name))
    assert all(hasattr(door, name) for name in door.__all__)
