"""`dateline extract`: what the indexer would read."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from index_store import Configuration
from ingest.commands import extract
from ingest.settings import IngestSettings

Write = Callable[[str, str | bytes], Path]

TEXT = "Title: Ferry runs again\nBy: Ada Quist\nDate: 2024-05-06\n\nThe ferry runs again."


def run(*arguments: str | Path) -> Result:
    """Run the command with the default settings."""
    configuration = Configuration(Path(), (IngestSettings(),))

    def load(**_: Path | None) -> Configuration:
        return configuration

    return CliRunner().invoke(extract, [str(argument) for argument in arguments], obj=load)


def test_json_lines(write: Write) -> None:
    """One JSON object a file, in order, with the name of the file and every field of the contract."""
    outcome = run(write("a.txt", TEXT), write("b.txt", ""), "--json")
    first, second = map(json.loads, outcome.stdout.splitlines())
    assert list(first) == [
        "file",
        "url",
        "title",
        "authors",
        "published_at",
        "date_source",
        "date_confidence",
        "modified_at",
        "section",
        "publisher",
        "language",
        "text",
    ]
    assert first["file"] == "a.txt"
    assert first["published_at"] == "2024-05-06T00:00:00Z"
    assert first["authors"] == ["Ada Quist"]
    assert second == {"file": "b.txt", "error": "is empty"}


def test_exit_status(write: Write) -> None:
    """The exit status is 0 when all were read, 1 when any was not."""
    good = write("a.txt", TEXT)
    assert run(good).exit_code == 0
    assert run(good, "no.txt").exit_code == 1


def test_readable(write: Write) -> None:
    """Without --json it is for reading; reasons and warnings go to stderr."""
    outcome = run(write("a.txt", TEXT), write("b.txt", "Undated."), "no.txt")
    assert outcome.stdout.startswith("Ferry runs again\nAda Quist · 2024-05-06T00:00:00Z (front matter)\n")
    assert "no.txt: does not exist" in outcome.stderr
    assert "b.txt: has no publication date" in outcome.stderr


@pytest.mark.parametrize("url", ["https://quay.example/a", "http://quay.example"])
def test_addresses(url: str) -> None:
    """A web address is refused clearly."""
    outcome = run(url, "--json")
    assert json.loads(outcome.stdout) == {
        "file": url,
        "error": "is a web address; save the page as a file and name that",
    }
    assert outcome.exit_code == 1


def test_many_files_keep_their_order(write: Write) -> None:
    """Many files are read on all cores, and come out in the order they were named."""
    files = [write(f"{number:02}.txt", TEXT) for number in range(20)]
    outcome = run(*files, "--json")
    assert [json.loads(printed)["file"] for printed in outcome.stdout.splitlines()] == [
        f"{number:02}.txt" for number in range(20)
    ]


def test_usage() -> None:
    """Without a file it is used wrongly."""
    assert run().exit_code == 2
