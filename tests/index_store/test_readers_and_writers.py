"""Readers stay open while others write, in their own process or in another."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from shelf import RECIPE, article, put, reader

from index_store import Filters, NewsIndex, open_writer

WRITER = """
import sys
from pathlib import Path
from shelf import RECIPE, article, put
from index_store import open_writer
with open_writer(Path(sys.argv[1]), recipe=RECIPE) as writer:
    print("ready", flush=True)
    for line in sys.stdin:
        name, *texts = line.strip().split("|")
        put(writer, [article(name, *texts)]) if texts else writer.remove([article(name).article_id])
        print("done", flush=True)
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A data folder with one article."""
    with open_writer(tmp_path, recipe=RECIPE) as writer:
        put(writer, [article("toll", "The toll stands at one.")])
    return tmp_path


@pytest.fixture
def tell(folder: Path) -> Iterator[Callable[[str], None]]:
    """Have another process write: "name|text|text" puts an article, "name" removes it; returns once it is done."""
    here = Path(__file__).parent
    environment = os.environ | {"PYTHONPATH": f"{here}{os.pathsep}{here.parent.parent}"}
    with subprocess.Popen(
        [sys.executable, "-c", WRITER, folder],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"

        def tell_it(line: str) -> None:
            print(line, file=process.stdin, flush=True)
            assert process.stdout is not None
            assert process.stdout.readline() == "done\n"

        yield tell_it
        process.stdin.close()
        assert process.wait(timeout=30) == 0


def texts(index: NewsIndex) -> set[str]:
    """Everything that a reader finds."""
    return {passage.text for passage in index.search("toll", Filters(), limit=50, per_article=50)}


def test_readers_follow_a_writer_in_another_process(folder: Path, tell: Callable[[str], None]) -> None:
    """Each commit of another process is seen by the next search, and what it replaced or removed never again."""
    readers = [reader(folder, resident=resident) for resident in (False, True)]
    for line, expected in (
        ("flood|A flood.|The toll of it.", {"The toll stands at one.", "A flood.", "The toll of it."}),
        ("toll|The toll stands at two.", {"The toll stands at two.", "A flood.", "The toll of it."}),
        ("flood", {"The toll stands at two."}),
        ("flood|The flood is over.", {"The toll stands at two.", "The flood is over."}),
    ):
        tell(line)
        for index in readers:
            assert texts(index) == expected
            found = index.search("toll", Filters(), limit=50, per_article=50)
            assert all(("toll" in passage.text) == (passage.word_score > 0) for passage in found)
    for index in readers:
        index.close()


def test_readers_outlive_writers_of_their_own_process(folder: Path) -> None:
    """A bot that re-indexes in its own process goes on answering while a writer is open and after it is closed."""
    index, other = reader(folder, resident=True), reader(folder, resident=True)
    for number in ("two", "three"):
        with open_writer(folder, recipe=RECIPE) as writer:
            put(writer, [article("toll", f"The toll stands at {number}.")])
            assert texts(index) == {f"The toll stands at {number}."}
            put(writer, [article("toll", f"The toll stands at {number}, or more.")])
            assert texts(index) == texts(other) == {f"The toll stands at {number}, or more."}
        assert texts(index) == texts(other) == {f"The toll stands at {number}, or more."}
    other.close()
    assert texts(index) == {"The toll stands at three, or more."}
    index.close()
