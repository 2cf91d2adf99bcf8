"""Lines of a body that belong to the page around it: sign-ups, share buttons, credits, pointers to other articles."""

import re
from dataclasses import dataclass

from ingest.extract.markup import wording

_LONGEST_LINE_CHARS = 320  # a longer line is prose, whatever it begins with
_LONGEST_HEADLINE_CHARS = 600
_LONGEST_BYLINE_CHARS = 90
_BYLINE_LINES = 4
_LINKED_SHARE = 4  # at most a quarter of a body can be pointers elsewhere; more is what the page is about
_QUOTED = re.compile('["\u201c\u201d\u201e\u00ab\u00bb]')
_NETWORK = r"(?:twitter|facebook|instagram|tiktok|linkedin|youtube|whatsapp|telegram|threads|bluesky|mastodon|pinterest|reddit|flipboard)"
_MAIL = r"(?:newsletters?|inbox|mailing list|(?:daily|weekly|morning|evening|free)\s(?:\S+\s){0,4}?e-?mails?|e-?mail (?:alerts?|updates|list)|news alerts?|push notifications?)"
_POINTER = (
    r"(?:read (?:more|also|next|on|this|the full story|our)|see (?:more|also)|also read|must[- ]read|more on this(?: story)?"
    r"|related(?: (?:stor(?:y|ies)|articles?|content|news|coverage|reading|links?|topics?|videos?|posts?))?"
    r"|(?:more )?(?:recommended|trending)(?: (?:stories|articles|reading|now|for you))?|don.?t miss(?: it)?|you (?:may|might) also like"
    r"|most (?:read|popular|viewed)(?: (?:in|on) .{1,30})?|popular (?:in|on) .{1,30}|(?:watch|listen)(?: (?:now|live|also))?"
    r"|story timeline|lesen sie (?:auch|mehr)|mehr zum thema|lire aussi|\u00e0 lire aussi|leia (?:tamb\u00e9m|mais)|lee tambi\u00e9n|leer m\u00e1s"
    r"|te puede interesar|leggi anche|lees ook|l\u00e4s (?:ocks\u00e5|mer))"
)
_PATTERNS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        # pointers to other articles
        rf"^\W{{0,3}}{_POINTER}(?:\s?[:\u2013>|-].{{0,220}}|\W{{0,3}})$",
        r"^(?:follow|more|for more)\b.{0,80}?\b(?:coverage|news|stories)\b.{0,60}https?://\S+\W{0,3}$",
        r"^more \S.{0,30}: https?://.{0,200}$",
        # newsletters, applications, subscriptions
        rf"^\W{{0,3}}(?:\w+: )?(?:click here to |to )?(?:sign[ -]?up|subscribe|register|get|join|receive|stay|start|want|enter your|don.?t miss|like what|enjoy)\b.{{0,200}}?\b{_MAIL}\b",
        r"^\W{0,3}(?:sign up|log in|subscribe)\W{0,3}$",
        r"^.{0,60}\bsign up for .{1,60} today to get the free\b",
        r"^\W{0,3}click here (?:to (?:subscribe|sign up|get the|download the|read more|join|follow)|for (?:more|our|all))\b.{0,150}$",
        r"^\W{0,3}(?:download|get) (?:the|our) .{0,50}\bapp\b.{0,60}$",
        r"^(?:get access to|subscribe to|to continue reading|already a subscriber|if you enjoyed this)\b.{0,300}$",
        rf"^subscribe to .{{1,60}}\b(?:channel|podcast)\b.{{0,100}}$",
        # social networks and the newsroom's addresses
        rf"^\W{{0,3}}(?:please )?(?:follow|like|find|join|reach|contact|write to|e-?mail|tweet)\b.{{1,160}}?(?:\B@\w|\b{_NETWORK}\b|\w@\w)",
        rf"\bfollow (?:him|her|them|us|me|the author) (?:on|at|via)?\s?(?:@\w|{_NETWORK}\b)",
        r"^(?:do you )?(?:have|got) (?:a|any) (?:\w+ )?(?:tips?|stor(?:y|ies)|news)\b.{0,200}@",
        rf"^\W{{0,3}}share(?: (?:this|on|via|with|the)\b.{{0,50}})?\W{{0,3}}$",
        rf"^\W{{0,3}}(?:(?:share|tweet|print|save|e-?mail|copy link|link copied|bookmark|whats ?app|messenger|comments?|reprints?|article|order|\d{{1,6}}|{_NETWORK})\W{{1,4}}){{0,12}}(?:share|tweet|print|copy link|link copied|bookmark|comments?|reprints|print article|{_NETWORK})\W{{0,3}}$",
        r"^(?:leave a (?:reply|comment)|(?:post|add) a comment|(?:view|show|load)(?: all)? comments?|join the conversation|tell us what you think|have your say)\W{0,4}$",
        # advertising
        r"^\W{0,3}(?:advertisements?|advertising|sponsored(?: content)?|promoted|anzeige|werbung|publicidade?|publicit\u00e9|pubblicit\u00e0|reklama?)\W{0,3}$",
        r"^\W{0,3}(?:story|article) continues (?:below|after)\b.{0,40}$",
        r"^\W{0,3}(?:scroll (?:down )?(?:to|for)|continue reading below)\b.{0,60}$",
        r"\b(?:may|might|can) (?:get|earn|receive) (?:a|an) (?:\w+ )?(?:share|commission)\b",
        # credits
        r"^[(\[]?(?:additional |further |with )?(?:reporting|writing) by\b.{0,250}$",
        r"^[(\[]?(?:edited|compiled|photographs?|illustrations?|graphics?) by\b.{0,120}$",
        r"^.{1,160}\bcontributed (?:reporting )?to this (?:report|story|article)\W{0,3}$",
        r"^[(\[]?(?:(?:main|featured?|lead|header|hero|cover) )?(?:photos?|images?|pictures?|pics?|video|foto|bild|bildquelle|fotos|cr\u00e9dits?|copyright)(?: (?:credit|source|courtesy|copyright)s?)?(?: by\b|\s?[:,]| courtesy of\b).{1,70}$",
        r"^[(\[]?(?:credits?|source|via|foto|quelle)\s?: ?(?:\S+ ){0,3}(?:getty|reuters|shutterstock|alamy|afp|ap|epa|dpa|istock|unsplash|pixabay|wikimedia)\b.{0,60}$",
        r"^.{0,60}\b(?:getty images|via getty|ap photo|shutterstock|istock|afp via|alamy stock)\b.{0,40}$",
        # rights
        r"^\W{0,3}(?:\u00a9|\(c\)|copyright\b).{0,20}(?:19|20)\d\d\b.{0,250}$",
        r"^.{0,150}\ball rights reserved\b.{0,200}$",
        r"^this (?:copy|material|content) (?:is for your personal|may not be (?:published|reproduced))\b",
        # the page's own workings
        r"^(?:filed under|tags|topics|categories|keywords|posted in|schlagw\u00f6rter|etiquetas)\s?:.{0,200}$",
        r"^(?:estimated )?(?:reading time|read time|time to read|tempo de leitura|lesezeit|temps de lecture)\b.{0,30}$",
        r"^\d{1,3} ?(?:min(?:ute)?s?)\.? read$",
        r"^an error (?:has )?occurred\b.{0,60}$",
        r"^this (?:article|email|story) has been sent\b.{0,60}$",
        r"^(?:loading|please wait|back to top|skip to .{1,30}|play video|this video is unavailable)\W{0,4}$",
    )
)
_DATE_WORDS = frozenset(
    "updated published posted last first modified at on am pm a m p ago hour hours minute minutes min mins day days today"
    " yesterday est edt et pst pdt pt gmt utc bst cet cest ist january february march april may june july august september"
    " october november december jan feb mar apr jun jul aug sep sept oct nov dec monday tuesday wednesday thursday friday"
    " saturday sunday mon tue tues wed thu thurs fri sat sun".split()
)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """
    What a page says outside the body, by which its lines are known again inside.

    Attributes:
        headlines: The wording of the headline.
        links: The wording of the page's links that are long enough to be headlines.
        authors: The wording of the authors' names.
    """

    headlines: frozenset[str] = frozenset()
    links: frozenset[str] = frozenset()
    authors: tuple[str, ...] = ()


