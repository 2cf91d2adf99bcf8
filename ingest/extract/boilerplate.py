"""Lines of a body that belong to the page around it: sign-ups, share buttons, credits, pointers to other articles."""

import re
from dataclasses import dataclass

from ingest.extract.markup import wording
from ingest.extract.wordings import BOILERPLATE, DATE_WORDS

_LONGEST_LINE_CHARS = 320  # a longer line is prose, whatever it begins with
_LONGEST_HEADLINE_CHARS = 600
_LONGEST_BYLINE_CHARS = 90
_BYLINE_LINES = 4
_LINKED_SHARE = 4  # at most a quarter of a body can be pointers elsewhere; more is what the page is about
_QUOTED = re.compile('["\u201c\u201d\u201e\u00ab\u00bb]')


@dataclass(frozen=True, slots=True)
class Surroundings:
    """
    What a page says outside the body, by which its lines are known again inside.

    Attributes:
        headlines: The wording of the headline.
        links: The wording of the page's links that are long enough to be headlines.
        authors: The wording of the authors' names.
    """

    headlines: frozenset[str] = frozenset()
    links: frozenset[str] = frozenset()
    authors: tuple[str, ...] = ()


def without_boilerplate(text: str, around: Surroundings) -> str:
    """
    Drop the lines of a body that are no part of the article. What is kept is unchanged and in order.

    Only whole short lines go, and except for the headline none with quotation marks in it. A line that is nothing but
    a link to another article goes too, unless the body consists of such lines.
    """
    lines = text.split("\n")
    linked = sum(len(line) for line in lines if _is_link(line, around))
    links_too = linked * _LINKED_SHARE < len(text)
    return "\n".join(
        line
        for position, line in enumerate(lines)
        if not (
            is_boilerplate(line)
            or (len(line) <= _LONGEST_HEADLINE_CHARS and wording(line) in around.headlines)
            or (links_too and _is_link(line, around))
            or (position < _BYLINE_LINES and _is_byline(line, around.authors))
        )
    )


def _is_link(line: str, around: Surroundings) -> bool:
    """Whether a line is the headline of another article: a link, but no sentence, quotation or address."""
    if len(line) > _LONGEST_LINE_CHARS or line.rstrip().endswith(".") or _QUOTED.search(line) or "://" in line:
        return False
    return wording(line) in around.links


def _is_byline(line: str, authors: tuple[str, ...]) -> bool:
    """Whether a line above the text only names an author, with a date or a role at most."""
    if len(line) > _LONGEST_BYLINE_CHARS or line.rstrip().endswith((".", "?", "!", ":")) or _QUOTED.search(line):
        return False
    words = f" {wording(line)} "
    return any(f" {author} " in words for author in authors)


def is_boilerplate(line: str) -> bool:
    """Whether a line by itself is certainly no part of an article."""
    line = line.strip().removeprefix("- ")
    if len(line) > _LONGEST_LINE_CHARS or _QUOTED.search(line):
        return False
    return _is_dateline(line) or any(pattern.search(line) for pattern in BOILERPLATE)


def _is_dateline(line: str) -> bool:
    """Whether a line says only when the page was published or updated, which is kept beside the text."""
    words = wording(line).split() if len(line) <= 80 else []
    if not words or not {"updated", "published", "posted"} & set(words[:2]):
        return False
    return all(word in DATE_WORDS or word.isdigit() for word in words)
