"""The shelf's two verbs: `NewsIndex` searches, `IndexWriter` replaces and removes."""

import shutil
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

import numpy as np

from index_store.catalog import Catalog
from index_store.encoder import Model, PassageEncoder, QuestionEncoder, open_question_encoder
from index_store.errors import EmptyIndexError, IndexStoreError, MismatchError
from index_store.lock import writer_lock
from index_store.ranking import Candidate, fuse, keep_best
from index_store.records import Article, Chunk, Filters, Likeness, LiveChunk, NewVersion, Passage, Vectors, Version
from index_store.source_log import PageState, SourceLog, SourceState
from index_store.vectors import ChromaVectors
from index_store.words import Words

# Of each kind; more than the first number changed no result on the benchmark. The second is for stories with so many
# copies that they fill the first.
_CANDIDATES = (200, 1_000)
_MOST_COPIES_NAMED = 5
_COPIES = {"chroma": "chroma.sqlite3", "words": "meta.json"}  # a copy's folder, and a file that it always holds
_EXACT_BELOW_CHUNKS = 20_000  # scoring this many exactly takes no longer than opening Chroma


class NewsIndex:
    """
    A data folder, open for reading; any number of processes may, while one writes.

    A resident reader (the bot, a batch) searches vectors with Chroma. A one-off reader scores all vectors exactly,
    which costs less than importing Chroma.
    """

    def __init__(self, folder: Path, catalog: Catalog, encoder: QuestionEncoder, *, resident: bool) -> None:
        self._catalog = catalog
        self._encoder = encoder
        self._generation = catalog.generation()  # before the copies are opened: what comes later is noticed
        self._words = Words(folder / "words")
        self._chroma = ChromaVectors(folder / "chroma") if resident else None

    @classmethod
    def open(cls, folder: Path, *, embedding_model: str = "", resident: bool = False) -> Self:
        """
        Open a data folder.

        Args:
            folder: The data folder.
            embedding_model: The setting of that name; must be what the folder was indexed with.
            resident: Whether many questions will follow.

        Raises:
            EmptyIndexError: If nothing has been indexed there.
            MismatchError: If it was made by another version or with another model.
            EncoderError: If the model cannot be loaded.
        """
        catalog = Catalog.open(folder / "catalog.sqlite")
        try:
            if catalog.count_articles(Filters()) == 0:
                raise EmptyIndexError(
                    f"No article is indexed in {folder}.",
                    remedy="Fill it with `dateline index FILE...`, or name another folder with --data-dir.",
                )
            model = Model.from_setting(embedding_model)
            _check_model(catalog, model)
            return cls(folder, catalog, open_question_encoder(folder / "encoder", model), resident=resident)
        except BaseException:
            catalog.close()
            raise

    def close(self) -> None:
        """Close the files."""
        self._catalog.close()
        if self._chroma:
            self._chroma.close()

    def search(self, query: str, filters: Filters, *, limit: int, per_article: int) -> tuple[Passage, ...]:
        """
        Find the passages that match a query best, by its words and by its meaning; a story with copies counts once.

        Args:
            query: Any text; it is data, never query syntax.
            filters: What may be found.
            limit: Most passages to return (at least 1).
            per_article: Most passages of one article (at least 1); the article with a story's best passage stands
                for its copies.

        Returns:
            Live passages, best first; of copies that match alike, those of the one published first.
        """
        vector = self._encoder.encode_question(query)
        passages = self._search_once(query, vector, filters, limit=limit, per_article=per_article)
        if self._catalog.generation() != self._generation:  # a commit came in between and may have hidden its articles
            passages = self._search_once(query, vector, filters, limit=limit, per_article=per_article)
        return passages

    def _search_once(
        self, query: str, vector: Vectors, filters: Filters, *, limit: int, per_article: int
    ) -> tuple[Passage, ...]:
        self._refresh()
        for count in _CANDIDATES:
            word_scores = dict(self._words.best(query, filters, limit=count))
            keys = list(dict.fromkeys([*word_scores, *self._nearest(vector, filters, limit=count)]))
            live = self._catalog.chunks(keys, filters)
            ranked = fuse(self._candidates(live, word_scores, vector))
            best = keep_best(ranked, limit=limit, per_article=per_article)
            if len(best) == limit or len(keys) < count:
                break
        return tuple(self._passage(live[candidate.key], candidate, score, filters) for candidate, score in best)

    def _candidates(
        self, live: Mapping[str, LiveChunk], word_scores: Mapping[str, float], vector: Vectors
    ) -> Iterator[Candidate]:
        stories = self._catalog.stories.story_ids({found.version.article.article_id for found in live.values()})
        for key, found in live.items():
            article_id = found.version.article.article_id
            yield Candidate(
                key=key,
                article_id=article_id,
                story_id=stories.get(article_id, article_id),
                public_by=found.version.public_by,
                word_score=word_scores.get(key, 0.0),
                cosine=float(found.vector @ vector),
            )

    def _passage(self, found: LiveChunk, candidate: Candidate, score: float, filters: Filters) -> Passage:
        copies = self._catalog.stories.copies(candidate.article_id, filters, limit=_MOST_COPIES_NAMED)
        version = found.version
        return Passage(
            article=version.article,
            version=version.number,
            chunk=found.chunk,
            score=score,
            word_score=candidate.word_score,
            cosine=candidate.cosine,
            also_in=copies,
        )

    def _refresh(self) -> None:
        """Bring the copies up to date if a writer has committed since the last search."""
        generation = self._catalog.generation()
        if generation != self._generation:
            self._words.reload()
            if self._chroma:
                self._chroma.reopen()
            self._generation = generation

    def _nearest(self, vector: Vectors, filters: Filters, *, limit: int) -> list[str]:
        """Keys of the chunks nearest to a vector: exact where few pass the filters, by Chroma where many do."""
        if self._chroma is None or (filters.narrow and self._catalog.count_chunks(filters) < _EXACT_BELOW_CHUNKS):
            return _exactly_nearest(vector, *self._catalog.vectors(filters), limit=limit)
        return self._chroma.nearest(vector, limit=self._fetch_count(filters, limit))

    def _fetch_count(self, filters: Filters, limit: int) -> int:
        """Ask Chroma for so many that about `limit` of them pass the filters."""
        if not filters.narrow:
            return limit
        share = self._catalog.count_chunks(filters) / max(1, self._catalog.count_chunks(Filters()))
        return int(limit / max(share, 0.05))

    def terms(self, text: str) -> list[str]:
        """Reduce a text to its index terms, in order: lower case, without accents, stemmed."""
        return self._words.terms(text)

    def rarity(self, term: str) -> float:
        """Inverse document frequency of an index term: 0 for one in every chunk, higher when rarer."""
        return self._words.rarity(term)

    def mentions(self, name: str) -> bool:
        """Whether every term of a name stands somewhere in the index, live or lately removed."""
        return self._words.mentions(name)

    def version(self, article_id: str, number: int | None = None) -> Version:
        """
        Return an article's live version, or the one with this number.

        Raises:
            UnknownArticleError: If there is none.
        """
        return self._catalog.version(article_id, number)

    def count_articles(self, filters: Filters) -> int:
        """Count the articles that pass."""
        return self._catalog.count_articles(filters)

    def newest_published_at(self, filters: Filters) -> datetime | None:
        """When the newest article that passes was published; None where no dated one does."""
        return self._catalog.newest_published_at(filters)


