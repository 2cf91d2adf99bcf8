"""`IndexWriter`: replacing and removing the articles of one data folder."""

import logging
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, closing, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from index_store.catalog_file import CATALOG
from index_store.compiled import is_compiled_of
from index_store.configuration import StoreSettings
from index_store.copies import rebuild_missing
from index_store.copy_places import WordsInFolder, chroma_copy
from index_store.deletion import delete
from index_store.encoder import PassageEncoder
from index_store.errors import IndexStoreError, MismatchError
from index_store.lock import writer_lock
from index_store.models import Model, check_model
from index_store.records import Article, ChromaServer, Chunk, Likeness, NewVersion, Vectors
from index_store.source_log import PageState, SourceLog, SourceState
from index_store.vectors import ChromaVectors, vectors_in_folder, vectors_on_server
from index_store.words import Words
from index_store.writable_catalog import WritableCatalog

_CLEARED_LATER = "What was removed is still there, but never shown; the next run that can write there clears it away."
_log = logging.getLogger(__name__)


class IndexWriter:
    """
    A data folder, open for writing; made by `open_writer`.

    New chunks go into the copies first and then into the catalog, in one transaction that makes them live. Whatever the
    copies may hold beside that is noted in the catalog as strays, before it is written or as it is retired: a crash at
    any moment leaves only what readers drop and the next writer clears away.
    """

    def __init__(
        self, folder: Path, catalog: WritableCatalog, model: Model, *, chroma: ChromaServer | None = None
    ) -> None:
        self._folder = folder
        self._catalog = catalog
        self._model = model
        self._server = chroma
        self._encoder: PassageEncoder | None = None
        self._chroma: ChromaVectors | None = None
        self._chroma_copy = chroma_copy(folder, chroma, owner=catalog.identity())
        at_hand = [] if chroma else [self._chroma_copy]  # a server is asked when it is needed
        rebuild_missing(catalog, [*at_hand, WordsInFolder(folder)])
        self._words = Words(folder / "words", create=True)
        with suppress(IndexStoreError):  # what is written next tells of it; until then nobody is shown a stray
            self._clear_strays()

    def close(self) -> None:
        """Close the copies."""
        if self._chroma:
            self._chroma.close()

    def live_fingerprint(self, article_id: str) -> str | None:
        """Fingerprint of the article's live version, or None where it is not live."""
        return self._catalog.live_fingerprint(article_id)

    def sharing(self, bands: Iterable[int], *, limit: int) -> tuple[Article, ...]:
        """Return the live articles that share a band with these, those that share most of them first."""
        return tuple(self._catalog.version(one).article for one in self._catalog.stories.sharing(bands, limit=limit))

    def encoder(self) -> PassageEncoder:
        """
        Load the embedding model, once and only when something must be embedded; the compiled one, where that will do.

        Raises:
            EncoderError: If it cannot be loaded.
        """
        if self._encoder is None:
            self._encoder = PassageEncoder(self._model, self._folder / "encoder")
        return self._encoder

    def replace(
        self,
        articles: Sequence[tuple[Article, tuple[Chunk, ...]]],
        vectors: Vectors,
        likenesses: Mapping[str, Likeness] | None = None,
    ) -> None:
        """
        Make these articles live, each replacing its older version whole; all of them or none.

        Args:
            articles: Articles with their chunks, none twice.
            vectors: One row a chunk, in order: shape (chunks, dimensions), float32, of unit length.
            likenesses: By article id, how copies are found and which they are; an article without one has none.
        """
        at = datetime.now(UTC)
        versions = list(self._new_versions(articles, vectors, likenesses or {}, at))
        with translated_errors(self._folder):
            self._catalog.expect(key for version in versions for key in version.keys)
            self._vectors.replace(versions)
            self._words.replace(versions)
            self._catalog.commit(versions, at=at)
            self._clear_strays()

    def remember(self, states: Iterable[SourceState | PageState]) -> None:
        """Remember what sources and pages answered; the articles they speak of must be committed."""
        with translated_errors(self._folder):
            SourceLog(self._catalog.connection).save(states)

    def remove(self, article_ids: Iterable[str]) -> int:
        """
        Take articles out of the index; their texts stay readable for citations already given.

        They are removed once the catalog says so. A copy that cannot be written, such as that of a server that is away,
        is cleared by the next writer; a warning says so.

        Returns:
            How many of their chunks were removed.
        """
        with translated_errors(self._folder):
            gone = self._catalog.retire(article_ids, at=datetime.now(UTC))
            try:
                self._clear_strays()
            except IndexStoreError as error:
                _log.warning("%s %s", error, _CLEARED_LATER)
        return gone

    def _new_versions(
        self,
        articles: Sequence[tuple[Article, tuple[Chunk, ...]]],
        vectors: Vectors,
        likenesses: Mapping[str, Likeness],
        at: datetime,
    ) -> Iterator[NewVersion]:
        first = 0
        for article, chunks in articles:
            number, first_seen_at = self._catalog.past.numbered(article.article_id)
            own = vectors[first : first + len(chunks)]
            likeness = likenesses.get(article.article_id, Likeness())
            yield NewVersion(article, number + 1, first_seen_at or at, chunks, own, likeness)
            first += len(chunks)

    def _clear_strays(self) -> None:
        keys = self._catalog.strays()
        if keys:
            self._vectors.forget(keys)
            self._words.forget(keys)
            self._catalog.forget_strays()

    @property
    def _vectors(self) -> ChromaVectors:
        if self._chroma is None and self._server:
            rebuild_missing(self._catalog, [self._chroma_copy])
            self._chroma = vectors_on_server(self._server, owner=self._catalog.identity(), create=True)
        elif self._chroma is None:
            self._chroma = vectors_in_folder(self._folder / "chroma", create=True)
        return self._chroma


