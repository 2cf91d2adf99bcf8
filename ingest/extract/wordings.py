"""
How pages word what is no part of an article: patterns for whole lines, without regard to case.

All are anchored or bounded, so that matching a line takes time linear in its length.
"""

import re


def _any(*alternatives: str) -> str:
    return f"(?:{'|'.join(alternatives)})"


_NETWORK = _any(
    *("twitter", "facebook", "instagram", "tiktok", "linkedin", "youtube", "whatsapp", "telegram", "threads"),
    *("bluesky", "mastodon", "pinterest", "reddit", "flipboard"),
)
_MAIL = _any(
    *(
        "newsletters?",
        "inbox",
        "mailing list",
        "news alerts?",
        "push notifications?",
        "e-?mail (?:alerts?|updates|list)",
    ),
    r"(?:daily|weekly|morning|evening|free)\s(?:\S+\s){0,4}?e-?mails?",
)
_AGENCY = _any(
    "getty", "reuters", "shutterstock", "alamy", "afp", "ap", "epa", "dpa", "istock", "unsplash", "wikimedia"
)
_KIND_OF_LINK = _any(
    "stor(?:y|ies)", "articles?", "content", "news", "coverage", "reading", "links?", "topics?", "videos?"
)
_POINTER = _any(
    *("read (?:more|also|next|on|this|the full story|our)", "see (?:more|also)", "also read", "must[- ]read"),
    *("more on this(?: story)?", f"related(?: {_KIND_OF_LINK})?", "story timeline", "don.?t miss(?: it)?"),
    f"(?:more )?(?:recommended|trending)(?: {_KIND_OF_LINK})?(?: (?:now|for you))?",
    *(
        "you (?:may|might) also like",
        "most (?:read|popular|viewed)(?: (?:in|on) .{1,30})?",
        "popular (?:in|on) .{1,30}",
    ),
    *("(?:watch|listen)(?: (?:now|live|also))?", "lesen sie (?:auch|mehr)", "mehr zum thema", "(?:\u00e0 )?lire aussi"),
    *(
        "leia (?:tamb\u00e9m|mais)",
        "lee tambi\u00e9n",
        "leer m\u00e1s",
        "te puede interesar",
        "leggi anche",
        "lees ook",
    ),
    "l\u00e4s (?:ocks\u00e5|mer)",
)
_ELSEWHERE = (
    rf"^\W{{0,3}}{_POINTER}(?:\s?[:\u2013>|-].{{0,220}}|\W{{0,3}})$",
    r"^(?:follow|more|for more)\b.{0,80}?\b(?:coverage|news|stories)\b.{0,60}https?://\S+\W{0,3}$",
    r"^more \S.{0,30}: https?://.{0,200}$",
    r"^\W{0,3}click here (?:to (?:subscribe|sign up|get the|download|read|join)|for (?:more|our|all))\b.{0,150}$",
)
_SIGN_UP = _any(
    *("sign[ -]?up", "subscribe", "register", "get", "join", "receive", "stay", "start", "want", "enter your"),
    *("don.?t miss", "like what", "enjoy"),
)
_SUBSCRIPTIONS = (
    rf"^\W{{0,3}}(?:\w+: )?(?:click here to |to )?{_SIGN_UP}\b.{{0,200}}?\b{_MAIL}\b",
    r"^\W{0,3}(?:sign up|log in|subscribe)\W{0,3}$",
    r"^.{0,60}\bsign up for .{1,60} today to get the free\b",
    r"^\W{0,3}(?:download|get) (?:the|our) .{0,50}\bapp\b.{0,60}$",
    r"^(?:get access to|to continue reading|already a subscriber|if you enjoyed this)\b.{0,300}$",
    r"^subscribe to .{1,60}\b(?:channel|podcast|app)\b.{0,100}$",
)
_CONTACT = _any("follow", "like", "find", "join", "reach", "contact", "write to", "e-?mail", "tweet")
_SHARE = _any(
    *("share", "tweet", "print", "copy link", "link copied", "bookmark", "comments?", "reprints", "article", "order"),
    *("save", "e-?mail", _NETWORK),
)
_SHARE_ALONE = _any("share", "tweet", "print", "copy link", "link copied", "bookmark", "comments?", _NETWORK)
_SOCIAL = (
    rf"^\W{{0,3}}(?:please )?{_CONTACT}\b.{{1,160}}?(?:\B@\w|\b{_NETWORK}\b|\w@\w)",
    rf"\bfollow (?:him|her|them|us|me|the author) (?:on|at|via)?\s?(?:@\w|{_NETWORK}\b)",
    r"^(?:do you )?(?:have|got) (?:a|any) (?:\w+ )?(?:tips?|stor(?:y|ies)|news)\b.{0,200}@",
    r"^\W{0,3}share (?:this|on|via|with|the)\b.{0,50}$",
    rf"^\W{{0,3}}(?:\d{{1,6}}\s)?{_SHARE_ALONE}\W{{0,3}}$",
    rf"^\W{{0,3}}(?:\d{{1,6}}\s)?(?:{_SHARE}\W{{1,4}}){{1,12}}{_SHARE}\W{{0,3}}$",
    r"^(?:leave a (?:reply|comment)|(?:post|add) a comment|(?:view|show|load)(?: all)? comments?)\W{0,4}$",
    r"^(?:join the conversation|tell us what you think|have your say)\W{0,4}$",
)
_ADVERTISEMENT = _any(
    *("advertisements?", "advertising", "sponsored(?: content)?", "promoted", "anzeige", "werbung", "publicidade?"),
    *("publicit\u00e9", "pubblicit\u00e0"),
)
_ADVERTISING = (
    rf"^\W{{0,3}}{_ADVERTISEMENT}\W{{0,3}}$",
    r"^\W{0,3}(?:story|article) continues (?:below|after)\b.{0,40}$",
    r"^\W{0,3}(?:scroll (?:down )?(?:to|for)|continue reading below)\b.{0,60}$",
    r"\b(?:may|might|can) (?:get|earn|receive) an? (?:\w+ )?(?:share|commission)\b",
)
_PICTURE = r"(?:(?:main|featured?|lead|header|hero|cover) )?(?:photos?|images?|pictures?|pics?|video|foto|bild|fotos)"
_CREDITS = (
    r"^[(\[]?(?:additional |further |with )?(?:reporting|writing) by\b.{0,250}$",
    r"^[(\[]?(?:edited|compiled|photographs?|illustrations?|graphics?) by\b.{0,120}$",
    r"^.{1,160}\bcontributed (?:reporting )?to this (?:report|story|article)\W{0,3}$",
    rf"^[(\[]?{_PICTURE}(?: (?:credit|source|copyright)s?)?(?: by\b|\s?[:,]| courtesy of\b).{{1,70}}$",
    rf"^[(\[]?(?:credits?|source|via|quelle|bildquelle)\s?: ?(?:\S+ ){{0,3}}{_AGENCY}\b.{{0,60}}$",
    r"^.{0,60}\b(?:getty images|via getty|ap photo|shutterstock|istock|afp via|alamy stock)\b.{0,40}$",
)
_RIGHTS = (
    r"^\W{0,3}(?:\u00a9|\(c\)|copyright\b).{0,20}(?:19|20)\d\d\b.{0,250}$",
    r"^.{0,150}\ball rights reserved\b.{0,200}$",
    r"^this (?:copy|material|content) (?:is for your personal|may not be (?:published|reproduced))\b",
)
_WORKINGS = (
    r"^(?:filed under|tags|topics|categories|keywords|posted in|schlagw\u00f6rter|etiquetas)\s?:.{0,200}$",
    r"^(?:estimated )?(?:reading time|read time|time to read|tempo de leitura|lesezeit|temps de lecture)\b.{0,30}$",
    r"^\d{1,3} ?(?:min(?:ute)?s?)\.? read$",
    r"^an error (?:has )?occurred\b.{0,60}$",
    r"^this (?:article|email|story) has been sent\b.{0,60}$",
    r"^(?:loading|please wait|back to top|skip to .{1,30}|play video|this video is unavailable)\W{0,4}$",
)
BOILERPLATE = tuple(
    re.compile(pattern, re.IGNORECASE)
    for group in (_ELSEWHERE, _SUBSCRIPTIONS, _SOCIAL, _ADVERTISING, _CREDITS, _RIGHTS, _WORKINGS)
    for pattern in group
)

