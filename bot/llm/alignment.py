"""
Whether a sentence of an article bears a claim out: the one judge of what a model says.

The claim must be the whole sentence, or two that follow each other: its words, in its order, from the first to the
last, with the marks between them. No word is free to go: "in her new novel", "in the 1950s", "when taken with wine" and
"in the eyes of his rivals" stand where any clause may stand, and without them the rest says something else; so do "a"
("a few"), commas ("the mayor, said the governor, lies") and hyphens ("a man-eating shark"). Numbers may be spelt
otherwise. Paraphrases are lost by this, and inventions with them.
"""

from collections.abc import Sequence
from dataclasses import replace
from enum import Enum

from bot.llm.tokens import Token


class Mismatch(Enum):
    """Why a sentence does not bear a claim out, from the farthest to the nearest."""

    NUMBER = "a number that it does not hold"
    NAME = "a name that it does not hold"
    WORD = "a word that it does not hold"
    PART = "not all of its words, or not in their order and with their marks"


_LEAST_WORDS = 3
_JOINTS = frozenset({"", ";"})  # between two sentences, beside "and"
_JOINTS_WITH_AND = frozenset({"", ",", ";"})


def mismatch(claim: Sequence[Token], sentences: Sequence[Sequence[Token]]) -> Mismatch | None:
    """
    Compare a claim with what is to bear it out.

    Args:
        claim: Its words.
        sentences: Those of a sentence, or of two that follow each other.

    Returns:
        What speaks against it; None where the sentences bear it out.
    """
    held = {token.word for sentence in sentences for token in sentence}
    unheld = [token for token in claim if token.word not in held and not _joins(token, sentences)]
    if len(claim) < _LEAST_WORDS:
        return Mismatch.WORD
    if any(token.is_number for token in unheld):
        return Mismatch.NUMBER
    if any(token.is_name and not token.begins for token in unheld):
        return Mismatch.NAME
    if unheld:
        return Mismatch.WORD
    return None if _says_all_of(claim, sentences) else Mismatch.PART


def _joins(token: Token, sentences: Sequence[Sequence[Token]]) -> bool:
    """Whether it is the "and" between two sentences."""
    return token.word == "and" and len(sentences) > 1


def _says_all_of(claim: Sequence[Token], sentences: Sequence[Sequence[Token]]) -> bool:
    """Whether a claim is these sentences, one behind the other."""
    if len(sentences) == 1:
        return _same(claim, sentences[0])
    first, second = sentences
    head, tail = claim[: len(first)], _without_joint(claim[len(first) :])
    return bool(second) and _same(head, first) and not first[-1].after and bool(tail) and _same(tail, second)


def _without_joint(tail: Sequence[Token]) -> Sequence[Token]:
    """Take away what joins a sentence to the one before; nothing is left where something else does."""
    if not tail:
        return ()
    if tail[0].word == "and" and tail[0].before in _JOINTS_WITH_AND:
        return tail[1:]
    return [replace(tail[0], before=""), *tail[1:]] if tail[0].before in _JOINTS else ()


def _same(claim: Sequence[Token], sentence: Sequence[Token]) -> bool:
    pairs = zip(claim, sentence, strict=False)
    return len(claim) == len(sentence) and all(one.same_as(other) for one, other in pairs)