@contextmanager
def open_writer(
    folder: Path, *, embedding_model: str = "", recipe: str, chroma: ChromaServer | None = None
) -> Iterator[IndexWriter]:
    """
    Open a data folder for writing, making it where there is none.

    Args:
        folder: The data folder.
        embedding_model: The setting of that name.
        recipe: How articles are cut into chunks; chunks of different recipes must not be mixed.
        chroma: The server that holds the vectors; None for the data folder itself.

    Raises:
        BusyIndexError: If another process is writing to it.
        IndexStoreError: If it cannot be written.
        MismatchError: If it was made by another version, with another model or by another recipe.
    """
    with writer_lock(folder), closing(WritableCatalog.open(folder / CATALOG, create=True)) as catalog:
        with translated_errors(folder):
            model = Model.from_setting(embedding_model)
            if not catalog.has_versions():  # an empty folder may still become anything
                if not is_compiled_of(model, folder / "encoder"):
                    delete(folder / "encoder")
                catalog.set_fact("model", model.fingerprint)
                catalog.set_fact("recipe", recipe)
            check_model(catalog, model)
            _check_recipe(catalog, recipe)
            catalog.ensure_identity()
            writer = IndexWriter(folder, catalog, model, chroma=chroma)
        with closing(writer):
            yield writer


def open_writer_of(store: StoreSettings, *, recipe: str) -> AbstractContextManager[IndexWriter]:
    """Open the data folder that the settings name for writing; see `open_writer`."""
    return open_writer(store.data_dir, embedding_model=store.embedding_model, recipe=recipe, chroma=store.chroma_server)


@contextmanager
def translated_errors(folder: Path) -> Iterator[None]:
    """Turn a full disk or a folder without write permission into words."""
    try:
        yield
    except (OSError, sqlite3.Error) as error:
        raise IndexStoreError(
            f"{folder} cannot be written: {error}.",
            remedy="Check the disk's free space and the folder's permissions, then run the command again.",
        ) from error


def _check_recipe(catalog: WritableCatalog, recipe: str) -> None:
    if catalog.fact("recipe") != recipe:
        raise MismatchError(
            f"This index was cut by the recipe “{catalog.fact('recipe')}”, and the settings ask for “{recipe}”.",
            remedy="Set chunk_pieces under [ingest] back, or index into another folder with --data-dir.",
        )