DATE_WORDS = frozenset(
    [
        *("updated", "published", "posted", "last", "first", "modified", "at", "on", "am", "pm", "a", "m", "p", "ago"),
        *("hour", "hours", "minute", "minutes", "min", "mins", "day", "days", "today", "yesterday"),
        *("est", "edt", "et", "pst", "pdt", "pt", "gmt", "utc", "bst", "cet", "cest", "ist"),
        *("january", "february", "march", "april", "may", "june", "july", "august", "september", "october"),
        *("november", "december", "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec"),
        *("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"),
        *("mon", "tue", "tues", "wed", "thu", "thurs", "fri", "sat", "sun"),
    ]
)

TRUNCATED = re.compile(
    r"(?:\u2026|\.{3}|\[\s{0,3}(?:\u2026|\.{3}|&hellip;|&#8230;)\s{0,3}\]|\[\+\d{1,9} chars\])\s{0,5}$"
    r"|(?:read more|continue reading|read the (?:full|whole|rest of the) (?:story|article|post)|full (?:story|article)"
    r"|keep reading|more here|click here to read (?:more|on)|weiterlesen|lire la suite|leer m\u00e1s|leia mais"
    r"|leggi tutto)[^\w\n]{0,10}$"
    r"|continue reading\s[^\n]{1,200}$"
    r"|\bthe post [^\n]{1,300} (?:appeared first on|first appeared on) [^\n]{1,100}$",
    re.IGNORECASE,
)

