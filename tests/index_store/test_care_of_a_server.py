"""Looking after an index whose vectors are on a Chroma server."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from queue import SimpleQueue

import pytest
from chroma_server import RunningServer, client_of
from shelf import RECIPE, article, put, reader, vector_of

from index_store import ChromaServer, Filters, IndexStoreError, MismatchError, open_writer
from index_store.care.backup import back_up
from index_store.care.compact import compact
from index_store.care.doctor import examine
from index_store.care.findings import Finding, Status
from index_store.care.progress import unseen
from index_store.care.rebuild import rebuild_copies
from index_store.care.restore import restore
from index_store.care.stats import statistics
from index_store.catalog import Catalog
from index_store.copy_places import OLD, ChromaOnServer
from index_store.nearest import ChromaNearest
from index_store.vectors import ChromaVectors, vectors_on_server
from index_store.writable_catalog import WritableCatalog

FERRY = article("ferry", "The ferry leaves at nine.", "Tickets cost four euros.")
OTHERS = [article(f"depot {number}") for number in range(20)]


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """A server for all tests here; each has a collection of its own."""
    server = RunningServer(tmp_path_factory.mktemp("server"))
    yield server
    server.stop()


@pytest.fixture
def chroma(running: RunningServer, tmp_path: Path) -> ChromaServer:
    """The test's collection, which is not there yet."""
    return running.collection(tmp_path.name)


@pytest.fixture
def folder(tmp_path: Path, chroma: ChromaServer) -> Path:
    """A sound data folder with its vectors on the server."""
    with open_writer(tmp_path / "data", recipe=RECIPE, chroma=chroma) as writer:
        put(writer, [FERRY, *OTHERS])
    return tmp_path / "data"


def problems(folder: Path, chroma: ChromaServer | None) -> dict[str, Finding]:
    """What is wrong, by check."""
    found = examine(folder, embedding_model="", server=chroma)
    return {finding.check: finding for finding in found if finding.status is Status.PROBLEM}


def keys(folder: Path, chroma: ChromaServer) -> list[str]:
    """The keys that the server holds."""
    with (
        closing(Catalog.open(folder / "catalog.sqlite")) as catalog,
        closing(vectors_on_server(chroma, owner=catalog.identity())) as vectors,
    ):
        return sorted(vectors.keys())


def live(folder: Path) -> list[str]:
    """The keys of the live chunks."""
    with closing(Catalog.open(folder / "catalog.sqlite")) as catalog:
        return sorted(catalog.vectors(Filters())[0])


def collections(chroma: ChromaServer) -> set[str]:
    """Names of the collections on the server that begin as this one does."""
    with client_of(chroma) as client:
        return {one.name for one in client.list_collections() if one.name.startswith(chroma.collection)}


def found(folder: Path, chroma: ChromaServer) -> list[str]:
    """What a resident reader finds, in no order."""
    with closing(reader(folder, resident=True, chroma=chroma)) as index:
        passages = index.search("ferry tickets depot 7", Filters(), limit=40, per_article=2)
    return sorted(passage.text for passage in passages)


def lose(folder: Path, chroma: ChromaServer, key: str) -> None:
    """Drop a chunk behind the catalog's back."""
    with (
        closing(Catalog.open(folder / "catalog.sqlite")) as catalog,
        closing(vectors_on_server(chroma, owner=catalog.identity())) as vectors,
    ):
        vectors.forget([key])


def test_doctor_compares_the_collection_and_rebuild_heals_it(folder: Path, chroma: ChromaServer) -> None:
    """A sound one is healthy; chunks that the server lost are counted, and filled in again from the catalog."""
    assert problems(folder, chroma) == {}
    lose(folder, chroma, f"{FERRY.article_id}.1.1")
    told = problems(folder, chroma)
    assert told["chroma"].told == "of 22 chunks: 1 missing"
    assert "dateline rebuild" in told["chroma"].remedy
    assert rebuild_copies(folder, server=chroma) == (21, 22)
    assert keys(folder, chroma) == live(folder)
    assert problems(folder, chroma) == {}
    assert collections(chroma) == {chroma.collection}
    assert not (folder / "chroma").exists()


def test_a_collection_that_is_gone_is_told_and_filled_again(folder: Path, chroma: ChromaServer) -> None:
    """It is named with the remedy, and the remedy brings it back."""
    before = found(folder, chroma)
    with client_of(chroma) as client:
        client.delete_collection(chroma.collection)
    told = problems(folder, chroma)["chroma"]
    assert chroma.collection in told.told
    assert "dateline rebuild" in told.remedy
    rebuild_copies(folder, server=chroma)
    assert found(folder, chroma) == before


def test_a_server_that_is_away_is_told_and_nothing_is_lost(folder: Path, tmp_path: Path) -> None:
    """Doctor names the server and how to start it; a rebuild fails whole, with the words as they were."""
    server = RunningServer(tmp_path / "server")
    chroma = server.collection("away")
    rebuild_copies(folder, server=chroma)
    server.stop()
    told = problems(folder, chroma)
    assert told.keys() == {"chroma"}
    assert "chroma run" in told["chroma"].remedy
    with pytest.raises(IndexStoreError, match="cannot be reached"):
        rebuild_copies(folder, server=chroma)
    assert problems(folder, chroma).keys() == {"chroma"}


def test_an_open_reader_goes_on_over_a_rebuild(folder: Path, chroma: ChromaServer) -> None:
    """It finds the same before and after, and what is indexed later."""
    with closing(reader(folder, resident=True, chroma=chroma)) as index:
        before = [passage.text for passage in index.search("ferry tickets", Filters(), limit=5, per_article=1)]
        rebuild_copies(folder, server=chroma)
        found = [passage.text for passage in index.search("ferry tickets", Filters(), limit=5, per_article=1)]
        assert found == before
        with open_writer(folder, recipe=RECIPE, chroma=chroma) as writer:
            put(writer, [article("tram", "The tram is back.")])
        (best,) = index.search("The tram is back.", Filters(), limit=1, per_article=1)
        assert best.text == "The tram is back."


