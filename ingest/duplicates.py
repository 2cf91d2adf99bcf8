"""
Copies: articles that carry one report's text, under another headline, cut, or with another agency's credit.

Texts are compared by their shingles (Broder, 1997). MinHash signs an article's shingles and the signature is cut into
bands; whoever shares a band with it is compared exactly. The bands lie in the catalog: memory holds one batch.
"""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from hashlib import blake2b
from itertools import chain
from urllib.parse import urlsplit

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from index_store import Article, Likeness
from ingest.addresses import address_key

SHINGLE_WORDS = 3
LEAST_WORDS = 40  # a shorter text is a copy only of one with the same words
# Copies share two fifths of what both say, or the shorter one stands in the other, if it is no item of a round-up.
LEAST_JACCARD = 0.4
LEAST_CONTAINMENT = 0.8
LEAST_LENGTH_SHARE = 0.3
# Yesterday's weather report shares its words with today's, and not its numbers.
LEAST_NUMBERS = 0.5
# One outlet repeats a text when it moves the article; under another headline, or later, it is boilerplate or news.
SAME_OUTLET_JACCARD = 0.8
SAME_OUTLET_HEADLINE = 0.25
SAME_OUTLET_TIME = timedelta(days=2)

MOST_CANDIDATES = 50  # the most alike; more than that share bands by boilerplate
_BANDS, _ROWS = 42, 3  # of those that share 30 % of all shingles it finds 68 %, of 40 % 94 %, of 50 % 99.6 %
_LONGEST_CHARS = 100_000  # what stands behind these decides nothing
_MULTIPLIER = np.uint64(
    0x9E3779B97F4A7C15
)  # odd: the hash of a run is a polynomial over those of its words, modulo 2^64
_WORD = re.compile(r"\w+")

Hashes = NDArray[np.uint64]


@dataclass(frozen=True, slots=True)
class Shingles:
    """
    What is compared of a text: hashes of every run of three words, each once, ascending.

    Attributes:
        all: Of a text shorter than `LEAST_WORDS` words, the hash of all its words together.
        numbers: Those of them that hold a digit.
    """

    all: Hashes
    numbers: Hashes


def likenesses(
    articles: Sequence[Article], stored: Callable[[Sequence[int]], Iterable[Article]]
) -> dict[str, Likeness]:
    """
    Find what each article of a batch is a copy of: articles in the index, and those before it in the batch.

    Args:
        articles: The batch.
        stored: Looks up live articles that share a band with the bands given, the most alike first.

    Returns:
        By article id.
    """
    read = {article.article_id: shingles(article.text) for article in articles}
    bands = dict(zip(read, _bands(list(read.values())), strict=True))
    batch: defaultdict[int, list[Article]] = defaultdict(list)  # articles so far, by band
    found: dict[str, Likeness] = {}
    for article in articles:
        own = bands[article.article_id]
        others = chain(_sharing(own, batch), (one for one in stored(own) if one.article_id not in read))
        copies = (one.article_id for one in others if _are_copies(article, one, read))
        found[article.article_id] = Likeness(own, tuple(copies))
        for band in own:
            batch[band].append(article)
    return found


def _sharing(bands: Sequence[int], batch: Mapping[int, Sequence[Article]]) -> list[Article]:
    """List the articles that share a band, the most alike first."""
    shared = Counter(one for band in bands if band in batch for one in batch[band][-MOST_CANDIDATES:])
    return [one for one, _ in shared.most_common(MOST_CANDIDATES)]


def are_copies(one: Article, other: Article) -> bool:
    """Whether two articles carry the same report."""
    return _are_copies(one, other, {})


def _are_copies(one: Article, other: Article, read: Mapping[str, Shingles]) -> bool:
    same_outlet = _same_outlet(one, other)
    if same_outlet and not (_near_in_time(one, other) and _alike_in_headline(one, other)):
        return False
    a, b = (read.get(article.article_id) or shingles(article.text) for article in (one, other))
    return _same_report(a, b, least_jaccard=SAME_OUTLET_JACCARD) if same_outlet else _same_report(a, b)


