"""`dateline extract`: what the indexer would read."""

import json
from collections.abc import Callable
from pathlib import Path

from click.testing import CliRunner, Result
from local_web import article_page, serve

from index_store import Configuration
from ingest.extract_command import extract
from ingest.settings import FetchSettings, IngestSettings

Write = Callable[[str, str | bytes], Path]

TEXT = "Title: Ferry runs again\nBy: Ada Quist\nDate: 2024-05-06\n\nThe ferry runs again."


def run(*arguments: str | Path) -> Result:
    """Run the command with the default settings."""
    fetching = FetchSettings(private_hosts=("127.0.0.1",), host_interval_s=0)
    configuration = Configuration(Path("dateline.toml"), (IngestSettings(), fetching))

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
        "article_id",
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


def test_addresses(write: Write) -> None:
    """Addresses are fetched and read like files, in the order named; one that fails does not stop the others."""
    with serve() as web:
        page = web.put("/ferry", article_page(title="Ferry runs again", text="The ferry runs again.\n" * 9))
        none = f"{web.address}/none"
        outcome = run(page, write("a.txt", TEXT), none, "--json")
    first, second, third = map(json.loads, outcome.stdout.splitlines())
    assert (first["file"], first["title"], first["authors"]) == (page, "Ferry runs again", ["Ada Quist"])
    assert second["file"] == "a.txt"
    assert third == {"file": none, "error": "answered 404 Not Found"}
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