# Dies at the nth step: each article of each copy is one, and so is each renaming of a collection or folder at the end.
KILLED = """
import os, sys
from pathlib import Path
from index_store import ChromaServer
from index_store.care.rebuild import rebuild_copies
from index_store.copy_places import ChromaOnServer
left = int(sys.argv[2])
rename = ChromaOnServer.rename
def step():
    global left
    left -= 1
    if left < 0:
        os._exit(9)
def renamed(*arguments):
    step()
    rename(*arguments)
ChromaOnServer.rename = renamed
rebuild_copies(Path(sys.argv[1]), server=ChromaServer(*sys.argv[3:]), expect=lambda _: step)
"""


@pytest.mark.parametrize("steps", [10, 42, 43])
def test_killed_at_any_step_it_leaves_a_whole_collection(folder: Path, chroma: ChromaServer, steps: int) -> None:
    """The next writer finds a whole collection and drops the drafts; before it, doctor tells of them."""
    before = found(folder, chroma)
    arguments = [sys.executable, "-c", KILLED, str(folder), str(steps), chroma.url, chroma.collection]
    assert subprocess.run(arguments, env=os.environ, timeout=120).returncode == 9
    drafts = {one.check: one for one in examine(folder, embedding_model="", server=chroma)}["drafts"]
    assert drafts.status is Status.NOTE
    assert f"{chroma.collection}.new at {chroma.url}" in drafts.told
    with open_writer(folder, recipe=RECIPE, chroma=chroma) as writer:
        put(writer, [FERRY])
    assert collections(chroma) == {chroma.collection}
    assert keys(folder, chroma) == live(folder)
    assert problems(folder, chroma) == {}
    assert found(folder, chroma) == before


def test_a_backup_is_restored_with_a_collection_of_its_own(
    folder: Path, chroma: ChromaServer, running: RunningServer, tmp_path: Path
) -> None:
    """Restoring fills the collection; that of the folder that was backed up is refused, and nothing is left of it."""
    back_up(folder, tmp_path / "b.zip", force=False)
    elsewhere, other = tmp_path / "elsewhere", running.collection(f"{tmp_path.name}-other")
    with pytest.raises(MismatchError, match="belongs to another"):
        restore(tmp_path / "b.zip", elsewhere, server=chroma, expect=unseen)
    assert {path.name for path in elsewhere.iterdir()} <= {"writer.lock"}
    assert restore(tmp_path / "b.zip", elsewhere, server=other, expect=unseen) == (21, 22)
    assert keys(elsewhere, other) == keys(folder, chroma)
    assert found(elsewhere, other) == found(folder, chroma)
    assert problems(elsewhere, other) == problems(folder, chroma) == {}
    assert not (elsewhere / "chroma").exists()


def test_an_open_reader_opens_the_collection_that_a_rebuild_made(
    folder: Path, chroma: ChromaServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the old collection could not be dropped, a reader would go on asking it, and miss all that is newer."""
    drop = ChromaOnServer.drop
    monkeypatch.setattr(ChromaOnServer, "drop", lambda copy, suffix: None if suffix == OLD else drop(copy, suffix))
    monkeypatch.setattr("index_store.nearest._REOPEN_AFTER_S", 0.01)
    openings = SimpleQueue[None]()
    with closing(WritableCatalog.open(folder / "catalog.sqlite")) as catalog:
        owner = catalog.identity()

        def opened() -> ChromaVectors:
            openings.put(None)
            return vectors_on_server(chroma, owner=owner)

        with closing(ChromaNearest(catalog, folder / "catalog.sqlite", opened)) as nearest:
            openings.get(timeout=60)
            rebuild_copies(folder, server=chroma)
            with (
                closing(vectors_on_server(chroma, owner=owner)) as vectors,
                closing(Catalog.open(folder / "catalog.sqlite")) as other,
            ):
                vectors.replace([replace(one, number=2) for one in other.live_versions() if one.article == FERRY])
            wanted = f"{FERRY.article_id}.2.0"
            while wanted not in nearest.nearest(vector_of("The ferry leaves at nine."), Filters(), limit=5):
                catalog.call_readers()
                openings.get(timeout=60)


def test_compact_and_stats_work_without_a_folder_of_vectors(folder: Path, chroma: ChromaServer) -> None:
    """Compacting fills the collection anew; the numbers are those of the catalog, and the folder holds no vectors."""
    compact(folder, server=chroma)
    assert keys(folder, chroma) == live(folder)
    assert problems(folder, chroma) == {}
    counted = statistics(folder)
    assert (counted.articles.count, counted.chunks, counted.bytes_of["chroma"]) == (21, 22, 0)


def test_vectors_move_to_a_server_and_back(folder: Path, chroma: ChromaServer) -> None:
    """A place that was not written to for a while is made anew by the first writer; `compact` clears the folder."""
    for number, server in enumerate((None, chroma)):
        with open_writer(folder, recipe=RECIPE, chroma=server) as writer:
            put(writer, [article(f"stop {number}")])
        with closing(reader(folder, resident=True, chroma=server)) as index:
            texts = {one.text for one in index.search("stop", Filters(), limit=40, per_article=1)}
        assert texts >= {article(f"stop {one}").text for one in range(number + 1)}
        assert problems(folder, server) == {}
    assert (folder / "chroma").exists()
    compact(folder, server=chroma)
    assert not (folder / "chroma").exists()
    assert problems(folder, chroma) == {}
