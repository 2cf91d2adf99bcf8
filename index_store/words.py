"""
Words: Tantivy's BM25 over headline and text. A copy of the catalog that can be rebuilt.

Articles are written as terms, each by the stemmer of its own language; a question's words are looked for in the form
that each language present gives them, and never reach a query parser.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import tantivy
from tantivy import Occur, Query

from index_store.errors import IndexStoreError, MismatchError
from index_store.records import Filters, NewVersion, first_chunk_key
from index_store.terms import STEMMERS, stemmer_of, term_of, terms_of, words_of

HEADLINE_WEIGHT = 3.0  # measured: BM25 hit@1 0.74 with it
_MOST_TERM_SCORE = 2.2  # what BM25 gives a term that fills a text, over the term's rarity: its k1 + 1
_LONGEST_QUERY_WORDS = 64
_MOST_TIES = 32  # times as many as wanted
_WRITER_HEAP_BYTES = 100_000_000
_RESTORE = "The next `dateline index` or `reindex` makes them anew, without embedding again."
_CHECK_DISK = "Check the disk's free space, then run the command again: it goes on where it stopped."


def _schema() -> tantivy.Schema:
    """Describe an entry. Tantivy refuses a folder with another schema, so a changed one is never misread."""
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("chunk_key", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("headline", tokenizer_name="whitespace", index_option="freq")
    builder.add_text_field("text", tokenizer_name="whitespace", index_option="freq")
    builder.add_text_field("stemmer", tokenizer_name="raw", index_option="basic")
    builder.add_text_field("publisher", tokenizer_name="raw", index_option="basic")
    builder.add_integer_field("published", indexed=True, fast=True)
    builder.add_integer_field("public_by", indexed=True, fast=True)
    return builder.build()


def is_readable(folder: Path) -> bool:
    """Whether a folder holds an index that this version can read; one of another version cannot be."""
    if not (folder / "meta.json").exists():
        return False
    try:
        tantivy.Index(_schema(), str(folder), reuse=True)
    except ValueError:
        return False
    return True


@dataclass(frozen=True, slots=True)
class _Word:
    """
    A word of a question.

    Attributes:
        terms: The forms that the stemmers of the languages present give it, each once.
        rarity: Inverse document frequency of all of them together.
    """

    terms: tuple[str, ...]
    rarity: float


class WordMatch(NamedTuple):
    """
    How a chunk and its article match a question's words; each from 0 to 1.

    Attributes:
        text: BM25 of the chunk's text, as a share of the most that a text could get.
        opening: Share of the question's words that headline and first chunk of its article hold together. A word counts
            by its squared rarity: names and numbers far above common words.
    """

    text: float
    opening: float


class Words:
    """The Tantivy index of one data folder."""

    def __init__(self, folder: Path, *, create: bool = False) -> None:
        """
        Open the index; `create` makes an empty one where there is none.

        Raises:
            IndexStoreError: If there is none.
            MismatchError: If the folder holds no index that this version can read.
        """
        if create:
            folder.mkdir(parents=True, exist_ok=True)
        elif not (folder / "meta.json").exists():
            raise IndexStoreError(f"The words in {folder} are missing.", remedy=_RESTORE)
        self._schema = _schema()
        try:
            self._index = tantivy.Index(self._schema, str(folder), reuse=True)
        except ValueError as error:
            raise MismatchError(
                f"The words in {folder} are damaged, or of another version of Dateline: {error}", remedy=_RESTORE
            ) from error
        self._look()

    def reload(self) -> None:
        """See what other processes have committed since; a matter of milliseconds."""
        self._index.reload()
        self._look()

    def _look(self) -> None:
        self._searcher = self._index.searcher()
        counts = {stemmer: self._searcher.doc_freq("stemmer", stemmer) for stemmer in STEMMERS}
        present = sorted((stemmer for stemmer in STEMMERS if counts[stemmer]), key=lambda stemmer: -counts[stemmer])
        self._stemmers = tuple(present) or (stemmer_of(None),)  # most used first

    def terms(self, text: str) -> list[str]:
        """Reduce a text to index terms, in order, by the stemmer that most of the index is written with."""
        return terms_of(text, self._stemmers[0])

    def rarity(self, term: str) -> float:
        """Inverse document frequency over chunks, as in BM25: 0 for a term in every chunk, higher when rarer."""
        return self._rarity((term,), "text")

    def _rarity(self, terms: Iterable[str], field: str) -> float:
        chunks = self._searcher.num_docs
        holding = sum(self._searcher.doc_freq(field, term) for term in terms)
        return math.log(1 + (chunks - holding + 0.5) / (holding + 0.5)) if chunks >= holding else 0.0

    def mentions(self, name: str) -> bool:
        """Whether every word of a name stands in some text or headline, in any language, not necessarily together."""
        return all(
            any(self._searcher.doc_freq(field, term) for field in ("text", "headline") for term in self._forms(word))
            for word in words_of(name)
        )

    def _forms(self, word: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(term_of(word, stemmer) for stemmer in self._stemmers))

    def _asked(self, question: str) -> list[_Word]:
        """Read a question's words, each once; of very many those that are rarest."""
        forms = dict.fromkeys(self._forms(word) for word in words_of(question))
        words = [_Word(terms, self._rarity(terms, "text")) for terms in forms]
        return sorted(words, key=lambda word: -word.rarity)[:_LONGEST_QUERY_WORDS]

    def best(self, question: str, filters: Filters, *, limit: int) -> list[tuple[str, float]]:
        """
        Find the chunks that match a question's words best.

        Args:
            question: Any text; it is data, never query syntax.
            filters: What may be found.
            limit: How many chunks to return, and whatever scores like the last of them: what decides between equals
                must not be the order in which they were written.

        Returns:
            Chunk keys with their BM25 scores, best first; equal scores in the order of their keys.
        """
        words = self._asked(question)
        if not words:
            return []
        parts = [Query.boost_query(self._any_of(words, "headline"), HEADLINE_WEIGHT), self._any_of(words, "text")]
        query = self._filtered(Query.boolean_query([(Occur.Should, part) for part in parts]), filters)
        fetched = 2 * limit
        found = self._searcher.search(query, fetched).hits
        while len(found) == fetched < _MOST_TIES * limit and found[-1][0] == found[limit - 1][0]:
            fetched *= 4
            found = self._searcher.search(query, fetched).hits
        least = found[min(limit, len(found)) - 1][0] if found else 0.0
        scored = [(self._key(address), float(score)) for score, address in found if score >= least]
        return sorted(scored, key=lambda pair: (-pair[1], pair[0]))

    def matches(self, question: str, keys: Sequence[str]) -> dict[str, WordMatch]:
        """Say how each of these chunks, and its article, match a question's words."""
        words = self._asked(question)
        openings = {key: first_chunk_key(key) for key in keys}
        texts, held = self._text_shares(words, keys), self._held(words, sorted(set(openings.values())))
        return {key: WordMatch(texts.get(key, 0.0), held.get(first, 0.0)) for key, first in openings.items()}

    def _text_shares(self, words: Sequence[_Word], keys: Sequence[str]) -> dict[str, float]:
        """BM25 of these chunks' texts, as a share of the most that it could be."""
        most = _MOST_TERM_SCORE * sum(word.rarity for word in words)
        found = self._among(keys, self._any_of(words, "text")) if most else {}
        return {key: score / most for key, score in found.items()}

    def _held(self, words: Sequence[_Word], keys: Sequence[str]) -> dict[str, float]:
        """Share of the words, by squared rarity, that headline and text of these chunks hold."""
        total = sum(word.rarity**2 for word in words)
        parts = [
            (Occur.Should, Query.const_score_query(self._either(word), word.rarity**2 / total))
            for word in words
            if word.rarity
        ]
        return self._among(keys, Query.boolean_query(parts)) if parts else {}

    def _either(self, word: _Word) -> Query:
        terms = [Query.term_query(self._schema, field, term) for field in ("headline", "text") for term in word.terms]
        return Query.boolean_query([(Occur.Should, term) for term in terms])

    def _any_of(self, words: Sequence[_Word], field: str) -> Query:
        """Any of the words; a word counts once, in whichever of its forms."""
        parts = []
        for word in words:
            forms = [Query.term_query(self._schema, field, term) for term in word.terms]
            parts.append((Occur.Should, forms[0] if len(forms) == 1 else Query.disjunction_max_query(forms)))
        return Query.boolean_query(parts)

    def _among(self, keys: Sequence[str], query: Query) -> dict[str, float]:
        """Score a query on these chunks alone; those that it does not find are missing."""
        if not keys:
            return {}
        admitted = Query.const_score_query(self._any_key(keys), 0.0)
        scoped = Query.boolean_query([(Occur.Must, admitted), (Occur.Must, query)])
        found = self._searcher.search(scoped, len(keys)).hits
        return {self._key(address): float(score) for score, address in found}

    def _key(self, address: tantivy.DocAddress) -> str:
        key: str = self._searcher.doc(address)["chunk_key"][0]
        return key

    def _filtered(self, query: Query, filters: Filters) -> Query:
        conditions = []
        if filters.since or filters.until:
            conditions.append(self._between("published", filters.since, filters.until))
        if filters.as_of:
            conditions.append(self._between("public_by", None, filters.as_of))
        if filters.publishers:
            names = [name.casefold() for name in filters.publishers]
            conditions.append(Query.term_set_query(self._schema, "publisher", names))
        # A filter must let through or not, and never add to the score.
        musts = [(Occur.Must, Query.const_score_query(condition, 0.0)) for condition in conditions]
        return Query.boolean_query([(Occur.Must, query), *musts]) if musts else query

    def _between(self, field: str, since: datetime | None, until: datetime | None) -> Query:
        low = int(since.timestamp()) if since else -(2**62)
        high = int(until.timestamp()) if until else 2**62
        return Query.range_query(self._schema, field, tantivy.FieldType.Integer, low, high)

    def replace(self, versions: Iterable[NewVersion]) -> None:
        """Add the chunks of these versions, replacing any of the same keys, in one commit."""
        with self._commit() as writer:
            for version in versions:
                writer.delete_documents_by_query(self._any_key(version.keys))
                for key, chunk in zip(version.keys, version.chunks, strict=True):
                    writer.add_document(_entry(key, version, chunk.text))

    def forget(self, keys: Sequence[str]) -> None:
        """Drop these chunks, in one commit."""
        if keys:
            with self._commit() as writer:
                writer.delete_documents_by_query(self._any_key(keys))

    def _any_key(self, keys: Sequence[str]) -> Query:
        return Query.term_set_query(self._schema, "chunk_key", list(keys))

    @contextmanager
    def _commit(self) -> Iterator[tantivy.IndexWriter]:
        try:
            writer = self._index.writer(_WRITER_HEAP_BYTES, 1)
            yield writer
            writer.commit()
            writer.wait_merging_threads()
        except (ValueError, OSError) as error:  # tantivy has no errors of its own
            raise IndexStoreError(f"The words cannot be written: {error}", remedy=_CHECK_DISK) from error


def _entry(key: str, version: NewVersion, text: str) -> tantivy.Document:
    article = version.article
    stemmer = stemmer_of(article.language)
    entry = tantivy.Document()
    entry.add_text("chunk_key", key)
    entry.add_text("headline", " ".join(terms_of(article.title, stemmer)))
    entry.add_text("text", " ".join(terms_of(text, stemmer)))
    entry.add_text("stemmer", stemmer)
    if article.publisher:
        entry.add_text("publisher", article.publisher.casefold())
    if article.published_at:
        entry.add_integer("published", int(article.published_at.timestamp()))
    entry.add_integer("public_by", int(version.public_by.timestamp()))
    return entry
