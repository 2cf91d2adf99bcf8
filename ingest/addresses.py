"""
Addresses of articles: one to show and cite, one to know an article by.

Only names that never select an article are dropped. A tracking name that is missed costs a copy, which its text gives
away (`duplicates.py`); one dropped wrongly would cost an article.
"""

import re
from collections.abc import Sequence
from urllib.parse import SplitResult, quote, unquote_to_bytes, urlsplit, urlunsplit

from ingest.cleaning import LONGEST_ADDRESS

_DEFAULT_PORTS = {"http": 80, "https": 443}
_TRACKING = re.compile(
    r"(?:utm|mtm|matomo|pk|hsa|oly|vero|itm|at|ns|fb_action|guce)_.*"
    r"|guccounter|fbclid|fb_source|gclid|gclsrc|gbraid|wbraid|dclid|msclkid|yclid|ysclid|twclid|ttclid|igshid|igsh"
    r"|mc_cid|mc_eid|mkt_tok|_ga|_gl|_hsenc|_hsmi|s_cid|ncid|ocid|icid|cmpid|xtor|smid|smtyp|ref_src|ref_url"
    r"|__twitter_impression|feedtype|feedname|amp_js_v|amp_gsa|usqp|aoh|spm",
    re.IGNORECASE,
)
_AMP_CACHE = re.compile(
    r"https?://(?:(?:[a-z0-9-]+\.)?cdn\.ampproject\.org/[civ]|(?:www\.)?google\.[a-z.]{2,6}/amp)/(s/)?(?=[^/?#]+\.)",
    re.IGNORECASE,
)
_HOST_VARIANTS = ("www.", "m.", "mobile.", "amp.")
_PAGE_VARIANT = re.compile(r"amp|index\.(?:s?html?|php)", re.IGNORECASE)
_AMP_ENDING = re.compile(r"\.amp(?=\.s?html?$|$)", re.IGNORECASE)
_QUERY_VARIANT = re.compile(r"_?amp(?:=.*)?|m=[01]|(?:outputtype|output|mode|type|view)=amp", re.IGNORECASE)


def tidy_address(url: str) -> str:
    """
    Return an address as it is shown and cited: it opens the same page, without what only tracks its readers.

    Scheme and host are in lower case; default port, tracking parameters and fragment are gone; an address in an AMP
    cache is that of the publisher's page in it. Anything but an http(s) address comes back as it is.
    """
    parts = _web_parts(url)
    if parts is None:
        return url
    # Sites that are a single script select their pages by fragments such as "#!/story/5".
    fragment = parts.fragment if parts.fragment.startswith(("!", "/")) else ""
    query = "&".join(_telling(parts.query))
    return urlunsplit((parts.scheme, _netloc(parts, _DEFAULT_PORTS.get(parts.scheme)), parts.path, query, fragment))


def address_key(url: str) -> str:
    """
    Return what all variants of one address have in common; two articles are one if their keys are equal.

    Beside what `tidy_address` drops, http and https count as one, and so do the hosts with and without `www.`, `m.`,
    `mobile.` or `amp.`, the AMP and index pages of an address, a slash at its end, the order of its parameters and the
    spelling of escaped characters. The key looks like an address, but need not open.
    """
    tidy = _web_parts(tidy_address(url))
    if tidy is None:
        return url
    path = "/".join(_page(_escaped(tidy.path, safe="/").split("/")))
    parameters = sorted(_escaped(one.replace("+", " "), safe="=") for one in _telling(tidy.query))
    query = "&".join(one for one in parameters if not _QUERY_VARIANT.fullmatch(one))
    fragment = _escaped(tidy.fragment, safe="!/")
    return urlunsplit(("https", _common_host(tidy), f"/{path}" if path else "", query, fragment))


def _web_parts(url: str) -> SplitResult | None:
    """Take an http(s) address apart, out of its AMP cache; None for anything else, and for what no link is."""
    if len(url) > LONGEST_ADDRESS:
        return None
    while cached := _AMP_CACHE.match(url):
        url = f"http{'s' if cached[1] else ''}://{url[cached.end() :]}"
    try:
        parts = urlsplit(url)
        usable = parts.scheme in _DEFAULT_PORTS and parts.hostname and (parts.port or 80) > 0
    except ValueError:  # brackets and ports that no address has
        return None
    return parts if usable and "@" not in parts.netloc else None


def _netloc(parts: SplitResult, *default_ports: int | None) -> str:
    host = (parts.hostname or "").rstrip(".")
    host = f"[{host}]" if ":" in host else host
    return host if parts.port is None or parts.port in default_ports else f"{host}:{parts.port}"


def _common_host(parts: SplitResult) -> str:
    host = _netloc(parts, *_DEFAULT_PORTS.values())
    while prefix := next((one for one in _HOST_VARIANTS if host.startswith(one) and "." in host[len(one) :]), None):
        host = host[len(prefix) :]
    return host


def _page(segments: Sequence[str]) -> list[str]:
    """Leave out the segments that only tell which variant of a page this is."""
    left = [segment for segment in segments if segment]
    if len(left) > 1 and left[0].lower() == "amp":
        return _page(left[1:])
    while left:
        last = _AMP_ENDING.sub("", left[-1])
        if last == left[-1] and not _PAGE_VARIANT.fullmatch(last):
            break
        left[-1:] = [] if _PAGE_VARIANT.fullmatch(last) or not last else [last]
    return left


def _telling(query: str) -> list[str]:
    """List a query's parameters but those that only track; `&amp;` is an `&` copied out of a page's source."""
    parameters = (re.sub(r"^(?:amp;)+", "", parameter) for parameter in query.split("&"))
    return [one for one in parameters if one and not _TRACKING.fullmatch(one.partition("=")[0])]


def _escaped(text: str, *, safe: str) -> str:
    """Spell escaped characters in one way, byte by byte: old pages are not escaped as UTF-8."""
    return quote(unquote_to_bytes(text.encode("utf-8", "surrogatepass")), safe=safe)