CONTINUED = re.compile(
    r"\b(?:continue reading|keep reading|read the (?:full|whole|rest)|full (?:story|article))", re.IGNORECASE
)

STATUS_CODE = re.compile(r"\b(?:40[0-9]|410|429|451|50[0-4])\b")
_CODES = ("400", "401", "403", "404", "410", "429", "451", "500", "501", "502", "503", "504")
ERROR_KEYS = frozenset(
    [
        *("error", "found", "denied", "forbidden", "unauthorized", "unavailable", "gateway", "exist", "exists"),
        *("requests", "blocked", "gone", "wrong", "gefunden", "fehler", "introuvable", "erreur", "encontrada", *_CODES),
    ]
)
ERROR_WORDS = ERROR_KEYS | frozenset(
    [
        *(
            "http",
            "status",
            "code",
            "page",
            "article",
            "story",
            "file",
            "site",
            "website",
            "url",
            "address",
            "resource",
        ),
        *("content", "the", "a", "an", "that", "this", "it", "is", "was", "were", "be", "has", "have", "been", "not"),
        *("no", "longer", "find", "can", "t", "cannot", "could", "couldn", "isn", "doesn", "didn", "do", "does"),
        *("available", "access", "bad", "timeout", "time", "out", "server", "internal", "service", "temporarily"),
        *(
            "maintenance",
            "under",
            "too",
            "many",
            "request",
            "oops",
            "sorry",
            "we",
            "you",
            "your",
            "re",
            "looking",
            "for",
        ),
        *("looking", "removed", "moved", "went", "something", "nicht", "seite", "p\u00e1gina"),
        *("402", "405", "406", "407", "408"),
    ]
)
ROBOT_CHECK = re.compile(
    r"just a moment|attention required"
    r"|(?:verify|confirm|checking|prove) (?:that )?you are (?:a |not a )?(?:human|robot)"
    r"|are you a (?:human|robot)|checking your browser|security check|unusual traffic|pardon our interruption",
    re.IGNORECASE,
)
NEEDS_SCRIPT = re.compile(
    r"(?:enable|turn on|activate|requires?) javascript|javascript (?:is |has been )?(?:disabled|required|turned off)",
    re.IGNORECASE,
)
CONSENT = re.compile(
    r"\b(?:cookies?|consent|privacy|personal data|vendors?|partners|tracking|opt[- ]out|legitimate interests?|gdpr"
    r"|personali[sz]ed|einwilligung|datenschutz|zustimm\w{0,6}|consentement|donn\u00e9es personnelles|consentimiento"
    r"|privacidad)\b",
    re.IGNORECASE,
)
CONSENT_ADDRESS = re.compile(
    r"\b(?:we (?:use|and our|value your|store)|our (?:\d{1,4} )?partners|by (?:clicking|continuing|using|choosing)"
    r"|you (?:can|may) (?:change|withdraw|manage|choose|reject)|your (?:consent|choices|preferences|device|browser)"
    r"|your privacy|accept (?:all|cookies|and)|reject all|manage (?:cookies|preferences|options|settings)"
    r"|i (?:agree|accept)|(?:strictly |technically )?necessary cookies|wir (?:verwenden|und unsere partner)"
    r"|alle akzeptieren|nous utilisons|tout accepter|utilizamos cookies|aceptar (?:todo|todas))\b",
    re.IGNORECASE,
)
PAYWALL = re.compile(
    r"\b(?:subscribe|sign in|log in|register|create an? (?:free )?account|become a (?:member|subscriber))\b.{0,40}?"
    r"\bto (?:continue|keep|read|unlock|access|view|finish)\b"
    r"|\bto (?:continue|keep) reading\b|\bto read (?:the|this) (?:full|whole|entire|rest)"
    r"|\balready (?:a |an )?(?:subscriber|member|subscribed|registered)\b|\b(?:for|to) subscribers only\b"
    r"|\bthis (?:article|story|content) is (?:only |exclusively |reserved )?(?:for|available to) (?:\w+ ){0,2}"
    r"(?:subscribers|members)\b"
    r"|\bweiterlesen mit\b|\bnur f\u00fcr abonnenten\b|\br\u00e9serv\u00e9 aux abonn\u00e9s\b"
    r"|\bexclusivo para (?:suscriptores|assinantes)\b",
    re.IGNORECASE,
)
