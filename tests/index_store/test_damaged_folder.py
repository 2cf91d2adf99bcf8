"""A data folder that a disk, a person or another program has spoilt: told in words with the remedy, or put right."""

import sqlite3
from contextlib import closing
from http.server import HTTPServer, SimpleHTTPRequestHandler
from pathlib import Path
from threading import Thread

import pytest
from click.testing import CliRunner
from compiled import compile_into
from shelf import DIMENSIONS, RECIPE, article, put, reader

from bot.cli import dateline
from index_store import ChromaServer, EmptyIndexError, Filters, IndexStoreError, SettingsError, open_writer
from index_store.care.copy_checks import check_copies
from index_store.care.findings import Status
from index_store.care.rebuild import rebuild_copies
from index_store.catalog import Catalog
from index_store.catalog_file import CATALOG
from index_store.chroma_client import connect
from index_store.copies import COPIES
from index_store.encoder import open_question_encoder
from index_store.models import Model
from index_store.words import Words

DEPOTS = [article(f"depot {number}", f"Depot {number} has a tram.", "It is red.") for number in range(20)]
AWAY = ChromaServer("http://127.0.0.1:9", "depots")  # where nobody listens


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A sound data folder."""
    with open_writer(tmp_path / "index", recipe=RECIPE) as writer:
        put(writer, DEPOTS)
    return tmp_path / "index"


def found(folder: Path) -> int:
    """How many passages a search finds."""
    with closing(reader(folder)) as index:
        return len(index.search("red tram depot 7", Filters(), limit=9, per_article=1))


def live_keys(folder: Path) -> list[str]:
    """The keys of live chunks."""
    with closing(Catalog.open(folder / CATALOG)) as catalog:
        return sorted(catalog.vectors(Filters())[0])


# Tantivy


def test_damaged_words_are_told_whatever_tantivy_makes_of_them(folder: Path) -> None:
    """Of each file, cut short or overwritten, opening and searching say what to run, or do not mind; none panics."""
    told = list[str]()
    files = [one for one in (folder / "words").iterdir() if one.stat().st_size]
    for file in files:
        sound = file.read_bytes()
        half = len(sound) // 2
        for spoilt in (b"", sound[:half], b"\xff" * half + sound[half:], sound[:half] + b"\xff" * (len(sound) - half)):
            file.unlink()  # not written in place: who still has it open would see it shrink
            file.write_bytes(spoilt)
            told += [_told_of(folder)]
        file.unlink()
        file.write_bytes(sound)
    assert len(told) == 4 * len(files)
    assert {one.partition(", or")[0] for one in told} == {"The word index is damaged", ""}
    assert all("`dateline rebuild`" in one for one in told if one)
    assert found(folder) == 9


def _told_of(folder: Path) -> str:
    """What using the words tells; "" where they can be used."""
    try:
        found(folder)
        Words(folder / "words").keys()
    except IndexStoreError as error:
        return str(error)
    return ""


def test_words_that_may_only_be_read_are_read(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tantivy wants to lock what it reads; where it may not, all is found, and what is committed later, too."""
    with open_writer(folder, recipe=RECIPE) as writer:
        monkeypatch.setattr("index_store.lockable.os.access", lambda *_: False)
        words = Words(folder / "words")
        put(writer, [article("ferry", "The ferry is blue.")])
        assert len(words.keys()) == 40
        words.reload()
        assert len(words.keys()) == 41


# things in the way


