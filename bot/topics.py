"""
Topics to choose from: the names that headlines hold. Pure.

Many publishers write every word of a headline large, so a capital letter alone makes no name. A word counts as one
where it is mostly written large inside sentences, too: of the articles' texts, and of headlines written as sentences.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

_MOST_WORDS = 4  # of a name
_LONGEST_CHARS = 100
_LONGEST_HEADLINE_CHARS = 500
_LEAST_ALONE_SHARE = 0.25  # of the times that a single word is written large
_LEAST_CAPITALS = 2  # times that a word of capitals alone stands inside sentences
_TIMES_MORE_LARGE = 2  # than small, for a single word to be a name
_LEAST_SMALL_SHARE = 0.5  # of a headline's words, for it to be written as a sentence

_WORD = re.compile(r"[^\W_]+(?:[-’'.&][^\W_]+)*")
_POSSESSIVE = ("'s", "’s", "'S", "’S")
_COMPOUND = re.compile(r"-[^\W\d_A-Z]")  # "Quay-era"; what is written large after the dash is a name ("Quay-Maren")
_WITHIN = frozenset((" ", ", "))  # between two words of one sentence
_LINKS = "of de da do del della di la le du van von bin ibn al el"
_NO_BEGINNINGS = (
    "the a an with in on at for to from by and but or as of is are what why how who when where which this that these "
    "those it he she we they you his her our my your its if no not all after before"
)
_NO_TOPICS = (
    "january february march april may june july august september october november december jan feb mar apr jun jul "
    "aug sep sept oct nov dec monday tuesday wednesday thursday friday saturday sunday am pm bst gmt est "
    "mr mrs ms dr st mt rep sen gov president minister senator prime i i'm i've new north south east west"
)
_LINK, _NO_BEGINNING, _NO_TOPIC = (frozenset(words.split()) for words in (_LINKS, _NO_BEGINNINGS, _NO_TOPICS))


@dataclass(slots=True)
class _Usage:
    """How words are written inside sentences."""

    large: Counter[str] = field(default_factory=Counter)
    alone: Counter[str] = field(default_factory=Counter)  # of these, between words written small
    small: Counter[str] = field(default_factory=Counter)
    names: set[str] = field(default_factory=set)  # of two words or more

    def learn(self, text: str) -> None:
        """Count a text's words, and its names of several words, where no sentence begins with them."""
        run, end = list[str](), -1
        for word, start in _words(text):
            gap = text[end:start] if end >= 0 else ""
            end = start + len(word)
            is_large = word[0].isupper()
            if gap != " " or not (is_large or (run and word in _LINK)):
                self._keep(run)
                run = []
            if not is_large:
                self.small[word.casefold()] += 1
            elif gap in _WITHIN:
                self.large[_bare(word)] += 1
            if run or (is_large and gap in _WITHIN):
                run.append(word)
            if run and word.endswith(_POSSESSIVE):  # "Brandt's Harbour Plan" is two names
                self._keep(run)
                run = []
        self._keep(run)

    def _keep(self, run: Sequence[str]) -> None:
        if len(run) == 1:
            self.alone[_bare(run[0])] += 1
        for first in range(len(run)):
            for last in range(first + 1, min(first + _MOST_WORDS, len(run))):
                if _begins(run[first]) and run[last][0].isupper():
                    self.names.add(_bare(" ".join(run[first : last + 1])))

    def is_name(self, word: str) -> bool:
        """Whether a single word is mostly written large, and not only inside longer names."""
        lower, large = word.casefold(), self.large[word]
        if lower in _NO_TOPIC or _COMPOUND.search(word):
            return False
        if word.isupper():  # "US" is another word than "us"
            return large >= _LEAST_CAPITALS
        return large > _TIMES_MORE_LARGE * self.small[lower] and self.alone[word] >= _LEAST_ALONE_SHARE * large


def topics(headlines: Sequence[str], texts: Iterable[str], *, newest: int) -> tuple[str, ...]:
    """
    Name what headlines are about.

    Args:
        headlines: Of all articles to be offered, the newest first.
        texts: Of some of them, or their beginnings: they show which words are names.
        newest: How many of the headlines are news; a name in many of these comes before one in few.

    Returns:
        Each name once, however it is written; the most frequent first, and of those alike the newest.
    """
    usage, headlines = _Usage(), [headline[:_LONGEST_HEADLINE_CHARS] for headline in headlines]
    for text in (*texts, *filter(_is_sentence, headlines)):
        usage.learn(text)
    among_newest, among_all, spelt = Counter[str](), Counter[str](), dict[str, str]()
    for position, headline in enumerate(headlines):
        for name in dict.fromkeys(_names(headline, usage)):
            key = name.casefold()
            spelt.setdefault(key, name)
            among_all[key] += 1
            among_newest[key] += position < newest
    ordered = sorted(spelt, key=lambda key: (-among_newest[key], -among_all[key]))  # `spelt` is in order of newness
    return tuple(spelt[key] for key in ordered)


def completing(names: Iterable[str], typed: str) -> list[str]:
    """Choose the names that hold what was typed: those that begin with it, then those of which a word does."""
    sought = " ".join(typed.casefold().split())
    ranked = [(_fit(name.casefold(), sought), name) for name in names]
    return [name for fit, name in sorted(ranked, key=lambda one: one[0]) if fit < 3]


def _fit(name: str, sought: str) -> int:
    if name.startswith(sought):
        return 0
    return 1 if f" {sought}" in name else 2 if sought in name else 3


def _names(headline: str, usage: _Usage) -> Iterator[str]:
    """Yield a headline's names, each as long as it can be."""
    words = list(_words(headline))
    position = 0
    while position < len(words):
        length = 1
        if _begins(words[position][0]):
            name, length = _longest_name(list(_adjacent(words[position : position + _MOST_WORDS], headline)), usage)
            if 1 < len(name) <= _LONGEST_CHARS:
                yield name
        position += length


def _longest_name(run: Sequence[str], usage: _Usage) -> tuple[str, int]:
    """Return the longest name that some words begin with, and of how many words it is; "" for none."""
    for length in range(len(run), 0, -1):
        name = _bare(" ".join(run[:length]))
        if name in usage.names if length > 1 else usage.is_name(name):
            return name, length
    return "", 1


def _adjacent(words: Sequence[tuple[str, int]], headline: str) -> Iterator[str]:
    """Yield the first words, as long as nothing but a space is between them."""
    yield words[0][0]
    for (word, start), (following, its_start) in pairwise(words):
        if headline[start + len(word) : its_start] != " ":
            break
        yield following


def _words(text: str) -> Iterator[tuple[str, int]]:
    return ((found[0], found.start()) for found in _WORD.finditer(text))


def _begins(word: str) -> bool:
    """Whether a name may begin with a word."""
    return word[0].isupper() and word.casefold() not in _NO_BEGINNING


def _bare(name: str) -> str:
    return name[:-2] if name.endswith(_POSSESSIVE) else name


def _is_sentence(headline: str) -> bool:
    words = [word for word, _ in _words(headline)]
    return sum(word[0].islower() for word in words) >= _LEAST_SMALL_SHARE * len(words)
