"""A reply, piece by piece → sentences that could be claims: plain text, or nothing."""

import re
import unicodedata
from collections.abc import Iterable, Iterator

from bot.render.markup import visible

LONGEST_CLAIM_CHARS = 600
MOST_SENTENCES = 12  # of one reply; three are asked for
_LEAST_WORDS = 4
_LEAST_LOWER_CASE_WORDS = 2

# A sentence ends at a full stop, unless a small letter follows, but not after a title or an initial. Cutting at the
# wrong place costs a claim and never makes one: half a sentence is borne out by nothing.
_END = re.compile(r"(?:[.!?…][\"”’)\]]*(?=\s+[^\sa-z])|\n)")
_NO_END = re.compile(r"(?:^|[\s(\"“])(?:Mr|Mrs|Ms|Dr|St|Gov|Sen|Rep|Gen|Col|Lt|Sgt|Prof|Rev|Hon|No|vs|[A-Z])\.$")
_THINKING = re.compile(r"^\s*<think>.*?(</think>|$)", re.S)
_LIST_MARK = re.compile(r"^\s*(?:[-*•–]\s+|\d{1,2}[.)]\s+|(?:answer|a)\s*:\s+)+", re.I)
_NUMBERS_OF_PASSAGES = re.compile(r"\s*[\[【]\s*(?:passages?\s*)?\d+(?:\s*[,–-]\s*\d+)*\s*[\]】]", re.I)
_EMPHASIS = re.compile(r"\*\*|__")
_PLAIN = re.compile(r"(?:[^\W_]|[\s.,;:!?'\"’‘“”()\-–—…%$€£¥₹&/]|[\u0300-\u036f])*")
_ADDRESS = re.compile(r":/|//|\bwww\.", re.I)
# "He said so" says nothing alone.
_SAYS_NOTHING_ALONE = re.compile(r"^[\"“'‘(]*(he|she|it|they|this|that|these|those|his|her|its|their|both)\b", re.I)


def sentences(pieces: Iterable[str]) -> Iterator[str]:
    """
    Cut a reply into sentences while it arrives.

    Args:
        pieces: Parts of the reply, in order.

    Yields:
        Its first sentences as the model wrote them, each once it is known to be complete; the rest at the end.
    """
    waiting, cut = "", 0
    for piece in pieces:
        waiting += piece
        if (thinking := _THINKING.match(waiting)) and not thinking[1]:
            continue
        waiting = _THINKING.sub("", waiting)
        while end := _first_end(waiting):
            yield waiting[:end]
            waiting, cut = waiting[end:], cut + 1
            if cut == MOST_SENTENCES:
                return
    yield _THINKING.sub("", waiting)


def _first_end(text: str) -> int:
    """Return where the first sentence ends; 0 where it is not known yet, and where it is too long for a claim."""
    for match in _END.finditer(text[: LONGEST_CLAIM_CHARS + 2]):
        if match[0] == "\n" or not _NO_END.search(text[: match.end()]):
            return match.end()
    return LONGEST_CLAIM_CHARS + 1 if len(text) > LONGEST_CLAIM_CHARS + 2 else 0


def plain_claim(sentence: str) -> str | None:
    """
    Return a sentence as plain text on one line, without list marks, emphasis and the model's own citations.

    Returns:
        None for what could be no claim: too short, too long, a link, a mention, mark-up, a quotation mark without its
        partner, or a sentence about "he" or "it", which says nothing alone.
    """
    text = _EMPHASIS.sub("", _NUMBERS_OF_PASSAGES.sub("", _LIST_MARK.sub("", sentence)))
    if any(unicodedata.category(character) in ("Cf", "Co", "Cs") for character in text):
        return None
    text = visible(text)
    words = text.split()
    lower_case = sum(word[:1].islower() for word in words)
    if (
        len(words) < _LEAST_WORDS
        or lower_case < _LEAST_LOWER_CASE_WORDS
        or len(text) > LONGEST_CLAIM_CHARS
        or _SAYS_NOTHING_ALONE.match(text)
    ):
        return None
    if not _PLAIN.fullmatch(text) or _ADDRESS.search(text) or not _quotes_are_whole(text):
        return None
    return text


def _quotes_are_whole(text: str) -> bool:
    return text.count('"') % 2 == 0 and text.count("“") == text.count("”") and text.count("(") == text.count(")")
