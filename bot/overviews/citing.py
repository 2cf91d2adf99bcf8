"""Numbering the citations of an overview: each quote is cut from the stored text itself."""

from collections.abc import Iterable, Sequence

from bot.answering import Citation, Claim, Support
from bot.overviews.statements import Statement
from index_store import ArticleSummary, Span, Version

_Place = tuple[str, int, int, int]


class Citations:
    """The citations of one overview, numbered by first use."""

    def __init__(self) -> None:
        self._numbered: dict[_Place, Citation] = {}

    @property
    def all(self) -> tuple[Citation, ...]:
        """All of them, in the order of their numbers."""
        return tuple(self._numbered.values())

    def claim(
        self,
        statement: Statement,
        witnesses: Sequence[Statement] = (),
        *,
        copies: tuple[ArticleSummary, ...] = (),
    ) -> Claim:
        """
        Make a claim of a sentence.

        Args:
            statement: What is said.
            witnesses: Sentences of other publishers that bear it out.
            copies: Other articles that carry the statement's report.
        """
        first = self._cite(statement.version, statement.span, copies)
        more = [self._cite(witness.version, witness.span, ()) for witness in witnesses]
        support: Support = "confirmed" if more else "single-source"
        return Claim(" ".join(statement.text.split()), tuple(dict.fromkeys((first, *more))), support)

    def _cite(self, version: Version, span: Span, copies: tuple[ArticleSummary, ...]) -> int:
        place = (version.article.article_id, version.number, span.start, span.end)
        if place not in self._numbered:
            number = len(self._numbered) + 1
            self._numbered[place] = Citation.of(version.article, version.number, span, n=number, also_in=copies)
        return self._numbered[place].n


def summaries(versions: Iterable[Version]) -> tuple[ArticleSummary, ...]:
    """Summarise articles, each once, in order."""
    return tuple(dict.fromkeys(ArticleSummary.of(version.article) for version in versions))
