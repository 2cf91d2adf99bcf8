"""
Whether a sentence of an article bears a claim out: the one judge of what a model says.

The claim must consist of the sentence's own words, in their order, whole clauses at a time. So numbers and names stand
beside what they stood beside, nobody changes places with whom he struck, and what is left out is left out between
commas. Whatever doubts, denies, limits or attributes the sentence must stay: without it the rest says something else.
Paraphrases are lost by this, and inventions with them.
"""

from collections import Counter
from collections.abc import Sequence
from enum import Enum
from itertools import takewhile

from bot.llm.tokens import Token


class Mismatch(Enum):
    """Why a sentence does not bear a claim out, from the farthest to the nearest."""

    NUMBER = "a number that it does not hold"
    NAME = "a name that it does not hold"
    WORD = "a word that it does not hold"
    QUALIFIER = "a negation, a doubt or a source that only one of them has"
    ORDER = "words of other places, or torn out of their clause"


_LEAST_WORDS = 3
# Free to come and go.
_LIGHT = frozenset({"a", "an", "the", "that", "also"})
# What must stay: negations and denials; doubts and conditions; limits; and who says so.
_QUALIFIERS = frozenset(
    """
    not no never none nobody nothing neither nor without hardly barely scarcely rarely deny denies denied denying
    refuse refuses refused reject rejects rejected dismiss dismissed retract retracted withdrew withdrawn overturned
    cancelled canceled reversed acquitted cleared fail fails failed failing unlikely false falsely wrongly fake hoax
    may might could would should must can if unless whether until perhaps possibly probably likely maybe reportedly
    apparently seemingly supposedly alleged allegedly alleges accuse accused accuses suspected suspects rumoured
    rumored purported expected expects plan plans planned propose proposed proposes threatened threatens vowed wants
    try tries tried trying attempt attempted attempting hope hopes hoped fear feared fears will
    only almost nearly about around roughly approximately some least most more less fewer over under up than partly
    except but although though despite
    said say says saying told tells according claim claims claimed report reported reports believe believes believed
    think thinks thought suggest suggests suggested argue argued argues insist insisted insists estimate estimated
    estimates warn warned warns quoted predicted predicts write writes wrote written add adds added state states
    stated announce announces announced tweet tweeted posted assert asserts asserted declare declares declared
    maintain maintains maintained contend contends contended charge charges charged complain complains complained
    joke joked testify testifies testified note notes noted explain explains explained recall recalls recalled
    describe describes described call calls called show shows showed find finds found indicate indicates indicated
    conclude concludes concluded reveal reveals revealed admit admits admitted concede concedes conceded promise
    promises promised urge urges urged demand demands demanded speculate speculated imagine imagined
    """.split()  # noqa: SIM905 - a list would fill the screen
)
# Before these a clause may end; what stood before it stays true.
_CUTS = frozenset({"and", "after", "before", "because", "when", "while", "which", "who", "where"})
_JOINS = frozenset({"between", "both"})  # "and" goes on with these
# A clause that comes first may be left out if it begins with one of these.
_OPENERS = frozenset(
    """
    after also and before earlier in later last meanwhile monday tuesday wednesday thursday friday saturday sunday on
    since still then this today when while yesterday
    """.split()  # noqa: SIM905 - the same
)


def mismatch(claim: Sequence[Token], sentences: Sequence[Sequence[Token]]) -> Mismatch | None:
    """
    Compare a claim with what is to bear it out.

    Args:
        claim: Its words.
        sentences: Those of a sentence, or of two that follow each other.

    Returns:
        What speaks against it; None where the sentences bear it out.
    """
    stated = [token for token in claim if token.word not in _LIGHT]
    held = {token.word for sentence in sentences for token in sentence}
    unheld = [token for token in stated if token.word not in held and not _joins(token, sentences)]
    if len(stated) < _LEAST_WORDS:
        return Mismatch.WORD
    if any(token.is_number for token in unheld):
        return Mismatch.NUMBER
    if any(token.is_name and not token.begins for token in unheld):
        return Mismatch.NAME
    if unheld:
        return Mismatch.WORD
    if _qualifiers(stated) != _qualifiers([token for sentence in sentences for token in sentence]):
        return Mismatch.QUALIFIER
    return None if _is_made_of(stated, [clauses(sentence) for sentence in sentences]) else Mismatch.ORDER


def clauses(sentence: Sequence[Token]) -> list[list[Token]]:
    """Cut a sentence at its commas, dashes and brackets, without the words that are free to come and go."""
    found: list[list[Token]] = [[]]
    for token in sentence:
        if token.opens_clause:
            found.append([])
        if token.word not in _LIGHT:
            found[-1].append(token)
    return [clause for clause in found if clause]


def _joins(token: Token, sentences: Sequence[Sequence[Token]]) -> bool:
    """Whether it is the "and" between two sentences."""
    return token.word == "and" and len(sentences) > 1


def _qualifiers(tokens: Sequence[Token]) -> Counter[str]:
    return Counter(token.word for token in tokens if token.word in _QUALIFIERS)


def _is_made_of(claim: list[Token], sentences: Sequence[list[list[Token]]]) -> bool:
    """Whether a claim is what is left of these clauses, in their order, when some are left out."""
    reached = {0}  # how many of the claim's words the clauses so far may account for
    for place, sentence in enumerate(sentences):
        if place:
            reached |= {n + 1 for n in reached if 0 < n < len(claim) and claim[n].word == "and"}
        for clause in sentence:
            reached = _beyond(clause, claim, reached)
    return len(claim) in reached


def _beyond(clause: list[Token], claim: list[Token], reached: set[int]) -> set[int]:
    """Read on by one clause: it is said, said up to a cut, or left out."""
    may_go, may_be_first_to_go = _says_more_than_names(clause), clause[0].word in _OPENERS
    beyond = {n for n in reached if may_go and (n or may_be_first_to_go)}
    for n in reached:
        same = _same_words(claim[n:], clause)
        if same == len(clause) or (same and n + same == len(claim) and _may_be_cut(clause, same)):
            beyond.add(n + same)
    return beyond


def _same_words(claim: list[Token], clause: list[Token]) -> int:
    """Count the words that a claim has in common with the beginning of a clause."""
    pairs = zip(claim, clause, strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0].same_as(pair[1]), pairs))


def _may_be_cut(clause: list[Token], place: int) -> bool:
    before = {token.word for token in clause[:place]}
    return clause[place].word in _CUTS and not (clause[place].word == "and" and before & _JOINS)


def _says_more_than_names(clause: list[Token]) -> bool:
    """Whether it is an aside: "London, Ontario" and "Smith, Jones and Brown won" lose a name with theirs."""
    if clause[0].word in _OPENERS or (len(clause) == 1 and clause[0].is_number):
        return True
    return any(not token.is_name and not token.is_number for token in clause)
