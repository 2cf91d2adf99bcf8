"""Disk space given back, and old texts forgotten only where that is wanted."""

from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from shelf import RECIPE, article, put, reader

from index_store import Filters, UnknownArticleError, open_writer
from index_store.care.compact import Forgettable, compact, forgettable
from index_store.care.stats import statistics
from index_store.catalog import Catalog
from index_store.writable_catalog import WritableCatalog

LATER = datetime.now(UTC) + timedelta(days=1)
LONG = "The harbour was opened on a Monday. " * 200


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A data folder with one article in its third version, one that was removed, and one left alone."""
    with open_writer(tmp_path, recipe=RECIPE) as writer:
        put(writer, [article("ferry", LONG), article("tram", LONG + "A"), article("mayor")])
        put(writer, [article("ferry", LONG + "B")])
        put(writer, [article("ferry", "The ferry leaves at nine.")])
        writer.remove([article("tram").article_id])
    return tmp_path


def test_without_a_date_no_text_is_forgotten(folder: Path) -> None:
    """Past versions stay readable, and readers find the same."""
    compact(folder)
    with closing(Catalog.open(folder / "catalog.sqlite")) as catalog:
        assert catalog.version(article("ferry").article_id, 1).article.text == LONG
    with closing(reader(folder)) as index:
        assert index.search("ferry nine", Filters(), limit=1, per_article=1)[0].text == "The ferry leaves at nine."


def test_old_texts_are_forgotten_and_the_live_ones_kept(folder: Path) -> None:
    """A forgotten version is told as such, live ones stay, and no later version takes a past one's number or place."""
    ferry = article("ferry").article_id
    with closing(Catalog.open(folder / "catalog.sqlite")) as catalog:
        assert forgettable(catalog, LATER) == Forgettable(versions=3, articles=2)
        assert forgettable(catalog, datetime(2020, 1, 1, tzinfo=UTC)) == Forgettable(versions=0, articles=0)
    with closing(Catalog.open(folder / "catalog.sqlite")) as catalog:
        newest = catalog.newest_version()
    compact(folder, forget_before=LATER)
    with closing(Catalog.open(folder / "catalog.sqlite")) as catalog:
        assert catalog.version(ferry).article.text == "The ferry leaves at nine."
        with pytest.raises(UnknownArticleError, match=r"version 1 .*compact"):
            catalog.version(ferry, 1)
        assert forgettable(catalog, LATER) == Forgettable(versions=0, articles=0)
    with open_writer(folder, recipe=RECIPE) as writer:
        put(writer, [article("tram", "The tram is back.")])
    with closing(Catalog.open(folder / "catalog.sqlite")) as catalog:
        assert catalog.version(article("tram").article_id).number == 2
        assert catalog.newest_version() == newest + 1
    assert statistics(folder).forgotten_texts == 3


def test_what_was_removed_gives_its_room_back(tmp_path: Path) -> None:
    """The sizes told are those before and after, and the catalog is smaller."""
    many = [article(f"depot {number}", LONG + str(number)) for number in range(200)]
    with open_writer(tmp_path, recipe=RECIPE) as writer:
        put(writer, [*many, article("mayor")])
        writer.remove([one.article_id for one in many])
    before, after = compact(tmp_path, forget_before=LATER)
    assert after["catalog"] < before["catalog"] / 2
    assert after["catalog"] == (tmp_path / "catalog.sqlite").stat().st_size + _log_bytes(tmp_path)


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="only Linux tells which files are open")
def test_the_room_that_is_taken_meanwhile_is_the_data_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """SQLite's draft of the catalog lies where room was asked for, whatever the folder's name, and is gone then."""
    folder, seen, opened = tmp_path / "the mayor's", set[Path](), WritableCatalog.open

    def look() -> None:
        for link in Path("/proc/self/fd").iterdir():
            with suppress(OSError):
                seen.add(link.readlink())

    def watched(file: Path) -> WritableCatalog:
        catalog = opened(file)
        catalog.connection.set_progress_handler(look, 20)
        return catalog

    with open_writer(folder, recipe=RECIPE) as writer:
        put(writer, [article(f"depot {number}", f"{LONG * 20}{number}") for number in range(60)])
    monkeypatch.setattr(WritableCatalog, "open", watched)
    compact(folder)
    assert {path.parent for path in seen if path.name.startswith("etilqs")} == {folder}
    assert not list(folder.glob("etilqs*"))


def _log_bytes(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.glob("catalog.sqlite-*"))