def without_boilerplate(text: str, around: Surroundings) -> str:
    """
    Drop the lines of a body that are no part of the article. What is kept is unchanged and in order.

    Only whole short lines go, and except for the headline none with quotation marks in it. A line that is nothing but
    a link to another article goes too, unless the body consists of such lines.
    """
    lines = text.split("\n")
    linked = sum(len(line) for line in lines if _is_link(line, around))
    links_too = linked * _LINKED_SHARE < len(text)
    return "\n".join(
        line
        for position, line in enumerate(lines)
        if not (
            is_boilerplate(line)
            or (len(line) <= _LONGEST_HEADLINE_CHARS and wording(line) in around.headlines)
            or (links_too and _is_link(line, around))
            or (position < _BYLINE_LINES and _is_byline(line, around.authors))
        )
    )


def _is_link(line: str, around: Surroundings) -> bool:
    """Whether a line is the headline of another article: a link, but no sentence, quotation or address."""
    if len(line) > _LONGEST_LINE_CHARS or line.rstrip().endswith(".") or _QUOTED.search(line) or "://" in line:
        return False
    return wording(line) in around.links


def _is_byline(line: str, authors: tuple[str, ...]) -> bool:
    """Whether a line above the text only names an author, with a date or a role at most."""
    if len(line) > _LONGEST_BYLINE_CHARS or line.rstrip().endswith((".", "?", "!", ":")) or _QUOTED.search(line):
        return False
    words = f" {wording(line)} "
    return any(f" {author} " in words for author in authors)


def is_boilerplate(line: str) -> bool:
    """Whether a line by itself is certainly no part of an article."""
    line = line.strip().removeprefix("- ")
    if len(line) > _LONGEST_LINE_CHARS or _QUOTED.search(line):
        return False
    return _is_dateline(line) or any(pattern.search(line) for pattern in _PATTERNS)


def _is_dateline(line: str) -> bool:
    """Whether a line says only when the page was published or updated, which is kept beside the text."""
    words = wording(line).split() if len(line) <= 80 else []
    if not words or not {"updated", "published", "posted"} & set(words[:2]):
        return False
    return all(word in _DATE_WORDS or word.isdigit() for word in words)
