"""`NewsIndex`: searching one data folder."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

import numpy as np

from index_store.catalog import Catalog
from index_store.encoder import Model, QuestionEncoder, open_question_encoder
from index_store.errors import EmptyIndexError
from index_store.freshness import Asking
from index_store.models import check_model
from index_store.ranking import Candidate, Features, cut, keep_best, ranked
from index_store.records import Filters, Glance, LiveChunk, Passage, Vectors, Version
from index_store.source_log import SourceLog
from index_store.vectors import ChromaVectors
from index_store.words import Words

# Of each kind; more than the first number changed no result on the benchmark. The second is for stories with so many
# copies that they fill the first.
_CANDIDATES = (200, 1_000)
_TO_SEE_EQUALS = 50  # fetched beyond those wanted, to see which are as near as the last of them
_MOST_COPIES_NAMED = 5
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
            check_model(catalog, model)
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

    def candidates(self, query: str, filters: Filters) -> list[Candidate]:
        """Return all that a search for this query chooses from, in no order; for training the weights."""
        return self._candidates(query, self._encoder.encode_question(query), filters, limit=_CANDIDATES[0])

    def _search_once(
        self, query: str, vector: Vectors, filters: Filters, *, limit: int, per_article: int
    ) -> tuple[Passage, ...]:
        self._refresh()
        for count in _CANDIDATES:
            candidates = self._candidates(query, vector, filters, limit=count)
            best = keep_best(ranked(candidates), limit=limit, per_article=per_article)
            if len(best) == limit or len(candidates) < count:
                break
        live = self._catalog.chunks([candidate.key for candidate, _ in best], filters)
        return tuple(
            self._passage(live[candidate.key], candidate, score, filters)
            for candidate, score in best
            if candidate.key in live  # a commit in between may have replaced it
        )

    def _candidates(self, query: str, vector: Vectors, filters: Filters, *, limit: int) -> list[Candidate]:
        """Find chunks by words and by vectors, `limit` of each kind and their equals, with what speaks for them."""
        word_scores = dict(self._words.best(query, filters, limit=limit))
        glances = self._catalog.glances(list(word_scores), vector, filters) | self._near(vector, filters, limit=limit)
        stories = self._catalog.stories.story_ids({glance.article_id for glance in glances.values()})
        published = _first_published(glances.values(), stories)
        asking = Asking.of(query, filters.as_of or datetime.now(UTC)).of_these(published.values())
        matches = self._words.matches(query, list(glances))
        candidates = []
        for key, glance in glances.items():
            story_id = stories.get(glance.article_id, glance.article_id)
            freshness = asking.freshness(published.get(story_id))
            features = Features(max(glance.cosine, 0.0), *matches[key], freshness)
            candidates.append(Candidate(key, story_id, glance, word_scores.get(key, 0.0), features))
        return candidates

    def _near(self, vector: Vectors, filters: Filters, *, limit: int) -> dict[str, Glance]:
        """Look up the chunks nearest to a vector, and those as near as the last of them."""
        for fetched in (limit + _TO_SEE_EQUALS, 8 * limit, 32 * limit):
            keys = self._nearest(vector, filters, limit=fetched)
            glances = self._catalog.glances(keys, vector, filters)
            ordered = sorted(glances, key=lambda key: -glances[key].cosine)
            kept = cut([glances[key].cosine for key in ordered], limit)
            if kept < len(ordered) or len(keys) < fetched:
                break
        return {key: glances[key] for key in ordered[:kept]}

    def _passage(self, found: LiveChunk, candidate: Candidate, score: float, filters: Filters) -> Passage:
        copies = self._catalog.stories.copies(candidate.glance.article_id, filters, limit=_MOST_COPIES_NAMED)
        version = found.version
        return Passage(
            article=version.article,
            version=version.number,
            chunk=found.chunk,
            score=score,
            word_score=candidate.word_score,
            cosine=candidate.glance.cosine,
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


def _first_published(glances: Iterable[Glance], stories: Mapping[str, str]) -> dict[str, int]:
    """When each story was first published: a copy is no newer than what it is a copy of."""
    dated = [(stories.get(g.article_id, g.article_id), g.published) for g in glances if g.published is not None]
    return dict(sorted(dated, reverse=True))  # of a story's dates the earliest comes last, and stays


def _exactly_nearest(vector: Vectors, keys: Sequence[str], vectors: Vectors, *, limit: int) -> list[str]:
    if not keys:
        return []
    cosines = vectors @ vector
    best = np.argsort(-cosines, kind="stable")[:limit]
    return [keys[i] for i in best]
