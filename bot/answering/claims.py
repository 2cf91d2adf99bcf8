"""Sentences → claims with numbered citations, each checked against the stored text."""

from collections.abc import Callable, Sequence

from bot.answering.answer import Citation, Claim
from bot.answering.evidence import Sentence
from index_store import Version

MOST_CLAIMS = 2
MOST_WORDS = 60
_WORTH_SAYING = 0.85  # of the best sentence's score


def choose(sentences: Sequence[Sentence]) -> tuple[Sentence, ...]:
    """
    Choose what is said: the best sentence, and another where it is about as good and says something else.

    Args:
        sentences: Best first.

    Returns:
        At most `MOST_CLAIMS` sentences, and beyond the first none that would make the answer longer than `MOST_WORDS`.
    """
    chosen: list[Sentence] = []
    words = 0
    for sentence in sentences:
        length = len(sentence.text.split())
        fits = words + length <= MOST_WORDS and sentence.score >= _WORTH_SAYING * sentences[0].score
        if not chosen or (fits and not any(_say_the_same(sentence, other) for other in chosen)):
            chosen.append(sentence)
            words += length
        if len(chosen) == MOST_CLAIMS:
            break
    return tuple(chosen)


def _say_the_same(one: Sentence, other: Sentence) -> bool:
    """Whether two sentences overlap in the article, or share most of their words (one report retold)."""
    if one.passage.article.article_id == other.passage.article.article_id:
        return one.span.start < other.span.end and other.span.start < one.span.end
    words, others = ({word.casefold() for word in sentence.text.split()} for sentence in (one, other))
    return len(words & others) >= 0.7 * min(len(words), len(others))


def cite(
    sentences: Sequence[Sentence], stored: Callable[[str, int], Version]
) -> tuple[tuple[Claim, ...], tuple[Citation, ...]]:
    """
    Make one claim of each sentence, with a citation of its exact span, numbered by first use.

    Args:
        sentences: What is said, in order.
        stored: Looks up an article version.

    Returns:
        Claims and citations. A sentence that the stored version does not hold at its span is dropped.
    """
    claims: list[Claim] = []
    citations: list[Citation] = []
    for sentence in sentences:
        citation = _citation(len(citations) + 1, sentence)
        if holds(citation, stored(citation.article_id, citation.version)):
            citations.append(citation)
            claims.append(Claim(" ".join(citation.quote.split()), (citation.n,), "single-source"))
    return tuple(claims), tuple(citations)


def holds(citation: Citation, version: Version) -> bool:
    """Whether the version's text holds the quote at its span, to the letter."""
    return bool(citation.quote) and version.article.text[citation.start : citation.end] == citation.quote


def _citation(n: int, sentence: Sentence) -> Citation:
    article = sentence.passage.article
    return Citation(
        n=n,
        article_id=article.article_id,
        version=sentence.passage.version,
        url=article.url,
        title=article.title,
        publisher=article.publisher,
        authors=article.authors,
        published_at=article.published_at,
        quote=sentence.text,
        start=sentence.span.start,
        end=sentence.span.end,
        also_in=sentence.passage.also_in,
    )