def _same_report(one: Shingles, other: Shingles, *, least_jaccard: float | None = None) -> bool:
    """Whether two texts share enough; `least_jaccard` in place of what is asked of different outlets."""
    shared, shorter = _shared(one.all, other.all), min(len(one.all), len(other.all))
    if _shared(one.numbers, other.numbers) < LEAST_NUMBERS * min(len(one.numbers), len(other.numbers)):
        return False
    jaccard = shared / max(1, len(one.all) + len(other.all) - shared)
    if least_jaccard is not None:
        return jaccard >= least_jaccard
    long_enough = shorter >= LEAST_LENGTH_SHARE * max(len(one.all), len(other.all))
    return jaccard >= LEAST_JACCARD or (long_enough and shared >= LEAST_CONTAINMENT * shorter > 0)


def _shared(one: Hashes, other: Hashes) -> int:
    return len(np.intersect1d(one, other, assume_unique=True))


def _same_outlet(one: Article, other: Article) -> bool:
    """Whether two articles have one publisher or, where it is not known of both, one site."""
    if one.publisher and other.publisher:
        return one.publisher.casefold() == other.publisher.casefold()
    host = _host(one.url)
    return bool(host) and host == _host(other.url)


def _host(url: str) -> str:
    key = address_key(url)
    return urlsplit(key).netloc if key.startswith("https://") else ""


def _near_in_time(one: Article, other: Article) -> bool:
    """Whether two articles were published about the same time, as far as is known."""
    if one.published_at is None or other.published_at is None:
        return True
    return abs(one.published_at - other.published_at) <= SAME_OUTLET_TIME


def _alike_in_headline(one: Article, other: Article) -> bool:
    words, others = _headline(one), _headline(other)
    return len(words & others) >= max(1.0, SAME_OUTLET_HEADLINE * min(len(words), len(others)))


def _headline(article: Article) -> frozenset[str]:
    """Return the telling words of a headline: the longer ones that do not name the outlet."""
    words, outlet = _words(article.title), _words(article.publisher or "")
    return frozenset(word for word in words if len(word) > 3 and word not in outlet) or frozenset(words)


def shingles(text: str) -> Shingles:
    """Read what is compared of a text."""
    words = _words(text[:_LONGEST_CHARS])
    size = SHINGLE_WORDS if len(words) >= LEAST_WORDS else max(1, len(words))
    if not words:
        return Shingles(np.empty(0, np.uint64), np.empty(0, np.uint64))
    known = {word: _hash(word.encode("utf-8", "surrogatepass")) for word in set(words)}
    hashes = np.array([known[word] for word in words], np.uint64)
    digits = np.array([any(c.isdigit() for c in word) for word in words])
    runs = sliding_window_view(hashes, size) @ _MULTIPLIER ** np.arange(size, dtype=np.uint64)
    return Shingles(np.unique(runs), np.unique(runs[sliding_window_view(digits, size).any(axis=1)]))


def _words(text: str) -> list[str]:
    return _WORD.findall(unicodedata.normalize("NFKC", text).casefold())


def _hash(word: bytes) -> int:
    return int.from_bytes(blake2b(word, digest_size=8).digest())


def _bands(texts: Sequence[Shingles]) -> list[tuple[int, ...]]:
    """Sign texts and cut their signatures into bands: integers of 64 bits with sign, none for a text without words."""
    from datasketch import MinHash  # type: ignore[import-untyped]  # takes 1 s, and only when something is indexed

    low_halves = ((text.all & np.uint64(0xFFFFFFFF)).tolist() for text in texts)
    signatures = MinHash.bulk(low_halves, num_perm=_BANDS * _ROWS, hashfunc=int)
    return [
        tuple(_band(n, signature.hashvalues) for n in range(_BANDS)) if len(text.all) else ()
        for text, signature in zip(texts, signatures, strict=True)
    ]


def _band(n: int, signature: NDArray[np.uint32]) -> int:
    values = signature[n * _ROWS : (n + 1) * _ROWS].astype("<u4").tobytes()
    return int.from_bytes(blake2b(values, digest_size=8, salt=bytes([n])).digest(), signed=True)
