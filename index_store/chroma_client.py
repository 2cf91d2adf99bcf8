"""Chroma's clients, of a folder and of a server: opened, closed, and their errors in words."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, cast
from urllib.parse import urlsplit

from index_store.errors import REBUILD, IndexStoreError, first_line, is_panic
from index_store.records import ChromaServer

if TYPE_CHECKING:
    from chromadb.api.client import Client
    from chromadb.config import Settings


_SPELLINGS = set[str]()  # of the folders that are open in this process
_TAKING = Lock()
_START = "Start it (`chroma run`), or correct chroma_url under [store]."

# What Chroma raises when a folder is opened again after that has failed in this process; the opening after it is sound.
_AFTER_A_FAILURE = AttributeError


@dataclass(frozen=True, slots=True)
class OpenClient:
    """
    A client that somebody must close.

    Attributes:
        client: Chroma's.
        spelling: How the path of its folder is spelled; "" for a server.
    """

    client: "Client"
    spelling: str = ""

    def close(self) -> None:
        """Close the files, and the connections to a server, which Chroma would leave open."""
        self.client.close()
        for one in (self.client, self.client._admin_client):
            connections = getattr(getattr(one, "_server", None), "_session", None)
            if connections:
                connections.close()
        _SPELLINGS.discard(self.spelling)


def open_folder(folder: Path) -> OpenClient:
    """
    Open a folder; Chroma makes an empty database where there is none.

    Raises:
        IndexStoreError: If it cannot be read.
    """
    import chromadb  # 1.3 s that a one-off question must not pay

    spelling = _take_spelling(folder)
    try:
        with translated_errors():
            client = chromadb.PersistentClient(path=spelling, settings=_settings())
            return OpenClient(cast("Client", client), spelling)
    except BaseException:
        _SPELLINGS.discard(spelling)
        raise


def connect(server: ChromaServer) -> OpenClient:
    """
    Connect to a server.

    Raises:
        IndexStoreError: If it cannot be reached.
    """
    import chromadb  # see open_folder

    url = urlsplit(server.url)
    is_tls = url.scheme == "https"
    try:
        with translated_errors(server):
            port = url.port or (443 if is_tls else 80)
            client = chromadb.HttpClient(host=url.hostname or "", port=port, ssl=is_tls, settings=_settings())
            return OpenClient(cast("Client", client))
    except ValueError as error:  # Chroma's way of saying that it could not connect, or was told what it can't read
        if str(error).startswith("Could not connect to a Chroma server"):
            raise _unreachable(server, error) from error
        raise IndexStoreError(f"{server.url} does not answer as a Chroma server does.", remedy=_START) from error


def _take_spelling(folder: Path) -> str:
    """
    Spell a folder's path as nobody else in this process does.

    Chroma shares one system among the clients of a process that spell a path alike, and it never sees what other
    processes write; so a client that is to see the newest state needs a spelling of its own.
    """
    with _TAKING:
        spelling = str(folder)
        while spelling in _SPELLINGS:
            spelling += "/."
        _SPELLINGS.add(spelling)
    return spelling


def _settings() -> "Settings":
    from chromadb.config import Settings  # see open_folder

    return Settings(anonymized_telemetry=False)


@contextmanager
def translated_errors(server: ChromaServer | None = None) -> Iterator[None]:
    """Turn what Chroma raises into words; `server` is named where one is asked."""
    from chromadb.errors import ChromaError  # see open_folder
    from httpx import HTTPError  # what Chroma speaks to servers with

    try:
        yield
    except HTTPError as error:
        raise _unreachable(server, error) from error
    except BaseException as error:  # a panic is no Exception
        if not isinstance(error, (ChromaError, _AFTER_A_FAILURE)) and not is_panic(error):
            raise
        remedy = f"Check the disk's free space and try again; otherwise {REBUILD}"
        if server:
            remedy = f"Check the server, chroma_url and chroma_collection under [store]. {REBUILD}"
        raise IndexStoreError(f"The vectors cannot be read or written: {error}", remedy=remedy) from error


def _unreachable(server: ChromaServer | None, error: Exception) -> IndexStoreError:
    where = f"The Chroma server {server.url}" if server else "The Chroma server"
    return IndexStoreError(
        f"{where} cannot be reached: {first_line(error)}",
        remedy=_START,
    )
