"""The vectors on a Chroma server of their own, as `chroma run` starts one."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from chroma_server import RunningServer, client_of
from shelf import RECIPE, article, put, reader

from index_store import Filters, IndexStoreError, MismatchError, NewsIndex, open_writer


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RunningServer]:
    """A server with nothing in it."""
    running = RunningServer(tmp_path / "server")
    yield running
    running.stop()


def texts(index: NewsIndex) -> set[str]:
    """Everything that a reader finds."""
    return {passage.text for passage in index.search("toll", Filters(), limit=50, per_article=50)}


def test_a_server_holds_the_vectors(server: RunningServer, tmp_path: Path) -> None:
    """Written, replaced and removed as in the folder, and seen by an open reader at once; the folder has no copy."""
    folder, chroma = tmp_path / "data", server.collection("quay")
    with open_writer(folder, recipe=RECIPE, chroma=chroma) as writer:
        put(writer, [article("toll", "The toll is one."), article("flood", "A flood.")])
        index = reader(folder, resident=True, chroma=chroma)
        assert texts(index) == {"The toll is one.", "A flood."}
        put(writer, [article("toll", "The toll is two.")])
        writer.remove([article("flood").article_id])
        assert texts(index) == {"The toll is two."}
    index.close()
    assert not (folder / "chroma").exists()
    with client_of(chroma) as client:
        assert client.get_collection("quay", embedding_function=None).count() == 1


def test_a_collection_that_is_gone_is_filled_again(server: RunningServer, tmp_path: Path) -> None:
    """A server that lost its collection gets all of it at the next commit, without embedding again."""
    folder, chroma = tmp_path / "data", server.collection("quay")
    with open_writer(folder, recipe=RECIPE, chroma=chroma) as writer:
        put(writer, [article("toll", "The toll is one."), article("flood", "A flood.")])
    with client_of(chroma) as client:
        client.delete_collection("quay")
    with open_writer(folder, recipe=RECIPE, chroma=chroma) as writer:
        put(writer, [article("storm", "A storm.")])
    with client_of(chroma) as client:
        assert client.get_collection("quay", embedding_function=None).count() == 3


def test_two_folders_do_not_share_a_collection(server: RunningServer, tmp_path: Path) -> None:
    """A collection bears its data folder's name: another folder is refused, for writing and for reading."""
    chroma = server.collection("quay")
    for folder in (tmp_path / "one", tmp_path / "other"):
        with open_writer(folder, recipe=RECIPE, chroma=server.collection(folder.name)) as writer:
            put(writer, [article("toll")])
    with open_writer(tmp_path / "one", recipe=RECIPE, chroma=chroma) as writer:
        put(writer, [article("flood")])
    other = open_writer(tmp_path / "other", recipe=RECIPE, chroma=chroma)
    with other as writer, pytest.raises(MismatchError, match="belongs to another"):
        put(writer, [article("flood")])
    with pytest.raises(MismatchError, match="belongs to another"):
        reader(tmp_path / "other", resident=True, chroma=chroma)


def test_without_its_server_an_open_reader_goes_on(server: RunningServer, tmp_path: Path) -> None:
    """Questions are answered from the catalog while the server is away; to open or to write, it is missed by name."""
    folder, chroma = tmp_path / "data", server.collection("quay")
    with open_writer(folder, recipe=RECIPE, chroma=chroma) as writer:
        put(writer, [article("toll", "The toll is one.")])
    index = reader(folder, resident=True, chroma=chroma)
    server.stop()
    assert texts(index) == {"The toll is one."}
    index.close()
    with pytest.raises(IndexStoreError, match="cannot be reached"):
        reader(folder, resident=True, chroma=chroma)
    with closing(reader(folder, chroma=chroma)) as one_off:
        assert texts(one_off) == {"The toll is one."}
    with (
        open_writer(folder, recipe=RECIPE, chroma=chroma) as writer,
        pytest.raises(IndexStoreError, match="chroma_url"),
    ):
        put(writer, [article("flood", "A flood.")])
    with closing(reader(folder, chroma=chroma)) as one_off:
        assert texts(one_off) == {"The toll is one."}
