"""The headline of a page: what it calls itself in several places, weighed against each other."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from ingest.extract.json_ld import LinkedData
from ingest.extract.markup import MetaTags, Tree, plain, text_of, wording

_SEPARATOR = re.compile(r"\s+[|\-\u2013\u2014\u00b7\u2022»«:/]+\s+|\s*[|»]\s*|\s+\u2013\s+")
_LEADING = re.compile(r"(.{1,60}?)(?:\s*[|:»]\s+|\s+[\-\u2013\u2014]\s+)(?=\S)")
_CUT = re.compile(r"(?:\u2026|\.\.\.)$")
_LEAST_CUT_CHARS = 60  # a shorter headline that begins a longer one is a headline of its own
_MOST_ADDED_WORDS = 5
_META = ("og:title", "twitter:title", "dc.title", "title")


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A headline, how much the place where it stood is worth, and its words alone."""

    title: str
    weight: float
    words: str


def headline(
    tree: Tree, data: LinkedData, meta: MetaTags, *, site_names: frozenset[str]
) -> tuple[str | None, frozenset[str]]:
    """
    Choose the headline that most places agree on, without the name of the site.

    Args:
        tree: The page.
        data: Its JSON-LD; a headline there counts twice.
        meta: Its meta tags.
        site_names: What the site is called, as `wording`.

    Returns:
        The headline, and the wording of every headline that was found.
    """
    raw = [(title, weight) for title, weight in _stated(tree, data, meta) if wording(title)]
    known = frozenset(wording(title) for title, _ in raw)
    candidates = []
    for title, weight in raw:
        bare = _without_site(title, site_names=site_names, known=known)
        candidates.append(_Candidate(bare, weight, wording(bare)))
    if not candidates:
        return None, known
    support = {candidate.words: _support(candidate, candidates) for candidate in candidates}
    best = max(candidates, key=lambda candidate: support[candidate.words])  # the first of equals
    return best.title, known | support.keys()


def _stated(tree: Tree, data: LinkedData, meta: MetaTags) -> Iterator[tuple[str, float]]:
    """Yield every headline that the page states, with its weight; the more trusted first."""
    stated = data.text("headline", "name")
    if stated:
        yield stated, 2
    headings = tuple(islice((text_of(heading) for heading in tree.iter("h1")), 20))
    if headings:
        yield headings[0], 1
    told = [meta[name][0] for name in _META if name in meta]
    for position, title in enumerate(dict.fromkeys(told)):  # the same one twice is one opinion
        yield title, 1 if position == 0 else 0.4
    element = next(tree.iter("title"), None)
    if element is not None:
        yield plain(element.text or ""), 1


def _support(candidate: _Candidate, candidates: Iterable[_Candidate]) -> float:
    """Add up the weights of those that say the same, or its beginning where that was cut for length."""
    return sum(
        other.weight
        for other in candidates
        if other.words == candidate.words or (candidate.words.startswith(other.words) and _is_cut(other))
    )


def _is_cut(candidate: _Candidate) -> bool:
    return bool(_CUT.search(candidate.title)) or len(candidate.title) >= _LEAST_CUT_CHARS


def _without_site(title: str, *, site_names: frozenset[str], known: frozenset[str]) -> str:
    """Cut the site's name, or what other places leave out, from either end; never without such evidence."""
    for mark in reversed(tuple(_SEPARATOR.finditer(title))):
        head, tail = title[: mark.start()], title[mark.end() :]
        if _names_site(tail, site_names) or (wording(head) in known and _is_addition(tail, head)):
            return _without_site(head, site_names=site_names, known=known)
    first = _LEADING.match(title)
    return title[first.end() :] if first and _names_site(first[1], site_names) else title


def _is_addition(tail: str, head: str) -> bool:
    """Whether what follows a headline is short, like a section; a longer one may be the headline after a kicker."""
    added = len(wording(tail).split())
    return added <= _MOST_ADDED_WORDS and added < len(wording(head).split())


def _names_site(part: str, site_names: frozenset[str]) -> bool:
    return wording(part).replace(" ", "") in site_names
