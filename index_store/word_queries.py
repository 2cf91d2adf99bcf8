"""Words and filters as Tantivy queries. A question's text never reaches a query parser."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import tantivy
from tantivy import Occur, Query

from index_store.records import Filters


@dataclass(frozen=True, slots=True)
class Word:
    """
    A word of a question.

    Attributes:
        terms: The forms that the stemmers of the languages present give it, each once.
        rarity: Inverse document frequency of all of them together.
    """

    terms: tuple[str, ...]
    rarity: float


class Queries:
    """Makes the queries of one schema."""

    def __init__(self, schema: tantivy.Schema) -> None:
        self._schema = schema

    def any_of(self, words: Sequence[Word], field: str) -> Query:
        """Any of the words; a word counts once, in whichever of its forms."""
        parts = []
        for word in words:
            forms = [Query.term_query(self._schema, field, term) for term in word.terms]
            parts.append((Occur.Should, forms[0] if len(forms) == 1 else Query.disjunction_max_query(forms)))
        return Query.boolean_query(parts)

    def held(self, weights: Mapping[Word, float]) -> Query:
        """Sum up the weights of those words that an opening holds, as a share of all."""
        total = sum(weights.values())
        parts = [Query.const_score_query(self._any_form(word), weight / total) for word, weight in weights.items()]
        return Query.boolean_query([(Occur.Should, part) for part in parts])

    def _any_form(self, word: Word) -> Query:
        terms = [Query.term_query(self._schema, "opening", term) for term in word.terms]
        return Query.boolean_query([(Occur.Should, term) for term in terms]) if len(terms) > 1 else terms[0]

    def filtered(self, query: Query, filters: Filters) -> Query:
        """The same query, of what the filters let through."""
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

    def any_key(self, keys: Sequence[str]) -> Query:
        """Chunks of these keys."""
        return Query.term_set_query(self._schema, "chunk_key", list(keys))

    def among(self, keys: Sequence[str], query: Query) -> Query:
        """The same query, of these chunks alone."""
        admitted = Query.const_score_query(self.any_key(keys), 0.0)
        return Query.boolean_query([(Occur.Must, admitted), (Occur.Must, query)])
