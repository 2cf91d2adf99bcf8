"""What a question asks for: its terms, its time, and the kind of answer that would do."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from itertools import pairwise

from bot.answering.periods import Period, period_of


class Kind(Enum):
    """What evidence for an answer looks like."""

    SHARE = "a share of something, in percent"
    MONEY = "an amount of money"
    NUMBER = "a number"
    TIME = "a date or a time"
    STATEMENT = "what somebody said"
    OTHER = "anything"


# The first one that matches decides.
_KINDS = (
    (Kind.SHARE, re.compile(r"\bpercent|\bwhat share\b", re.I)),
    (Kind.NUMBER, re.compile(r"\bhow (many|old|long|far|high|large|big|tall|fast)\b", re.I)),
    (Kind.MONEY, re.compile(r"\bhow much\b|\bwhich (hourly )?amount\b|\bcosts?\b|\bwhat price\b", re.I)),
    (
        Kind.TIME,
        re.compile(r"\bwhen\b|\bwhat (day|date|month|year|time)\b|\bhow soon\b|\bwhich (day|date|month|year)\b", re.I),
    ),
    (
        Kind.STATEMENT,
        re.compile(
            r"\bwhat (did|does|do|has|have|is)\b.{1,80}\b(say|said|saying|tell|told|think|announced?|claim(ed)?|"
            r"promised?|demand(ed)?|respon(d|se)|repl(y|ied)|react(ed)?)\b",
            re.I,
        ),
    ),
)
_CIRCUMSTANCES = re.compile(r"On (?P<told>[^:?]+): (?=\S)")
_SENTENCE_BREAK = re.compile(r"(?<=[.!?])[\"”’)]?\s+")
_WORD = re.compile(r"[^\W_]+(?:['’.][^\W_]+)*")
_POSSESSIVE = re.compile(r"['’]s?$")
# Words that every question is made of; what is left names the matter.
ASKING_WORDS = frozenset(
    """
    a about after all also am an and any are as at be been before being but by can could did do does during every
    for from get had has have he her here him his how i if in into is it its just latest many me more most much my
    new news no not now of off on one or our out over own recent recently said say says she should since so some
    tell than that the their them then there these they this those to today told too under until up us was we week
    were what when where which while who whom whose why will with within would year yesterday you your month
    """.split()  # noqa: SIM905 - a list would fill the screen
)

Terms = Callable[[str], list[str]]


@dataclass(frozen=True, slots=True)
class Understanding:
    """
    A question as the steps after it read it.

    Attributes:
        standalone: The question, understandable without a conversation.
        kind: What evidence looks like.
        terms: Index terms that name the matter, each once, in order; those of the whole question if none would be left.
        asked: Those of the sentence that asks; what comes before it tells the circumstances.
        phrases: Pairs of index terms that follow each other in that sentence.
        names: Words written as names, as asked.
        numbers: Words that begin with a digit, as asked.
        period: The stretch of time that it names; None for none. The words that name it are in none of the above.
        dated: Index terms of a date that it names: an article of another time must name it too.
    """

    standalone: str
    kind: Kind
    terms: tuple[str, ...]
    asked: tuple[str, ...]
    phrases: frozenset[tuple[str, str]]
    names: tuple[str, ...]
    numbers: tuple[str, ...]
    period: Period | None = None
    dated: tuple[str, ...] = ()

    @property
    def must_be_known(self) -> tuple[str, ...]:
        """Names and whole numbers: an answer from articles that know nothing of one is not to be had."""
        return self.names + tuple(number for number in self.numbers if number.isdigit())


def understand(text: str, *, terms: Terms, now: datetime, period: Period | None = None) -> Understanding:
    """
    Read a question.

    Args:
        text: The question in the asker's words.
        terms: Reduces a text to index terms.
        now: When it is asked, in the asker's time zone.
        period: The stretch of time that it names, where that is known; otherwise it is read from its words.
    """
    standalone = " ".join(text.split())
    period = period or period_of(standalone, now=now)
    timeless = standalone.replace(period.phrase, " ") if period else standalone
    asking = _asking_part(timeless)
    matter, first = matter_words(timeless), _WORD.search(standalone)
    names = (word for word in matter if word[0].isupper() and not (first and word == first[0]))
    return Understanding(
        standalone=standalone,
        kind=next((kind for kind, pattern in _KINDS if pattern.search(standalone)), Kind.OTHER),
        terms=_terms_of(timeless, terms),
        asked=_terms_of(asking if matter_words(asking) else timeless, terms),
        phrases=frozenset(pairwise(terms(asking))),
        names=tuple(_POSSESSIVE.sub("", name) for name in names),
        numbers=tuple(word for word in matter if word[0].isdigit()),
        period=period,
        dated=tuple(terms(" ".join(period.date_words))) if period and not period.is_strict else (),
    )


def circumstances(question: str) -> str:
    """Return what is put in front of a question to say what it is about: "On the Doha talks: …"; "" for nothing."""
    match = _CIRCUMSTANCES.match(question)
    return match["told"] if match else ""


def _asking_part(standalone: str) -> str:
    """Return the sentences that end in a question mark, without circumstances; the last one where none does."""
    sentences = _SENTENCE_BREAK.split(_CIRCUMSTANCES.sub("", standalone, count=1))
    return " ".join(sentence for sentence in sentences if "?" in sentence) or sentences[-1]


def _terms_of(text: str, terms: Terms) -> tuple[str, ...]:
    return tuple(dict.fromkeys(terms(" ".join(matter_words(text))) or terms(text)))


def matter_words(text: str) -> list[str]:
    """Return the words that are more than part of asking, in order; "US" is, "us" is not."""
    return [
        word
        for word in _WORD.findall(text)
        if word.casefold() not in ASKING_WORDS or (len(word) > 1 and word.isupper() and word.isalpha())
    ]
