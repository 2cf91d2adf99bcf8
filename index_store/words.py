"""
Words: Tantivy's BM25 over headline and text. A copy of the catalog that can be rebuilt.

A question's text never reaches a query parser: it goes through the same analyzer as the articles into term queries.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import tantivy
from tantivy import Filter, Occur, Query, TextAnalyzerBuilder, Tokenizer

from index_store.errors import IndexStoreError, MismatchError
from index_store.records import Filters, NewVersion

HEADLINE_WEIGHT = 3.0  # measured: BM25 hit@1 0.74 with it
_LONGEST_QUERY_TERMS = 64
_WRITER_HEAP_BYTES = 100_000_000
_ANALYZER = "news"
_RESTORE = "The next `dateline index` or `reindex` makes them anew, without embedding again."
_CHECK_DISK = "Check the disk's free space, then run the command again: it goes on where it stopped."


def _analyzer() -> tantivy.TextAnalyzer:
    return (
        TextAnalyzerBuilder(Tokenizer.simple())
        .filter(Filter.remove_long(60))
        .filter(Filter.lowercase())
        .filter(Filter.ascii_fold())
        .filter(Filter.stemmer("english"))
        .build()
    )


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("chunk_key", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("headline", tokenizer_name=_ANALYZER)
    builder.add_text_field("text", tokenizer_name=_ANALYZER)
    builder.add_text_field("publisher", tokenizer_name="raw", index_option="basic")
    builder.add_integer_field("published", indexed=True, fast=True)
    builder.add_integer_field("public_by", indexed=True, fast=True)
    return builder.build()


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
                f"The words in {folder} cannot be read: {error}", remedy=f"Delete that folder. {_RESTORE}"
            ) from error
        self._analyzer = _analyzer()
        self._index.register_tokenizer(_ANALYZER, self._analyzer)
        self._searcher = self._index.searcher()

    def reload(self) -> None:
        """See what other processes have committed since; a matter of milliseconds."""
        self._index.reload()
        self._searcher = self._index.searcher()

    def terms(self, text: str) -> list[str]:
        """Reduce a text to its index terms, in order: lower case, without accents, stemmed."""
        return self._analyzer.analyze(text)

    def rarity(self, term: str) -> float:
        """Inverse document frequency over chunks, as in BM25: 0 for a term in every chunk, higher when rarer."""
        chunks = self._searcher.num_docs
        holding = self._searcher.doc_freq("text", term)
        return math.log(1 + (chunks - holding + 0.5) / (holding + 0.5)) if chunks >= holding else 0.0

    def mentions(self, name: str) -> bool:
        """Whether every term of a name stands in some text or headline, not necessarily together."""
        return all(
            any(self._searcher.doc_freq(field, term) for field in ("text", "headline")) for term in self.terms(name)
        )

    def best(self, question: str, filters: Filters, *, limit: int) -> list[tuple[str, float]]:
        """
        Find the chunks that match a question's words best.

        Args:
            question: Any text; it is data, never query syntax.
            filters: What may be found.
            limit: Most chunks to return.

        Returns:
            Chunk keys with their BM25 scores, best first; equal scores in the order of their keys.
        """
        terms = list(dict.fromkeys(self.terms(question)))[:_LONGEST_QUERY_TERMS]
        if not terms:
            return []
        query = self._filtered(self._any_of(terms), filters)
        found = self._searcher.search(query, limit).hits
        scored = [(self._searcher.doc(address)["chunk_key"][0], float(score)) for score, address in found]
        return sorted(scored, key=lambda pair: (-pair[1], pair[0]))

    def _any_of(self, terms: Sequence[str]) -> Query:
        parts = []
        for term in terms:
            headline = Query.term_query(self._schema, "headline", term)
            parts.append((Occur.Should, Query.boost_query(headline, HEADLINE_WEIGHT)))
            parts.append((Occur.Should, Query.term_query(self._schema, "text", term)))
        return Query.boolean_query(parts)

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
    entry = tantivy.Document()
    entry.add_text("chunk_key", key)
    entry.add_text("headline", article.title)
    entry.add_text("text", text)
    if article.publisher:
        entry.add_text("publisher", article.publisher.casefold())
    if article.published_at:
        entry.add_integer("published", int(article.published_at.timestamp()))
    entry.add_integer("public_by", int(version.public_by.timestamp()))
    return entry
