"""Lines as they were set on a page → paragraphs."""

import re
from collections.abc import Iterable
from statistics import median

_PAGE_NUMBER = re.compile(r"^(?:page\s*)?[-–—]?\s*\d{1,4}\s*[-–—]?(?:\s*(?:/|of)\s*\d{1,4})?$", re.IGNORECASE)
_HYPHEN = re.compile(r"[^\W\d_][-\u00ad\u2010]$")
_SENTENCE_END = re.compile(r"[.!?:…][\"”’')\]]*$")
_SHORT = 0.8  # of the usual width; the last line of a paragraph, most of the time


def paragraphs(lines: Iterable[str]) -> str:
    """
    Join lines into paragraphs with blank lines between them.

    A paragraph ends at a blank line, and at a line that ends a sentence and is clearly shorter than most. Words that
    were divided at a line's end are joined again where the rest begins with a small letter. Page numbers go.
    """
    kept = [" ".join(line.split()) for line in lines if not _PAGE_NUMBER.match(line.strip())]
    widths = [len(line) for line in kept if line]
    short = _SHORT * median(widths) if widths else 0
    joined: list[str] = []
    begins = True
    for line in kept:
        if not line:
            begins = True
            continue
        if begins:
            joined.append(line)
        else:
            joined[-1] = _joined(joined[-1], line)
        begins = len(line) < short and bool(_SENTENCE_END.search(line))
    return "\n\n".join(joined)


def _joined(text: str, line: str) -> str:
    if _HYPHEN.search(text[-2:]) and line[0].islower():
        return text[:-1] + line
    return f"{text} {line}"
