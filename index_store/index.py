"""`NewsIndex`: searching one data folder."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache, partial
from itertools import groupby
from pathlib import Path
from threading import Lock
from typing import Self

from index_store.catalog import Catalog
from index_store.catalog_file import CATALOG, nothing_indexed
from index_store.configuration import StoreSettings
from index_store.encoder import QuestionEncoder, open_question_encoder
from index_store.freshness import Asking
from index_store.models import Model, check_model
from index_store.nearest import ChromaNearest, ExactNearest, HeldNearest, Nearest, opener
from index_store.ranking import Candidate, cut, keep_best, ranked
from index_store.records import (
    ArticleSummary,
    ChromaServer,
    Filters,
    Glance,
    LiveChunk,
    Passage,
    Relevance,
    RetiredVersion,
    Vectors,
    Version,
)
from index_store.source_log import SourceLog
from index_store.words import WordMatch, Words

# Of each kind; 200 changed no figure of the benchmark. The second number is for stories with so many copies that they
# fill the first.
_CANDIDATES = (120, 1_000)
_HELD_UP_TO_CHUNKS = 25_000  # 38 MB; Chroma, which a reader then needs not import, takes four times as long
_TO_SEE_EQUALS = 50  # fetched beyond those wanted, to see which are as near as the last of them
_MOST_COPIES_NAMED = 5


class NewsIndex:
    """
    A data folder, open for reading; any number of processes may, while one writes.

    A resident reader (the bot, a batch) searches vectors with Chroma, or in memory where there are few. A one-off
    reader reads and scores them all, which costs less than importing Chroma.

    One search runs at a time, however many threads ask. While it encodes its question, which takes one core, it looks
    up the question's words on another.
    """

    def __init__(
        self,
        folder: Path,
        catalog: Catalog,
        encoder: QuestionEncoder,
        *,
        resident: bool,
        chroma: ChromaServer | None = None,
    ) -> None:
        self._catalog = catalog
        self._encoder = encoder
        self._generation = catalog.generation()  # before the copies are opened: what comes later is noticed
        self._searching = Lock()  # all searches share one connection and what it was last brought up to date with
        self._words = Words(folder / "words")
        self._beside = ThreadPoolExecutor(max_workers=1, thread_name_prefix="words")
        self._nearest: Nearest = ExactNearest(catalog)
        if resident and not chroma and catalog.count_chunks(Filters()) <= _HELD_UP_TO_CHUNKS:
            self._nearest = HeldNearest(catalog)
        elif resident:
            self._nearest = ChromaNearest(catalog, folder / CATALOG, opener(folder, catalog, chroma))

    @classmethod
    def open(
        cls, folder: Path, *, embedding_model: str = "", resident: bool = False, chroma: ChromaServer | None = None
    ) -> Self:
        """
        Open a data folder.

        Args:
            folder: The data folder.
            embedding_model: The setting of that name; must be what the folder was indexed with.
            resident: Whether many questions will follow.
            chroma: The server that holds the vectors; None for the data folder itself.

        Raises:
            EmptyIndexError: If nothing has been indexed there.
            MismatchError: If it was made by another version or with another model.
            EncoderError: If the model cannot be loaded.
        """
        catalog = Catalog.open(folder / CATALOG)
        try:
            if catalog.count_articles(Filters()) == 0:
                raise nothing_indexed(folder)
            model = Model.from_setting(embedding_model)
            check_model(catalog, model)
            encoder = open_question_encoder(folder / "encoder", model)
            return cls(folder, catalog, encoder, resident=resident, chroma=chroma)
        except BaseException:
            catalog.close()
            raise

    def close(self) -> None:
        """Close the files."""
        self._beside.shutdown()
        self._nearest.close()
        self._catalog.close()

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
        with self._searching:
            encode = cache(partial(self._encoder.encode_question, query))
            passages = self._search_once(query, encode, filters, limit=limit, per_article=per_article)
            if self._catalog.generation() != self._generation:  # a commit in between may have hidden its articles
                passages = self._search_once(query, encode, filters, limit=limit, per_article=per_article)
            return passages

    def candidates(self, query: str, filters: Filters) -> list[Candidate]:
        """Return all that a search for this query chooses from, in no order; for training the weights."""
        return self._candidates(query, lambda: self._encoder.encode_question(query), filters, limit=_CANDIDATES[0])

    def _search_once(
        self, query: str, encode: Callable[[], Vectors], filters: Filters, *, limit: int, per_article: int
    ) -> tuple[Passage, ...]:
        self._refresh()
        for count in _CANDIDATES:
            candidates = self._candidates(query, encode, filters, limit=count)
            best = keep_best(ranked(candidates), limit=limit, per_article=per_article)
            if len(best) == limit or len(candidates) < count:
                break
        live = self._catalog.chunks([candidate.key for candidate, _ in best], filters)
        passages = (
            self._passage(live[candidate.key], candidate, score, filters)
            for candidate, score in best
            if candidate.key in live  # a commit in between may have replaced it
        )
        return tuple(self._of_then(passages, filters.as_of) if filters.as_of else passages)

    def _candidates(
        self, query: str, encode: Callable[[], Vectors], filters: Filters, *, limit: int
    ) -> list[Candidate]:
        """Find chunks by words and by vectors, `limit` of each kind and their equals, with what speaks for them."""
        by_words = self._beside.submit(self._by_words, query, filters, limit=limit)
        try:
            vector = encode()
        finally:
            word_scores, matches = by_words.result()
        near = self._nearest.nearest(vector, filters, limit=limit + _TO_SEE_EQUALS)
        others = self._beside.submit(self._words.matches, query, [key for key in near if key not in matches])
        try:
            glances = self._catalog.glances(list(word_scores), vector, filters)
            glances |= self._near(near, vector, filters, limit=limit)
        finally:
            matches |= others.result()
        matches |= self._words.matches(query, [key for key in glances if key not in matches])
        stories = self._catalog.stories.story_ids({glance.article_id for glance in glances.values()})
        published = _first_published(glances.values(), stories)
        asking = Asking.of(query, filters.as_of or datetime.now(UTC)).of_these(published.values())
        candidates = []
        for key, glance in glances.items():
            story_id = stories.get(glance.article_id, glance.article_id)
            freshness = asking.freshness(published.get(story_id))
            relevance = Relevance(max(glance.cosine, 0.0), *matches[key], freshness)
            candidates.append(Candidate(key, story_id, glance, word_scores.get(key, 0.0), relevance))
        return candidates

    def _by_words(self, query: str, filters: Filters, *, limit: int) -> tuple[dict[str, float], dict[str, WordMatch]]:
        """Find the chunks that match a question's words best: their BM25 scores, and how each of them matches."""
        scores = dict(self._words.best(query, filters, limit=limit))
        return scores, self._words.matches(query, list(scores))

    def _near(self, found: list[str], vector: Vectors, filters: Filters, *, limit: int) -> dict[str, Glance]:
        """Look up those found that are nearest, and as near as the last of them; where all are, more are asked for."""
        fetched = limit + _TO_SEE_EQUALS
        for more in (8 * limit, 32 * limit, 0):
            glances = self._catalog.glances(found, vector, filters)
            ordered = sorted(glances, key=lambda key: -glances[key].cosine)
            kept = cut([glances[key].cosine for key in ordered], limit)
            if kept < len(ordered) or len(found) < fetched or not more:
                break
            fetched, found = more, self._nearest.nearest(vector, filters, limit=more)
        return {key: glances[key] for key in ordered[:kept]}

    def _passage(self, found: LiveChunk, candidate: Candidate, score: float, filters: Filters) -> Passage:
        copies = self._catalog.stories.copies(candidate.glance.article_id, filters, limit=_MOST_COPIES_NAMED)
        version = found.version
        return Passage(
            article=version.article,
            version=version.number,
            chunk=found.chunk,
            relevance=candidate.relevance,
            score=score,
            word_score=candidate.word_score,
            cosine=candidate.glance.cosine,
            also_in=copies,
        )

    def _of_then(self, passages: Iterable[Passage], moment: datetime) -> Iterator[Passage]:
        """Quote articles that were corrected since in the words of then: the chunk that has most in common."""
        seen: set[tuple[str, int, int]] = set()
        for passage in passages:
            then = self._catalog.past.as_of(passage.article.article_id, moment)
            if then is None:
                yield passage
                continue
            version, chunks = then
            words = set(passage.text.split())
            chunk = max(chunks, key=lambda one: len(words & set(one.text.split())), default=None)
            if chunk and (chunk.article_id, version.number, chunk.position) not in seen:
                seen.add((chunk.article_id, version.number, chunk.position))
                yield replace(passage, article=version.article, version=version.number, chunk=chunk)

    def refresh(self) -> None:
        """See what a writer has committed; a search does so by itself, while `rarity` and `mentions` do not."""
        with self._searching:
            self._refresh()

    def _refresh(self) -> None:
        """Bring the words up to date if a writer has committed since the last search."""
        generation = self._catalog.generation()
        if generation != self._generation:
            self._words.reload()
            self._generation = generation

    def terms(self, text: str) -> list[str]:
        """Reduce a text to index terms, in order: lower case, stemmed as most of the index is, without accents."""
        return self._words.terms(text)

    def rarity(self, term: str) -> float:
        """Inverse document frequency of an index term: 0 for one in every chunk, higher when rarer."""
        return self._words.rarity(term)

    def mentions(self, name: str) -> bool:
        """Whether every word of a name stands somewhere in the index, live or lately removed."""
        return self._words.mentions(name)

    def version(self, article_id: str, number: int | None = None) -> Version:
        """
        Return an article's live version, or the one with this number.

        Raises:
            UnknownArticleError: If there is none.
        """
        return self._catalog.version(article_id, number)

    def find_version(self, article_id: str, number: int | None = None) -> Version | None:
        """Return what `version` does; None where there is none, or its text was forgotten."""
        return self._catalog.find_version(article_id, number)

    def retired(self, filters: Filters, *, limit: int) -> tuple[RetiredVersion, ...]:
        """List the versions that were replaced or removed between `since` and `until`, latest first."""
        return self._catalog.past.retired(filters, limit=limit)

    def openings(self, filters: Filters, *, limit: int) -> tuple[LiveChunk, ...]:
        """Read the first chunk of each article that passes, with its vector, the newest article's first."""
        return tuple(self._chunks_of_then(self._catalog.openings(filters, limit=limit), filters.as_of, most=1))

    def chunks_of(self, article_ids: Iterable[str], filters: Filters, *, most: int) -> tuple[LiveChunk, ...]:
        """Read the first chunks, at most so many, of each of these articles, the oldest article's first."""
        return tuple(
            self._chunks_of_then(self._catalog.chunks_of(article_ids, filters, most=most), filters.as_of, most=most)
        )

    def _chunks_of_then(
        self, chunks: Iterable[LiveChunk], moment: datetime | None, *, most: int
    ) -> Iterator[LiveChunk]:
        """Read articles that were corrected since in the words of then; their vectors are those of now."""
        for article_id, group in groupby(chunks, key=lambda one: one.chunk.article_id):
            live = list(group)
            then = self._catalog.past.as_of(article_id, moment) if moment else None
            if then is None:
                yield from live
                continue
            version, older = then
            for position, chunk in enumerate(older[:most]):
                yield LiveChunk(version, chunk, live[min(position, len(live) - 1)].vector)

    def story_ids(self, article_ids: Iterable[str]) -> dict[str, str]:
        """Name the story of each of these articles that has copies; the others are missing."""
        return self._catalog.stories.story_ids(article_ids)

    def copies(self, article_id: str, filters: Filters, *, limit: int) -> tuple[ArticleSummary, ...]:
        """List the other articles that carry an article's report and pass, earliest first."""
        return self._catalog.stories.copies(article_id, filters, limit=limit)

    def count_articles(self, filters: Filters) -> int:
        """Count the articles that pass."""
        return self._catalog.count_articles(filters)

    def newest_published_at(self, filters: Filters) -> datetime | None:
        """When the newest article that passes was published; None where no dated one does."""
        return self._catalog.newest_published_at(filters)


def open_index(store: StoreSettings, *, resident: bool = False) -> NewsIndex:
    """Open the data folder that the settings name; see `NewsIndex.open`."""
    return NewsIndex.open(
        store.data_dir, embedding_model=store.embedding_model, resident=resident, chroma=store.chroma_server
    )


def open_catalog(folder: Path) -> Catalog:
    """
    Open only the catalog of a data folder: enough to list and show articles.

    Raises:
        EmptyIndexError: If nothing has been indexed there.
    """
    return Catalog.open(folder / CATALOG)


def open_source_log(folder: Path) -> SourceLog:
    """
    Open what is remembered of sources, for reading.

    Raises:
        EmptyIndexError: If nothing has been indexed there.
    """
    return SourceLog(Catalog.open(folder / CATALOG).connection)


def _first_published(glances: Iterable[Glance], stories: Mapping[str, str]) -> dict[str, int]:
    """When each story was first published: a copy is no newer than what it is a copy of."""
    dated = [(stories.get(g.article_id, g.article_id), g.published) for g in glances if g.published is not None]
    return dict(sorted(dated, reverse=True))  # of a story's dates the earliest comes last, and stays
