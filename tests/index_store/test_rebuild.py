"""Copies made anew: the same as before, whole or not at all, under the eyes of readers."""

import os
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from shelf import RECIPE, article, put, reader

from index_store import BusyIndexError, EmptyIndexError, Filters, open_writer
from index_store.care.doctor import examine
from index_store.care.findings import Status
from index_store.care.rebuild import rebuild_copies
from index_store.catalog import Catalog
from index_store.copies import leftovers
from index_store.copy_places import all_copies
from index_store.vectors import vectors_in_folder
from index_store.words import Words

ARTICLES = [
    article(f"depot {number}", f"Depot {number} has a tram.", f"It keeps {number} horses.") for number in range(30)
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A data folder with changed and removed articles behind it."""
    with open_writer(tmp_path, recipe=RECIPE) as writer:
        put(writer, [article(f"depot {number}") for number in range(40)])
        writer.remove([article(f"depot {number}").article_id for number in range(30, 40)])
        put(writer, ARTICLES)
    return tmp_path


def found(folder: Path, *, resident: bool = True) -> list[str]:
    """What a reader finds."""
    with closing(reader(folder, resident=resident)) as index:
        passages = index.search("tram horses depot 7", Filters(), limit=20, per_article=2)
    return [passage.text for passage in passages]


def held(folder: Path) -> tuple[list[str], list[str], list[str]]:
    """The keys in the catalog and in both copies."""
    with (
        closing(Catalog.open(folder / "catalog.sqlite")) as catalog,
        closing(vectors_in_folder(folder / "chroma")) as vectors,
    ):
        keys = sorted(catalog.vectors(Filters())[0])
        return keys, sorted(vectors.keys()), sorted(Words(folder / "words").keys())


def drafts(folder: Path) -> list[str]:
    """The drafts that lie about."""
    return leftovers(all_copies(folder, None, owner=""))


def is_healthy(folder: Path) -> bool:
    """Whether no check finds a fault."""
    return all(finding.status is not Status.PROBLEM for finding in examine(folder, embedding_model=""))


def test_rebuilt_copies_hold_every_live_chunk_once(folder: Path) -> None:
    """Readers find what they found before, and the steps that were told are those that were announced."""
    before, steps = found(folder), list[str]()
    counts = rebuild_copies(folder, expect=lambda expected: lambda: steps.append(f"of {expected}"))
    keys, in_chroma, in_words = held(folder)
    assert counts == (30, 60)
    assert len(keys) == 60
    assert keys == in_chroma == in_words
    assert steps == ["of 60"] * 60  # each article in each copy
    assert found(folder) == before
    assert drafts(folder) == []


@pytest.mark.parametrize("resident", [True, False])
def test_an_open_reader_goes_on(folder: Path, *, resident: bool) -> None:
    """A reader that was open before finds the same afterwards, and what is indexed later too."""
    with closing(reader(folder, resident=resident)) as index:
        before = [passage.text for passage in index.search("tram horses", Filters(), limit=5, per_article=1)]
        rebuild_copies(folder)
        found = [passage.text for passage in index.search("tram horses", Filters(), limit=5, per_article=1)]
        assert found == before
        with open_writer(folder, recipe=RECIPE) as writer:
            put(writer, [article("ferry", "The ferry leaves at nine.")])
        (best,) = index.search("The ferry leaves at nine.", Filters(), limit=1, per_article=1)
        assert best.text == "The ferry leaves at nine."


def test_one_writer_at_a_time(folder: Path) -> None:
    """While another process writes, nothing is rebuilt."""
    with open_writer(folder, recipe=RECIPE), pytest.raises(BusyIndexError, match="is writing"):
        rebuild_copies(folder)


def test_where_nothing_is_indexed_nothing_is_made(tmp_path: Path) -> None:
    """The error names the command that fills an index."""
    with pytest.raises(EmptyIndexError, match="dateline index"):
        rebuild_copies(tmp_path / "none")
    assert not (tmp_path / "none").exists()


# Dies at the nth step: each article of each copy is one, and so is each renaming of a folder at the end.
KILLED = """
import os, sys
from pathlib import Path
from index_store.care.rebuild import rebuild_copies
left = int(sys.argv[2])
rename = Path.rename
def step():
    global left
    left -= 1
    if left < 0:
        os._exit(9)
def renamed(path, target):
    step()
    return rename(path, target)
Path.rename = renamed
rebuild_copies(Path(sys.argv[1]), expect=lambda _: step)
"""


@pytest.mark.parametrize("steps", [20, 61, 62, 63])
def test_killed_at_any_step_it_leaves_a_whole_index(folder: Path, steps: int) -> None:
    """The next writer finds whole copies, and clears the drafts; before it, readers go on, but between two renames."""
    before = found(folder)
    killed = subprocess.run([sys.executable, "-c", KILLED, str(folder), str(steps)], env=os.environ, timeout=120)
    assert killed.returncode == 9
    assert drafts(folder)
    if steps not in {61, 63}:
        assert found(folder) == before
        assert is_healthy(folder)
    with open_writer(folder, recipe=RECIPE):
        pass
    keys, in_chroma, in_words = held(folder)
    assert keys == in_chroma == in_words
    assert found(folder) == before
    assert drafts(folder) == []
    assert is_healthy(folder)
