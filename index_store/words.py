"""
Words: Tantivy's BM25 over headline and text. A copy of the catalog that can be rebuilt.

Articles are written as terms, each by the stemmer of its own language; a question's words are looked for in the form
that each language present gives them, and never reach a query parser.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import NamedTuple

import tantivy
from tantivy import Occur, Query

from index_store.errors import REBUILD, IndexStoreError, first_line, is_panic
from index_store.lockable import is_lockable, lockable
from index_store.records import Filters, NewVersion, first_chunk_key
from index_store.terms import STEMMERS, stemmer_of, term_of, terms_of, words_of
from index_store.word_queries import Queries, Word

HEADLINE_WEIGHT = 3.0  # measured: BM25 hit@1 0.74 with it
_MOST_TERM_SCORE = 2.2  # what BM25 gives a term that fills a text, over the term's rarity: its k1 + 1
_LONGEST_QUERY_WORDS = 64
_MOST_TIES = 32  # times as many as wanted
_WRITER_HEAP_BYTES = 100_000_000
_CHECK_DISK = (
    f"Check the disk's free space, then run the command again: it goes on where it stopped. Otherwise {REBUILD}"
)


def _schema() -> tantivy.Schema:
    """Describe an entry. Tantivy refuses a folder with another schema, so a changed one is never misread."""
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("chunk_key", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("headline", tokenizer_name="whitespace", index_option="freq")
    builder.add_text_field("text", tokenizer_name="whitespace", index_option="freq")
    builder.add_text_field("opening", tokenizer_name="whitespace", index_option="basic")  # in first chunks alone
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
        Words(folder)
    except IndexStoreError:
        return False
    return True


@contextmanager
def _translated_errors(told: str, *, remedy: str) -> Iterator[None]:
    """Turn what Tantivy raises into words; it has no errors of its own, and at some damage it panics."""
    try:
        yield
    except BaseException as error:  # a panic is no Exception
        if not isinstance(error, ValueError | OSError) and not is_panic(error):
            raise
        raise IndexStoreError(f"{told}: {first_line(error)}", remedy=remedy) from error


_reading = partial(_translated_errors, "The word index is damaged, or of another version of Dateline", remedy=REBUILD)


class WordMatch(NamedTuple):
    """
    How a chunk and its article match a question's words; each from 0 to 1.

    Attributes:
        text: BM25 of the chunk's text, as a share of the most that a text could get.
        headline: The same of the article's headline.
        opening: Share of the question's words that headline and first chunk of its article hold together. A word counts
            by its squared rarity: names and numbers far above common words.
    """

    text: float
    headline: float
    opening: float


class Words:
    """The Tantivy index of one data folder."""

    @_reading()
    def __init__(self, folder: Path, *, create: bool = False) -> None:
        """
        Open the index; `create` makes an empty one where there is none.

        Raises:
            IndexStoreError: If there is none, or none that this version can read; so does all that reads or writes.
        """
        if create:
            folder.mkdir(parents=True, exist_ok=True)
        elif not (folder / "meta.json").exists():
            raise IndexStoreError(f"The words in {folder} are missing.", remedy=REBUILD)
        self._folder = folder
        self._queries = Queries(_schema())
        self._open()

    @_reading()
    def reload(self) -> None:
        """See what other processes have committed since; a matter of milliseconds."""
        if is_lockable(self._folder):
            self._index.reload()
            self._look()
        else:
            self._open()

    def _open(self) -> None:
        with lockable(self._folder) as folder:
            self._index = tantivy.Index(_schema(), str(folder), reuse=True)
            self._look()

    def _look(self) -> None:
        self._searcher = self._index.searcher()
        counts = {stemmer: self._searcher.doc_freq("stemmer", stemmer) for stemmer in STEMMERS}
        present = sorted((stemmer for stemmer in STEMMERS if counts[stemmer]), key=lambda stemmer: -counts[stemmer])
        self._stemmers = tuple(present) or (stemmer_of(None),)  # most used first

    def terms(self, text: str) -> list[str]:
        """Reduce a text to index terms, in order, by the stemmer that most of the index is written with."""
        return terms_of(text, self._stemmers[0])

    @_reading()
    def rarity(self, term: str) -> float:
        """Inverse document frequency over chunks, as in BM25: 0 for a term in every chunk, higher when rarer."""
        return self._rarity((term,), "text")

    def _rarity(self, terms: Iterable[str], field: str) -> float:
        chunks = self._searcher.num_docs
        holding = sum(self._searcher.doc_freq(field, term) for term in terms)
        return math.log(1 + (chunks - holding + 0.5) / (holding + 0.5)) if chunks >= holding else 0.0

    @_reading()
    def mentions(self, name: str) -> bool:
        """Whether every word of a name stands in some text or headline, in any language, not necessarily together."""
        return all(
            any(self._searcher.doc_freq(field, term) for field in ("text", "headline") for term in self._forms(word))
            for word in words_of(name)
        )

    def _forms(self, word: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(term_of(word, stemmer) for stemmer in self._stemmers))

    def _asked(self, question: str) -> list[Word]:
        """Read a question's words, each once; of very many those that are rarest."""
        forms = dict.fromkeys(self._forms(word) for word in words_of(question))
        words = [Word(terms, self._rarity(terms, "text")) for terms in forms]
        return sorted(words, key=lambda word: -word.rarity)[:_LONGEST_QUERY_WORDS]

    @_reading()
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
        parts = [
            Query.boost_query(self._queries.any_of(words, "headline"), HEADLINE_WEIGHT),
            self._queries.any_of(words, "text"),
        ]
        query = self._queries.filtered(Query.boolean_query([(Occur.Should, part) for part in parts]), filters)
        fetched = 2 * limit
        found = self._searcher.search(query, fetched, count=False).hits
        while len(found) == fetched < _MOST_TIES * limit and found[-1][0] == found[limit - 1][0]:
            fetched *= 4
            found = self._searcher.search(query, fetched, count=False).hits
        least = found[min(limit, len(found)) - 1][0] if found else 0.0
        scored = [(self._key(address), float(score)) for score, address in found if score >= least]
        return sorted(scored, key=lambda pair: (-pair[1], pair[0]))

    @_reading()
    def matches(self, question: str, keys: Sequence[str]) -> dict[str, WordMatch]:
        """Say how each of these chunks, and its article, match a question's words."""
        if not keys:
            return {}
        words = self._asked(question)
        openings = {key: first_chunk_key(key) for key in keys}
        first = sorted(set(openings.values()))
        texts, headlines = self._shares(words, "text", keys), self._shares(words, "headline", first)
        held = self._held(words, first)
        return {
            key: WordMatch(texts.get(key, 0.0), headlines.get(opening, 0.0), held.get(opening, 0.0))
            for key, opening in openings.items()
        }

    def _shares(self, words: Sequence[Word], field: str, keys: Sequence[str]) -> dict[str, float]:
        """BM25 of one field of these chunks, as a share of the most that words could get which stand in it at all."""
        most = _MOST_TERM_SCORE * sum(
            self._rarity(word.terms, field)
            for word in words
            if any(self._searcher.doc_freq(field, term) for term in word.terms)
        )
        found = self._among(keys, self._queries.any_of(words, field)) if most else {}
        return {key: score / most for key, score in found.items()}

    def _held(self, words: Sequence[Word], keys: Sequence[str]) -> dict[str, float]:
        """Share of the words, by squared rarity, that headline and text of these first chunks hold."""
        squares = {word: word.rarity**2 for word in words if word.rarity}
        return self._among(keys, self._queries.held(squares)) if squares else {}

    def _among(self, keys: Sequence[str], query: Query) -> dict[str, float]:
        """Score a query on these chunks alone; those that it does not find are missing."""
        if not keys:
            return {}
        found = self._searcher.search(self._queries.among(keys, query), len(keys), count=False).hits
        return {self._key(address): float(score) for score, address in found}

    def _key(self, address: tantivy.DocAddress) -> str:
        key: str = self._searcher.doc(address)["chunk_key"][0]
        return key

    def replace(self, versions: Iterable[NewVersion]) -> None:
        """Add the chunks of these versions, replacing any of the same keys, in one commit."""
        with self._commit() as writer:
            for version in versions:
                writer.delete_documents_by_query(self._queries.any_key(version.keys))
                for key, chunk in zip(version.keys, version.chunks, strict=True):
                    writer.add_document(_entry(key, version, chunk.text))

    def fill(self, versions: Iterable[NewVersion]) -> None:
        """Add the chunks of these versions, however many, to an index that holds none of them, in one commit."""
        with self._commit() as writer:
            for version in versions:
                for key, chunk in zip(version.keys, version.chunks, strict=True):
                    writer.add_document(_entry(key, version, chunk.text))

    @_reading()
    def keys(self) -> list[str]:
        """List the keys of all entries, in no order; one that was entered twice stands twice."""
        found = self._searcher.search(Query.all_query(), max(1, self._searcher.num_docs)).hits
        return [self._key(address) for _, address in found]

    def forget(self, keys: Sequence[str]) -> None:
        """Drop these chunks, in one commit."""
        if keys:
            with self._commit() as writer:
                writer.delete_documents_by_query(self._queries.any_key(keys))

    @contextmanager
    def _commit(self) -> Iterator[tantivy.IndexWriter]:
        with _translated_errors("The words cannot be written", remedy=_CHECK_DISK):
            writer = self._index.writer(_WRITER_HEAP_BYTES, 1)
            yield writer
            writer.commit()
            writer.wait_merging_threads()


def _entry(key: str, version: NewVersion, text: str) -> tantivy.Document:
    article = version.article
    stemmer = stemmer_of(article.language)
    headline, text = (" ".join(terms_of(one, stemmer)) for one in (article.title, text))
    entry = tantivy.Document()
    entry.add_text("chunk_key", key)
    entry.add_text("headline", headline)
    entry.add_text("text", text)
    if key == first_chunk_key(key):
        entry.add_text("opening", f"{headline} {text}")
    entry.add_text("stemmer", stemmer)
    if article.publisher:
        entry.add_text("publisher", article.publisher.casefold())
    if article.published_at:
        entry.add_integer("published", int(article.published_at.timestamp()))
    entry.add_integer("public_by", int(version.public_by.timestamp()))
    return entry
