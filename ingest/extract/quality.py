"""What a page holds in place of an article: told apart by plain rules that would rather let a page pass."""

import re
from dataclasses import dataclass

from ingest.extract import wordings
from ingest.extract.markup import wording

_SENTENCE_END = re.compile("[.!?\u2026\u3002\u0964][\"\u201d\u2019\u00bb')\\]]{0,3}$")


_PARAGRAPH_CHARS = 200
_LEAST_BEGINNING_WORDS = 30  # a text that breaks off after as many is worth finding


@dataclass(frozen=True, slots=True)
class Signs:
    """
    What a page is judged by.

    Attributes:
        title: Its headline; may be empty.
        text: Its body as read, before boilerplate is removed; the first texts on the page where it has none.
        links: The wording of its links that are long enough to be headlines.
        is_free: What it says of access: False behind a paywall, None where it says nothing.
    """

    title: str
    text: str
    links: frozenset[str] = frozenset()
    is_free: bool | None = None


def flaw(signs: Signs) -> str | None:
    """Name what the page is in place of an article, completing "PAGE: …"; None for an article, however brief."""
    words = len(signs.text.split())
    judged = (
        (words < 150 and _is_error(signs), f"is an error page{_status(signs)}, not an article"),
        (words < 150 and _is_robot_check(signs), "is a check for robots, not an article; save it from a browser"),
        (words < 60 and _needs_script(signs), "shows its text only with JavaScript; save it from a browser"),
        (words < 600 and _is_consent(signs.text, words), "is a cookie wall, not an article; save what is behind it"),
        (words < 250 and _is_stub(signs), "is a paywall stub: it holds only the beginning of the article"),
        (words < 120 and _is_teaser(signs.text, words), "is a teaser: it holds only the beginning of the article"),
        (_is_link_list(signs), "is a list of links, not an article"),
    )
    return next((reason for is_so, reason in judged if is_so), None)


def is_truncated(text: str) -> bool:
    """Whether a text, such as a feed's, shows that it is only a beginning: "…", "Continue reading" and the like."""
    return bool(wordings.TRUNCATED.search(text[-600:].rstrip()))


def _is_error(signs: Signs) -> bool:
    """Whether the headline, or all there is without one, is made of nothing but the words of error messages."""
    words = set(wording(signs.title or signs.text[:200]).split())
    return bool(words & wordings.ERROR_KEYS) and words <= wordings.ERROR_WORDS


def _status(signs: Signs) -> str:
    number = wordings.STATUS_CODE.search(f"{signs.title} {signs.text[:300]}")
    return f" ({number[0]})" if number else ""


def _is_robot_check(signs: Signs) -> bool:
    paragraphs = sum(len(line) > _PARAGRAPH_CHARS for line in signs.text.split("\n"))
    return paragraphs < 2 and bool(wordings.ROBOT_CHECK.search(f"{signs.title}\n{signs.text[:600]}"))


def _needs_script(signs: Signs) -> bool:
    return bool(wordings.NEEDS_SCRIPT.search(signs.text))


def _is_teaser(text: str, words: int) -> bool:
    """
    Whether a short text says that it is continued elsewhere, or breaks off where hardly anything was said.

    "Read more" or dots behind some whole sentences are no such sign: buttons that lead elsewhere are left in many
    bodies, and a story may end in dots.
    """
    return is_truncated(text) and (words < _LEAST_BEGINNING_WORDS or bool(wordings.CONTINUED.search(text[-200:])))


def _is_consent(text: str, words: int) -> bool:
    """Whether a text speaks of consent in every other sentence, and to its reader."""
    addressed = {match[0].lower() for match in wordings.CONSENT_ADDRESS.finditer(text)}
    return len(addressed) >= 2 and 33 * len(wordings.CONSENT.findall(text)) >= max(words, 60)


def _is_stub(signs: Signs) -> bool:
    """Whether a short text ends in an invitation to pay, or breaks off where the page says it is not free."""
    lines = [line.strip() for line in signs.text.split("\n") if line.strip()]
    if not lines:
        return False
    if any(len(line) < 300 and wordings.PAYWALL.search(line) for line in lines[-3:]):
        return True
    return signs.is_free is False and not _SENTENCE_END.search(lines[-1]) and len(lines[-1]) > 40


def _is_link_list(signs: Signs) -> bool:
    """Whether most of the text is headlines that lead elsewhere."""
    lines = [line for line in signs.text.split("\n") if line.strip()]
    linked = [line for line in lines if wording(line[:500]) in signs.links]
    return len(linked) >= 5 and 10 * sum(map(len, linked)) >= 6 * sum(map(len, lines))
