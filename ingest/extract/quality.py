"""What a page holds in place of an article: told apart by plain rules that would rather let a page pass."""

import re
from dataclasses import dataclass

from ingest.extract.markup import wording

_STATUS = re.compile(r"\b(?:40[0-9]|410|429|451|50[0-4])\b")
_ERROR_WORDS = frozenset(
    "error http status code page article story file site website url address resource content the a an that this it is was"
    " were be has have been not no longer found find can t cannot could couldn couldnt isn doesn didn do does exist exists"
    " available unavailable access denied forbidden unauthorized bad gateway timeout time out server internal service"
    " temporarily maintenance under too many requests request blocked oops sorry we you your re looking for gone removed"
    " moved went something wrong nicht gefunden seite fehler page introuvable erreur p\u00e1gina no encontrada error"
    " 400 401 402 403 404 405 406 407 408 409 410 429 451 500 501 502 503 504".split()
)
_ERROR_KEYS = frozenset(
    "error found denied forbidden unauthorized unavailable gateway exist exists requests blocked gone wrong gefunden"
    " fehler introuvable erreur encontrada 400 401 403 404 410 429 451 500 502 503 504".split()
)
_ROBOT_CHECK = re.compile(
    r"just a moment|attention required|(?:verify|confirm|checking|prove) (?:that )?you are (?:a |not a )?(?:human|robot)"
    r"|are you a (?:human|robot)|checking your browser|security check|unusual traffic|pardon our interruption",
    re.IGNORECASE,
)
_NEEDS_SCRIPT = re.compile(
    r"(?:enable|turn on|activate|requires?) javascript|javascript (?:is |has been )?(?:disabled|required|turned off)",
    re.IGNORECASE,
)
_CONSENT = re.compile(
    r"\b(?:cookies?|consent|privacy|personal data|vendors?|partners|tracking|opt[- ]out|legitimate interests?|gdpr"
    r"|personali[sz]ed|einwilligung|datenschutz|zustimm\w{0,6}|consentement|donn\u00e9es personnelles|consentimiento"
    r"|privacidad)\b",
    re.IGNORECASE,
)
_CONSENT_ADDRESS = re.compile(
    r"\b(?:we (?:use|and our|value your|store)|our (?:\d{1,4} )?partners|by (?:clicking|continuing|using|choosing)"
    r"|you (?:can|may) (?:change|withdraw|manage|choose|reject)|your (?:consent|choices|preferences|device|browser|privacy)"
    r"|accept (?:all|cookies|and)|reject all|manage (?:cookies|preferences|options|settings)|i (?:agree|accept)"
    r"|(?:strictly |technically )?necessary cookies|wir (?:verwenden|und unsere partner)|alle akzeptieren"
    r"|nous utilisons|tout accepter|utilizamos cookies|aceptar (?:todo|todas))\b",
    re.IGNORECASE,
)
_WALL = re.compile(
    r"\b(?:subscribe|sign in|log in|register|create an? (?:free )?account|become a (?:member|subscriber))\b.{0,40}?"
    r"\bto (?:continue|keep|read|unlock|access|view|finish)\b"
    r"|\bto (?:continue|keep) reading\b|\bto read (?:the|this) (?:full|whole|entire|rest)"
    r"|\balready (?:a |an )?(?:subscriber|member|subscribed|registered)\b|\b(?:for|to) subscribers only\b"
    r"|\b(?:exclusively |only )?(?:for|available to) (?:our )?(?:paying |digital )?(?:subscribers|members)\b"
    r"|\bthis (?:article|story|content) is (?:reserved )?for (?:\w+ )?(?:subscribers|members)\b"
    r"|\bweiterlesen mit\b|\bnur f\u00fcr abonnenten\b|\br\u00e9serv\u00e9 aux abonn\u00e9s\b|\bexclusivo para (?:suscriptores|assinantes)\b",
    re.IGNORECASE,
)
_TRUNCATED = re.compile(
    r"(?:\u2026|\.{3}|\[\s{0,3}(?:\u2026|\.{3}|&hellip;|&#8230;)\s{0,3}\]|\[\+\d{1,9} chars\])\s{0,5}$"
    r"|(?:read more|continue reading|read the (?:full|whole|rest of the) (?:story|article|post)|full (?:story|article)"
    r"|keep reading|more here|click here to read (?:more|on)|weiterlesen|lire la suite|leer m\u00e1s|leia mais|leggi tutto)"
    r"[^\w\n]{0,10}$"
    r"|continue reading\s[^\n]{1,200}$"
    r"|\bthe post [^\n]{1,300} (?:appeared first on|first appeared on) [^\n]{1,100}$",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile("[.!?\u2026\u3002\u0964][\"\u201d\u2019\u00bb')\\]]{0,3}$")


_LEAST_BEGINNING_WORDS = 40  # a text that breaks off after as many is worth finding, with a warning


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
    if words < 150 and _is_error(signs):
        number = _STATUS.search(f"{signs.title} {signs.text[:300]}")
        return f"is an error page{f' ({number[0]})' if number else ''}, not an article"
    if words < 150 and _ROBOT_CHECK.search(f"{signs.title}\n{signs.text[:600]}") and not _has_prose(signs.text):
        return "is a check for robots, not an article; save the page from a browser"
    if words < 60 and _NEEDS_SCRIPT.search(signs.text):
        return "shows its text only with JavaScript; save the page from a browser"
    if words < 600 and _is_consent(signs.text, words):
        return "is a cookie wall, not an article; save the page from a browser after answering it"
    if words < 250 and _is_stub(signs):
        return "is a paywall stub: it holds only the beginning of the article"
    if words < 120 and is_truncated(signs.text) and (words < _LEAST_BEGINNING_WORDS or not _ends_open(signs.text)):
        return "is a teaser: it holds only the beginning of the article"
    if _is_link_list(signs):
        return "is a list of links, not an article"
    return None


def is_truncated(text: str) -> bool:
    """Whether a text, such as a feed's, says itself that it is only a beginning: "…", "Continue reading" and the like."""
    return bool(_TRUNCATED.search(text[-600:].rstrip()))


def _ends_open(text: str) -> bool:
    """Whether a text breaks off with dots and nothing more, as a story may, too."""
    return text.rstrip().endswith(("...", "\u2026"))


def _is_error(signs: Signs) -> bool:
    """Whether the headline, or all there is without one, is made of nothing but the words of error messages."""
    words = set(wording(signs.title or signs.text[:200]).split())
    return bool(words & _ERROR_KEYS) and words <= _ERROR_WORDS


def _has_prose(text: str) -> bool:
    return sum(len(line) > 200 for line in text.split("\n")) >= 2


def _is_consent(text: str, words: int) -> bool:
    """Whether a text speaks of consent in every other sentence, and to its reader."""
    addressed = {match[0].lower() for match in _CONSENT_ADDRESS.finditer(text)}
    return len(addressed) >= 2 and 33 * len(_CONSENT.findall(text)) >= max(words, 60)


def _is_stub(signs: Signs) -> bool:
    """Whether a short text ends in an invitation to pay, or breaks off where the page says it is not free."""
    lines = [line.strip() for line in signs.text.split("\n") if line.strip()]
    if not lines:
        return False
    if any(len(line) < 300 and _WALL.search(line) for line in lines[-3:]):
        return True
    return signs.is_free is False and not _SENTENCE_END.search(lines[-1]) and len(lines[-1]) > 40


def _is_link_list(signs: Signs) -> bool:
    """Whether most of the text is headlines that lead elsewhere."""
    lines = [line for line in signs.text.split("\n") if line.strip()]
    linked = [line for line in lines if wording(line[:500]) in signs.links]
    return len(linked) >= 5 and 10 * sum(map(len, linked)) >= 6 * sum(map(len, lines))
