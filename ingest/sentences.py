"""Where sentences begin and end: Punkt (Kiss and Strunk, 2006), one paragraph at a time."""

import re
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache, lru_cache
from itertools import pairwise
from pathlib import Path

from index_store import Span

# Punkt knows neither line ends, nor the full stops of scripts written without spaces, nor the Arabic question mark.
_PARAGRAPH = re.compile(r"[^\n]+")
_FOREIGN_END = re.compile(r"(?<=[。！？؟۔।])")
_CLOSING_QUOTES = "\"”’'»"
_MORE_ABBREVIATIONS = {"gov", "govs", "sens", "reps", "supt", "det", "insp", "hon", "pres"}  # that Punkt has not learnt


@lru_cache(maxsize=4)  # the splitter asks for the sentences of the text that was just cut
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
    pieces = [Span(start + a, start + b) for a, b in _punkt()(text[start:end])]
    for piece in _with_attributions(text, pieces):
        first = piece.start
        for part in _FOREIGN_END.split(text[piece.start : piece.end]):
            span = _trimmed(text, first, first + len(part))
            first += len(part)
            if span.start < span.end:
                yield span


def _with_attributions(text: str, pieces: Sequence[Span]) -> list[Span]:
    """Join what goes on after a quotation's own full stop to it: “We won.” he said."""
    joined: list[Span] = []
    for piece in pieces:
        if joined and text[joined[-1].end - 1] in _CLOSING_QUOTES and text[piece.start].islower():
            joined[-1] = Span(joined[-1].start, piece.end)
        else:
            joined.append(piece)
    return joined


def _trimmed(text: str, start: int, end: int) -> Span:
    """Leave out white space at both ends."""
    inner = text[start:end]
    return Span(start + len(inner) - len(inner.lstrip()), start + len(inner.rstrip()))


@cache
def _punkt() -> Callable[[str], Iterator[tuple[int, int]]]:
    """
    Return the cutter trained on English news, from the data that LlamaIndex brings along.

    LlamaIndex's own splitter uses Punkt untrained, which knows no abbreviation and ends a sentence after "Mr.".
    """
    import llama_index.core  # takes 2 s, and only when something is indexed

    with _hidden("scipy", "sklearn"):
        import nltk
        from nltk.tokenize.punkt import PunktTokenizer

    nltk.data.path.insert(0, str(Path(llama_index.core.__file__).parent / "_static" / "nltk_cache"))
    tokenizer = PunktTokenizer("english")
    tokenizer._params.abbrev_types |= _MORE_ABBREVIATIONS
    cut: Callable[[str], Iterator[tuple[int, int]]] = tokenizer.span_tokenize
    return cut


@contextmanager
def _hidden(*packages: str) -> Iterator[None]:
    """
    Keep packages from being imported, where they are not yet.

    NLTK imports SciPy and scikit-learn where they are installed, for what is not used here: a second, and 75 MB.
    """
    hidden: dict[str, None] = dict.fromkeys(name for name in packages if name not in sys.modules)
    sys.modules.update(hidden)  # type: ignore[arg-type] # None stands for what cannot be imported
    try:
        yield
    finally:
        for name in hidden:
            del sys.modules[name]