def test_what_stands_in_a_copys_place_is_deleted_and_no_link_followed(
    folder: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Files and links under the names of copies and drafts stop no writer; what a link leads to is left alone."""
    precious = tmp_path / "precious"
    precious.mkdir()
    (precious / "letter").write_text("dear")
    (folder / "chroma").rename(tmp_path / "chroma")
    (folder / "chroma").write_text("a file")
    (folder / "chroma.new").symlink_to(precious)
    (folder / "words.new").write_text("a file")
    (folder / "words.old").symlink_to("nowhere")
    with open_writer(folder, recipe=RECIPE) as writer:
        put(writer, [article("ferry")])
    assert caplog.messages == ["chroma was missing or out of date: it was made anew from the catalog."]
    assert {path.name for path in folder.iterdir()} == {CATALOG, *COPIES, "writer.lock"}
    assert [path.name for path in precious.iterdir()] == ["letter"]
    assert sorted(Words(folder / "words").keys()) == live_keys(folder)


@pytest.mark.parametrize("given", ["", "link", "file"])
def test_a_data_folder_that_is_none_is_told_in_words(given: str, tmp_path: Path) -> None:
    """An unset variable, a link that leads nowhere and a file are refused before anything is made."""
    (tmp_path / "link").symlink_to("nowhere")
    (tmp_path / "file").touch()
    environment = {"DATELINE_DATA_DIR": str(tmp_path / given) if given else ""}
    with pytest.raises(SettingsError, match=r"store.data_dir is '.*', which is not allowed: it (is a|must name)"):
        CliRunner().invoke(dateline, ["stats"], env=environment, catch_exceptions=False)
    if given != "file":
        named = str(tmp_path / given) if given else ""
        with pytest.raises(SettingsError, match=r"store.data_dir"):
            CliRunner().invoke(dateline, ["--data-dir", named, "stats"], catch_exceptions=False)


def test_an_empty_catalog_names_no_writer(tmp_path: Path) -> None:
    """Who finds out under the lock that nothing is indexed does not take itself for another writer."""
    (tmp_path / CATALOG).touch()
    with pytest.raises(EmptyIndexError, match=r"^Nothing is indexed in [^ ]*\. Fill it"):
        rebuild_copies(tmp_path)


# the catalog


def test_where_sqlite_cannot_write_its_notes_questions_are_answered(folder: Path) -> None:
    """On a full disk and in a folder that may only be read, readers go on, until somebody writes after all."""
    (folder / f"{CATALOG}-shm").symlink_to("nowhere")  # SQLite follows no link, and so cannot make its file of notes
    with closing(reader(folder)) as index:
        assert len(index.search("red tram", Filters(), limit=9, per_article=1)) == 9
        (folder / CATALOG).touch()
        with pytest.raises(IndexStoreError, match="was written to meanwhile"):
            index.search("red tram", Filters(), limit=9, per_article=1)
    (folder / f"{CATALOG}-wal").write_bytes(b"what the file itself does not hold yet")
    with pytest.raises(IndexStoreError, match=r"cannot be opened.*free space"):
        reader(folder)


def test_a_vector_of_another_length_is_told_with_the_remedy(folder: Path) -> None:
    """Neither a search nor a rebuild fails on it without saying what to run."""
    with closing(sqlite3.connect(folder / CATALOG)) as connection, connection:
        connection.execute("UPDATE chunks SET vector = substr(vector, 5) WHERE position = 1")
    for use in (found, rebuild_copies):
        with pytest.raises(IndexStoreError, match=r"damaged.*dateline doctor"):
            use(folder)


# Chroma


def test_a_damaged_page_of_chroma_is_found(folder: Path) -> None:
    """Even one that nobody asks for; the remedy heals it."""
    file = folder / "chroma" / "chroma.sqlite3"
    content = bytearray(file.read_bytes())
    page = 4096 * (len(content) // 4096 // 2)
    file.unlink()
    file.write_bytes(content[:page] + b"\xff" * 4096 + content[page + 4096 :])
    with closing(Catalog.open(folder / CATALOG)) as catalog:
        chroma, *others = check_copies(folder, catalog, None)
    assert chroma.told.startswith("Chroma's database is damaged")
    assert "dateline rebuild" in chroma.remedy
    assert {other.status for other in others} == {Status.OK}


def test_articles_are_removed_though_the_server_is_away(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    """The catalog decides: they are gone at once, which is told, and the next writer clears the copies."""
    for one in DEPOTS[:2]:
        with open_writer(folder, recipe=RECIPE, chroma=AWAY) as writer:
            assert writer.remove([one.article_id]) == 2
    assert len(live_keys(folder)) == 36
    assert [("never shown" in message, "chroma run" in message) for message in caplog.messages] == [(True, True)] * 2
    with open_writer(folder, recipe=RECIPE):
        pass
    assert sorted(Words(folder / "words").keys()) == live_keys(folder)


def test_an_ordinary_web_server_is_no_chroma() -> None:
    """What it answers is not shown."""
    with HTTPServer(("127.0.0.1", 0), _Page) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        chroma = ChromaServer(f"http://127.0.0.1:{server.server_port}", "depots")
        with pytest.raises(IndexStoreError) as failure:
            connect(chroma)
        server.shutdown()
    assert failure.value.message == f"{chroma.url} does not answer as a Chroma server does."


class _Page(SimpleHTTPRequestHandler):
    """Answers as a site does that knows no such page."""

    def do_GET(self) -> None:
        """Send a page of HTML."""
        self.send_error(404)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


# the compiled model


def test_a_compiled_model_that_is_broken_stops_no_question(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The original encodes in its place, as where there is none, and a warning names the remedy."""
    monkeypatch.setattr("index_store.encoder.Transformer", lambda model: f"the original {model.name}")
    model = Model("nowhere", "model", "model")
    compile_into(tmp_path / "other inputs", [1.0] * DIMENSIONS, inputs=["another"])
    compile_into(tmp_path / "broken", [1.0] * DIMENSIONS)
    (tmp_path / "broken" / "model.onnx").write_bytes(b"broken")
    for compiled in ("other inputs", "broken", "none"):
        assert open_question_encoder(tmp_path / compiled, model) == "the original model"
    assert ["dateline rebuild" in message for message in caplog.messages] == [True, True]
