"""Where sentences begin and end: Punkt (Kiss and Strunk, 2006) through LlamaIndex, one paragraph at a time."""

import re
from collections.abc import Callable, Iterator
from functools import cache
from itertools import pairwise

from index_store import Span

# Punkt knows neither line ends, nor the full stops of scripts written without spaces, nor the Arabic question mark.
_PARAGRAPH = re.compile(r"[^\n]+")
_FOREIGN_END = re.compile(r"(?<=[。！？؟۔।])")


def sentence_spans(text: str) -> tuple[Span, ...]:
    """
    Find a text's sentences.

    Returns:
        Spans in reading order that do not overlap, without white space at their ends; together they hold every
        character of the text but white space. A sentence never crosses a line end.
    """
    return tuple(span for paragraph in _PARAGRAPH.finditer(text) for span in _in_paragraph(text, *paragraph.span()))


def sentences_with_gaps(text: str) -> list[str]:
    """Cut a text into its sentences with the white space that follows each: joined, they are the text."""
    starts = [span.start for span in sentence_spans(text)]
    if not starts:
        return [text] if text else []
    bounds = [0, *starts[1:], len(text)]
    return [text[a:b] for a, b in pairwise(bounds)]


def _in_paragraph(text: str, start: int, end: int) -> Iterator[Span]:
    first = start
    for piece in _punkt()(text[start:end]):
        for part in _FOREIGN_END.split(piece):
            span = _trimmed(text, first, first + len(part))
            first += len(part)
            if span.start < span.end:
                yield span


def _trimmed(text: str, start: int, end: int) -> Span:
    """Leave out white space at both ends."""
    inner = text[start:end]
    return Span(start + len(inner) - len(inner.lstrip()), start + len(inner.rstrip()))


@cache
def _punkt() -> Callable[[str], list[str]]:
    """Return LlamaIndex's cutter: pieces from one sentence's start to the next one's."""
    from llama_index.core.node_parser.text.utils import split_by_sentence_tokenizer  # takes 2 s

    return split_by_sentence_tokenizer()
