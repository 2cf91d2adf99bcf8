"""
A question asked in a conversation → one that is understandable without it: pure functions.

What is carried over is put in front ("On the Doha talks: …") or behind a pronoun ("he (Adam Boehler)"), so that the
asker sees it and keeps every word of the question. Where it is not certain what is meant, nothing is carried over: a
wrong topic is worse than none.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.answering.periods import period_of
from bot.answering.question import circumstances, matter_words

LONGEST_TOPIC_CHARS = 300
_LONGEST_FRAGMENT_WORDS = 5
_TURNS_REMEMBERED = 3  # in which "she" may have been named

_AUXILIARY = r"(?:is|are|was|were|did|does|do|has|have|had|will|would|can|could|should)"
_ASKING = rf"(?:what|who|whom|whose|when|where|why|how|which|tell|give|show|name|list|explain|{_AUXILIARY})"
_ASKS = re.compile(rf"\b{_ASKING}\b", re.IGNORECASE)
_AND = re.compile(r"(?:(?:and|but|so|also|then|okay|ok|well)\b,?\s+)+(?=\w)", re.IGNORECASE)
_WHAT_ABOUT = re.compile(r"(?:what|how) about\s+(?P<what>.{1,200})$", re.IGNORECASE)
_PREPOSITION = r"(?:in|on|at|from|for|by|with|since|before|after|during|until|about|of|against|to|near)"
_PLACED = re.compile(rf"{_PREPOSITION}\s", re.IGNORECASE)
_FOLLOWS_A_PREPOSITION = re.compile(rf"\b{_PREPOSITION}(?: the)? $", re.IGNORECASE)
_FOLLOWS_A_PLACE_WORD = re.compile(r"\b(?:in|at|near|from|to|outside|across)(?: the)? $", re.IGNORECASE)
_NO_PERSON_AFTER = re.compile(r"\b(?:in|at|near|from|outside|across|about|the|of) $", re.IGNORECASE)
_MATTER_OF_A_NAME = re.compile(  # not "the mayor of Paris", who is one that may be asked about instead
    r"(?:the |an? )?[a-z][\w’'-]*(?: [a-z][\w’'-]*){0,3} (?:in|at|on|for|between|with|near|from) (?:the )?[A-Z]"
)
_NAME = re.compile(
    rf"\b(?!(?i:{_ASKING}|the|an?|in|on|and|but|it|he|she|they)\b)"
    r"[A-Z][\w’'-]*(?:(?: (?:of|de|van|von|bin|al))? [A-Z][\w’'-]*)*"
)

# Pointing words. What a question names before one of them, it may point at itself.
_PERSON = re.compile(r"\b(?:he|she|him|his|her|hers)\b", re.IGNORECASE)
_PLACE = re.compile(
    r"(?<!is )(?<!are )(?<!was )(?<!were )(?<!will )\bthere\b|(?<=who was )there\b|(?<=who were )there\b", re.IGNORECASE
)
_EVENT = re.compile(
    r"\b(?:that|this|it)(?=[\s?.!]*$)|"
    r"\b(?:was|is|did|does|were|will|has|had)\s+(?:that|this|it)\s+(?:happen|take place|start|end|begin|announced|"
    r"decided|cost|mean|held|over|reported|work|last)\b",
    re.IGNORECASE,
)
_OTHERS = re.compile(
    r"\b(?:they|them|their|theirs|those|these|else|the others?|the latter|the former)\b", re.IGNORECASE
)
_AFTER_A_PREPOSITION = re.compile(rf"\b{_PREPOSITION} (?:that|this|it|them)[\s?.!]*$", re.IGNORECASE)

# What comes before the topic of a question: "how many people died in |the Myanmar earthquake".
_OPENING = re.compile(rf"^(?:(?:{_ASKING}|many|much|often|people|happened|me|about|to|with|in)\s+)*", re.IGNORECASE)
_TOPIC = re.compile(r"\b(?:the|a|an|this|that|these|those)\s+\w|\b[A-Z0-9]")
_IN_A_NOUN_PHRASE = re.compile(
    r"(?<!is )(?<!did )(?<!does )(?<!has )(?<!will )(?<!was )(?<!can )\bthe $", re.IGNORECASE
)
_SUBJECT_FOLLOWS = re.compile(rf"\b{_AUXILIARY}\s*$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Turn:
    """
    What was asked before, and what was said.

    Attributes:
        question: The question as it was searched, understandable by itself.
        answer: The text of what was said; "" where nothing was.
    """

    question: str
    answer: str = ""


def standalone(question: str, conversation: Sequence[Turn], *, now: datetime) -> str:
    """
    Make a question understandable without the conversation it was asked in.

    Args:
        question: In the asker's words.
        conversation: What was asked and said before, oldest first. What is carried over is the last turn's, which
            itself carries what those before it left; those tell whether "she" may be somebody else.
        now: When it is asked, in the asker's time zone.

    Returns:
        The question with what it leaves out; unchanged where it leaves out nothing, or nothing certain.
    """
    asked = " ".join(question.split())
    last = conversation[-1] if conversation else Turn("")
    last = replace(last, question=" ".join(last.question.split()))
    if not asked or not last.question:
        return asked
    leads_in = _AND.match(asked)
    rest = asked[leads_in.end() :] if leads_in else asked
    instead = _instead(rest, leads_in=bool(leads_in))
    if instead and _brings_its_matter(instead):
        return asked
    if instead:
        return _asked_of_another(last.question, instead, now=now, modifiers=bool(_WHAT_ABOUT.match(rest)))
    if not _ASKS.match(rest):
        rest = asked
    if not _points_at_itself(rest, _PERSON) and _are_several([*conversation[-_TURNS_REMEMBERED:-1], last]):
        return asked
    pointed = _pointed(_pointed(rest, _PERSON, _person(last)), _PLACE, _place(last))
    if pointed != rest:
        return pointed
    topic = topic_of(last.question)
    return f"On {topic}: {rest}" if topic and (leads_in or _needs_topic(rest)) else asked


def topic_of(question: str) -> str:
    """
    Name what a question is about.

    Returns:
        What it carries already; else its words from the first name or article on ("the Doha talks"), or, where that is
        half a sentence, all of it in quotation marks. At most `LONGEST_TOPIC_CHARS` characters; "" where it names
        nothing.
    """
    carried = circumstances(question)
    if carried:
        return carried
    told = re.sub(r"[:?.!]+(?=\s|$)", "", question).strip()[:LONGEST_TOPIC_CHARS]
    after = _OPENING.sub("", told, count=1)
    if _SUBJECT_FOLLOWS.search(told.removesuffix(after)):
        return f"“{told}”" if matter_words(told) else ""
    starts = _TOPIC.search(after)
    return after[starts.start() :] if starts else after


def _instead(rest: str, *, leads_in: bool) -> str:
    """Return what is to be put in the place of something in the last question: "what about Canada?"; "" for nothing."""
    about = _WHAT_ABOUT.match(rest)
    if about:
        return about["what"].rstrip(" ?.!")
    is_fragment = len(rest.split()) <= _LONGEST_FRAGMENT_WORDS and not _ASKS.search(rest)
    return rest.rstrip(" ?.!") if is_fragment and (leads_in or _PLACED.match(rest)) else ""


def _brings_its_matter(instead: str) -> bool:
    """Whether it is more than a name: "the weather in Paris"."""
    return bool(_MATTER_OF_A_NAME.match(instead))


def _asked_of_another(last: str, instead: str, *, now: datetime, modifiers: bool) -> str:
    """Ask the last question of another time or name, in the place of its own, or behind it where that is uncertain."""
    period, other = period_of(last, now=now), period_of(instead, now=now) or period_of(f"in {instead}", now=now)
    if other and len(other.phrase.split()) >= len(instead.split()):
        return last.replace(period.phrase, instead, 1) if period else f"{last.rstrip(' ?.!')} {instead}?"
    name = re.sub(r"^the ", "", _PLACED.sub("", instead, count=1) if _PLACED.match(instead) else instead)
    replaced = _replaceable(last, modifiers=modifiers) if _NAME.match(name) else None
    if replaced:
        return last[: replaced.start()] + name + last[replaced.end() :]
    return f"{last.rstrip(' ?.!')} – {instead}?"


def _replaceable(last: str, *, modifiers: bool) -> "re.Match[str] | None":
    """Return the one name that another may replace: after a preposition, or the only one of what is asked."""
    asked_from = last.index(": ") if circumstances(last) else 0
    names = [name for name in _names(last) if name.start() >= asked_from]
    placed = [name for name in names if _FOLLOWS_A_PREPOSITION.search(last[: name.start()])]
    candidates = placed or names
    if len(candidates) != 1:
        return None
    name = candidates[0]
    is_modifier = _IN_A_NOUN_PHRASE.search(last[: name.start()]) and re.match(r" [a-z]", last[name.end() :])
    return name if modifiers or placed or not is_modifier else None


def _pointed(asked: str, pointing: "re.Pattern[str]", meant: str) -> str:
    """Write what is meant behind a word that points at it."""
    if not meant or _points_at_itself(asked, pointing):
        return asked
    return pointing.sub(lambda match: f"{match[0]} ({meant})", asked, count=1)


def _needs_topic(asked: str) -> bool:
    """Whether a question points at something that it does not name, or names next to nothing."""
    if _AFTER_A_PREPOSITION.search(asked):
        return True
    if any(p.search(asked) and not _points_at_itself(asked, p) for p in (_EVENT, _OTHERS, _PLACE, _PERSON)):
        return True
    return len(matter_words(asked)) <= 1 and not any(_names(asked))


def _points_at_itself(asked: str, pointing: "re.Pattern[str]") -> bool:
    """Whether a question does not point, or may point at what it names before."""
    points = pointing.search(asked)
    return not points or any(name.start() < points.start() for name in _names(asked))


def _names(text: str) -> Iterator["re.Match[str]"]:
    """Yield the words written as names; a single capital word that begins a sentence may be any word."""
    for match in _NAME.finditer(text):
        before = text[: match.start()].rstrip()
        begins = not before or before[-1] in '.!?“"'
        if " " in match[0] or not begins:
            yield match


def _person(last: Turn) -> str:
    """Name the one person whom "he" or "she" can mean: one the last question names, or whom its answer names."""
    known = re.search(r"\b(?:he|she|him|his|her|hers) \((?P<name>[^()]+)\)", last.question, re.IGNORECASE)
    if known:
        return known["name"]
    told = last.answer if re.search(r"\bwho(?:m|se)?\b", last.question, re.IGNORECASE) else last.question
    people = {
        name[0]: None
        for name in _names(told)
        if not _NO_PERSON_AFTER.search(told[: name.start()])
        and (told is last.question or (" " in name[0] and name[0] not in last.question))
    }
    return next(iter(people)) if len(people) == 1 else ""


def _are_several(turns: Sequence[Turn]) -> bool:
    """Whether these turns are about different persons; "Horn" is "Prime Minister Lea Horn"."""
    people = [set(person.split()) for person in map(_person, turns) if person]
    return any(not (one <= other or other <= one) for one in people for other in people)


def _place(last: Turn) -> str:
    """Name the one place that "there" can mean: in the last question, or else in its answer."""
    for told in (last.question, last.answer):
        places = {name[0]: None for name in _names(told) if _FOLLOWS_A_PLACE_WORD.search(told[: name.start()])}
        if places:
            return next(iter(places)) if len(places) == 1 else ""
    return ""