def open_catalog(folder: Path) -> Catalog:
    """
    Open only the catalog of a data folder: enough to list and show articles.

    Raises:
        EmptyIndexError: If nothing has been indexed there.
    """
    return Catalog.open(folder / "catalog.sqlite")


def open_source_log(folder: Path) -> SourceLog:
    """
    Open what is remembered of sources, for reading.

    Raises:
        EmptyIndexError: If nothing has been indexed there.
    """
    return SourceLog(Catalog.open(folder / "catalog.sqlite").connection)


class IndexWriter:
    """
    A data folder, open for writing; made by `open_writer`.

    New chunks go into the copies first and then into the catalog, in one transaction that makes them live. Whatever the
    copies may hold beside that is noted in the catalog as strays, before it is written or as it is retired: a crash at
    any moment leaves only what readers drop and the next writer clears away.
    """

    def __init__(self, folder: Path, catalog: Catalog, model: Model) -> None:
        self._folder = folder
        self._catalog = catalog
        self._model = model
        self._encoder: PassageEncoder | None = None
        self._chroma: ChromaVectors | None = None
        self._restore_missing_copies()
        self._words = Words(folder / "words", create=True)
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
        Load the embedding model, once and only when something must be embedded.

        Raises:
            EncoderError: If it cannot be loaded.
        """
        if self._encoder is None:
            self._encoder = PassageEncoder(self._model)
            if not (self._folder / "encoder").exists():
                self._encoder.export(self._folder / "encoder")
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
        with _translated_errors(self._folder):
            self._catalog.expect(key for version in versions for key in version.keys)
            self._vectors.replace(versions)
            self._words.replace(versions)
            self._catalog.commit(versions, at=at)
            self._clear_strays()

    def remember(self, states: Iterable[SourceState | PageState]) -> None:
        """Remember what sources and pages answered; the articles they speak of must be committed."""
        with _translated_errors(self._folder):
            SourceLog(self._catalog.connection).save(states)

    def remove(self, article_ids: Iterable[str]) -> int:
        """
        Take articles out of the index; their texts stay readable for citations already given.

        Returns:
            How many of their chunks were removed.
        """
        with _translated_errors(self._folder):
            gone = self._catalog.retire(article_ids, at=datetime.now(UTC))
            self._clear_strays()
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
            number, first_seen_at = self._catalog.history(article.article_id)
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

    def _restore_missing_copies(self) -> None:
        """Make a copy that somebody deleted anew from the catalog, without embedding again."""
        if self._catalog.count_chunks(Filters()) == 0:
            return
        missing = [name for name, file in _COPIES.items() if not (self._folder / name / file).exists()]
        interrupted = (self._catalog.fact("restoring") or "").split()
        names = sorted({*missing, *interrupted})
        if names:
            self._catalog.set_fact("restoring", " ".join(names))  # a run that is killed meanwhile begins anew
            copies = [self._vectors if name == "chroma" else Words(self._folder / name, create=True) for name in names]
            for version in self._catalog.live_versions():
                for copy in copies:
                    copy.replace([version])
            self._catalog.set_fact("restoring", "")

    @property
    def _vectors(self) -> ChromaVectors:
        if self._chroma is None:
            self._chroma = ChromaVectors(self._folder / "chroma", create=True)
        return self._chroma


@contextmanager
def open_writer(folder: Path, *, embedding_model: str = "", recipe: str) -> Iterator[IndexWriter]:
    """
    Open a data folder for writing, making it where there is none.

    Args:
        folder: The data folder.
        embedding_model: The setting of that name.
        recipe: How articles are cut into chunks; chunks of different recipes must not be mixed.

    Raises:
        BusyIndexError: If another process is writing to it.
        IndexStoreError: If it cannot be written.
        MismatchError: If it was made by another version, with another model or by another recipe.
    """
    with writer_lock(folder), closing(Catalog.open(folder / "catalog.sqlite", create=True)) as catalog:
        with _translated_errors(folder):
            model = Model.from_setting(embedding_model)
            if not catalog.has_versions():  # an empty folder may still become anything
                shutil.rmtree(folder / "encoder", ignore_errors=True)
                catalog.set_fact("model", model.fingerprint)
                catalog.set_fact("recipe", recipe)
            _check_model(catalog, model)
            _check_recipe(catalog, recipe)
            writer = IndexWriter(folder, catalog, model)
        with closing(writer):
            yield writer


@contextmanager
def _translated_errors(folder: Path) -> Iterator[None]:
    """Turn a full disk or a folder without write permission into words."""
    try:
        yield
    except (OSError, sqlite3.Error) as error:
        raise IndexStoreError(
            f"{folder} cannot be written: {error}.",
            remedy="Check the disk's free space and the folder's permissions, then run the command again.",
        ) from error


def _check_model(catalog: Catalog, model: Model) -> None:
    indexed_with = catalog.fact("model")
    if indexed_with != model.fingerprint:
        raise MismatchError(
            f"This index was made with the embedding model {indexed_with}, and the setting names {model.fingerprint}.",
            remedy="Set embedding_model under [store] back, or index into another folder with --data-dir.",
        )


def _check_recipe(catalog: Catalog, recipe: str) -> None:
    if catalog.fact("recipe") != recipe:
        raise MismatchError(
            f"This index was cut by the recipe “{catalog.fact('recipe')}”, and the settings ask for “{recipe}”.",
            remedy="Set chunk_pieces under [ingest] back, or index into another folder with --data-dir.",
        )


def _exactly_nearest(vector: Vectors, keys: Sequence[str], vectors: Vectors, *, limit: int) -> list[str]:
    if not keys:
        return []
    cosines = vectors @ vector
    best = np.argsort(-cosines, kind="stable")[:limit]
    return [keys[i] for i in best]
