"""A quote with what stands around it, and the words in it that the question asks for: pure functions."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from bot.answering import Answer, Citation
from bot.answering.question import matter_words
from bot.render.screen import shown
from index_store import Span, Version

_CONTEXT_CHARS = 140
_PARAGRAPH = re.compile(r"\n\s*\n")
_WORD = re.compile(r"[^\W_]+(?:['’.-][^\W_]+)*")

Terms = Callable[[str], list[str]]


@dataclass(frozen=True, slots=True)
class Excerpt:
    """
    A quote as it is shown in its article.

    Attributes:
        before, after: What stands around it in its paragraph, cut at words; "" where nothing does, or it is not kept.
        quote: The quote on one line.
        matter: Spans of the words in `quote` that the question asks for.
    """

    before: str
    quote: str
    after: str
    matter: tuple[Span, ...] = ()


def excerpts(
    answer: Answer, *, stored: Callable[[str, int], Version | None], terms: Terms, chars: int = _CONTEXT_CHARS
) -> tuple[Excerpt, ...]:
    """
    Put each quote of an answer into its context, in the order of the citations.

    Args:
        answer: The answer.
        stored: Looks up an article version; None where it is not kept any more.
        terms: Reduces a text to index terms.
        chars: Most characters before a quote, and after it.
    """
    asked = frozenset(terms(" ".join(matter_words(answer.standalone_question))))
    versions = (stored(citation.article_id, citation.version) for citation in answer.citations)
    return tuple(
        _excerpt(citation, version.article.text if version else "", asked, terms, chars)
        for citation, version in zip(answer.citations, versions, strict=True)
    )


def _excerpt(citation: Citation, text: str, asked: frozenset[str], terms: Terms, chars: int) -> Excerpt:
    before, after = _around(citation, text, chars)
    quote = shown(citation.quote)
    words = _WORD.finditer(quote) if asked else ()
    matter = tuple(Span(*word.span()) for word in words if not asked.isdisjoint(terms(word[0])))
    return Excerpt(before, quote, after, matter)


def _around(citation: Citation, text: str, chars: int) -> tuple[str, str]:
    """Return what stands before and after a quote; nothing where the text is not the one that was quoted."""
    if text[citation.start : citation.end] != citation.quote or not chars:
        return "", ""
    before = _PARAGRAPH.split(text[max(0, citation.start - 2 * chars) : citation.start])[-1]
    after = _PARAGRAPH.split(text[citation.end : citation.end + 2 * chars])[0]
    return _ending(shown(before), chars), _beginning(shown(after), chars)


def _ending(text: str, chars: int) -> str:
    return text if len(text) <= chars else f"… {text[-chars:].partition(' ')[2]}"


def _beginning(text: str, chars: int) -> str:
    return text if len(text) <= chars else f"{text[:chars].rpartition(' ')[0]} …"
