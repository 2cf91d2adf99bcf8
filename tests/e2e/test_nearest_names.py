"""Who misspells a name is told the nearest, and what to run."""

from pathlib import Path

import pytest
from command_line import Dateline


@pytest.fixture
def dateline(indexed_folder: Path, tmp_path: Path) -> Dateline:
    """The program with an index, and one source in its settings."""
    settings = '[[ingest.sources]]\nlocation = "https://harbourwire.example/feed.xml"\n'
    (tmp_path / "dateline.toml").write_text(settings, encoding="utf-8")
    return Dateline(tmp_path, indexed_folder)


@pytest.mark.parametrize(
    ("arguments", "status", "told"),
    [
        (("timelime", "talks"), 2, "Did you mean timeline?"),
        (("sources", "ad", "x"), 2, "Did you mean 'add'?"),
        (("ask", "Who led the talks?", "--sorce", "x"), 2, "'--source'"),
        (("sources", "remove", "https://harborwire.example/feed.xml"), 1, "https://harbourwire.example/feed.xml?"),
        (("search", "glacier", "--source", "Example Wires"), 0, "Did you mean Example Wire?"),
        (("ask", "Who led the talks in Doha?", "--source", "Exampel Wire", "--json"), 0, "Did you mean Example Wire?"),
        (("timeline", "glacier", "--source", "Science Curier"), 0, "Did you mean Science Courier?"),
    ],
)
def test_the_nearest_name_is_told(arguments: tuple[str, ...], status: int, told: str, dateline: Dateline) -> None:
    """Of commands, options, sources and publishers the nearest is named on standard error, beside any answer."""
    run = dateline(*arguments)
    assert run.status == status
    assert told in run.err
    assert told not in run.out
