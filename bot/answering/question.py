"""What a question asks for: its terms, and the kind of answer that would do."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum


class Kind(Enum):
    """What evidence for an answer looks like."""

    NAME = "a person, a place or a thing with a name"
    NUMBER = "a number"
    TIME = "a date or a time"
    OTHER = "anything"


# The first one that matches decides; "when" and "how many" come before the "which" they may hold.
_KINDS = (
    (
        Kind.NUMBER,
        re.compile(r"\bhow (many|much|old|long|far|high|large|big|tall|fast)\b|\bpercent|\bwhat share\b", re.I),
    ),
    (
        Kind.TIME,
        re.compile(r"\bwhen\b|\bwhat (day|date|month|year|time)\b|\bhow soon\b|\bwhich (day|month|year)\b", re.I),
    ),
    (
        Kind.NAME,
        re.compile(r"\bwho\b|\bwhom\b|\bwhose\b|\bwhere\b|\bwhich\b|\bwhat (country|city|company|state)\b", re.I),
    ),
)
_WORD = re.compile(r"[^\W_]+(?:['’.][^\W_]+)*")
_POSSESSIVE = re.compile(r"['’]s?$")
# Words that every question is made of; what is left names the matter.
_ASKING_WORDS = frozenset(
    """
    a about after all also am an and any are as at be been before being but by can could did do does during every
    for from get had has have he her here him his how i if in into is it its just latest many me more most much my
    new news no not now of off on one or our out over own recent recently said say says she should since so some
    tell than that the their them then there these they this those to today told too under until up us was we week
    were what when where which while who whom whose why will with within would year yesterday you your month
    """.split()  # noqa: SIM905 - a list would fill the screen
)


@dataclass(frozen=True, slots=True)
class Understanding:
    """
    A question as the steps after it read it.

    Attributes:
        standalone: The question, understandable without a conversation.
        kind: What evidence looks like.
        terms: Index terms that name the matter, each once, in order; those of the whole question if none would be left.
        names: Words written as names or numbers, as asked; an answer that knows nothing of one is not to be had.
    """

    standalone: str
    kind: Kind
    terms: tuple[str, ...]
    names: tuple[str, ...]


def understand(text: str, *, terms: Callable[[str], list[str]]) -> Understanding:
    """
    Read a question.

    Args:
        text: The question in the asker's words.
        terms: Reduces a text to index terms.
    """
    standalone = " ".join(text.split())
    words = _WORD.findall(standalone)
    matter = [word for word in words if _tells_the_matter(word)]
    found = terms(" ".join(matter)) or terms(standalone)
    kind = next((kind for kind, pattern in _KINDS if pattern.search(standalone)), Kind.OTHER)
    names = tuple(
        _POSSESSIVE.sub("", word) for word in matter if word.isdigit() or (word[0].isupper() and word is not words[0])
    )
    return Understanding(standalone, kind, tuple(dict.fromkeys(found)), names)


def _tells_the_matter(word: str) -> bool:
    """Whether a word is more than part of asking; "US" does, "us" does not."""
    return word.casefold() not in _ASKING_WORDS or (len(word) > 1 and word.isupper() and word.isalpha())
