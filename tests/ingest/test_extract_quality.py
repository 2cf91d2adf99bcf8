"""Pages that hold no article are named, and articles pass, however short."""

import pytest

from index_store import SourceError
from ingest.extract import is_truncated, read_page
from ingest.extract.quality import Signs, flaw

SENTENCE = "The ferry crossed the bay on Monday for the first time in a year, with ninety people aboard."
CONSENT = """We value your privacy
We and our 842 partners store and access personal data on your device, such as cookies, to show personalised content.
By clicking Accept all you agree to tracking. You can withdraw your consent or manage preferences at any time.
Some vendors rely on legitimate interest. See our privacy policy and cookie policy.
Accept all
Reject all"""


@pytest.mark.parametrize(
    ("title", "text", "reason"),
    [
        ("404 Not Found", "The page was not found.", "is an error page (404), not an article"),
        ("Page not found", "We could not find that page. Try the search.", "is an error page, not an article"),
        ("", "503 Service Unavailable", "is an error page (503), not an article"),
        ("Just a moment...", "Checking your browser before you go on.", "is a check for robots"),
        ("Quay Mail", "Please enable JavaScript to read this site.", "shows its text only with JavaScript"),
        ("Before you continue", CONSENT, "is a cookie wall, not an article"),
        ("Ferry", f"{SENTENCE}\nSubscribe to continue reading", "is a paywall stub"),
        ("Ferry", f"{SENTENCE}\nThis article is for subscribers only.", "is a paywall stub"),
        ("Ferry", f"{SENTENCE} Continue reading", "is a teaser"),
        ("Ferry", "The ferry crossed the bay on Monday \u2026", "is a teaser"),
    ],
)
def test_flaws_are_named(title: str, text: str, reason: str) -> None:
    """Error pages, walls, stubs and teasers each get the reason that tells what they are."""
    assert (flaw(Signs(title, text)) or "").startswith(reason)


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("Ferry runs again", f"{SENTENCE} It will sail daily."),
        ("Ferry runs again", "The ferry runs again. It sails at eight."),
        ("404 Media hires three reporters", f"{SENTENCE} The outlet was founded in 2023."),
        ("Page not found: library loses its oldest map", f"{SENTENCE} Police were called."),
        (
            "Regulator fines ferry over cookies",
            f"{SENTENCE} It tracked passengers with cookies, without consent.",
        ),
        ("Are you a robot? Ferry tests tickets", f"{SENTENCE} {SENTENCE} {SENTENCE}\n{SENTENCE} {SENTENCE} {SENTENCE}"),
        (
            "How to log in to read the tide tables",
            f"{SENTENCE} {SENTENCE} Passengers log in to read the tables, he said. " * 4,
        ),
        ("Ferry", f"{SENTENCE * 3}\n{SENTENCE * 3} And then\u2026"),
        ("Ferry", f"{SENTENCE} {SENTENCE} It will sail daily.\nRead More"),
    ],
)
def test_articles_pass(title: str, text: str) -> None:
    """Briefs of two or three sentences pass, and so do articles about errors, cookies and subscriptions."""
    assert flaw(Signs(title, text)) is None


def test_a_body_that_breaks_off_behind_a_paywall() -> None:
    """Where the page says that it is not free, a short body without an end is a stub; a whole one is an article."""
    cut = f"{SENTENCE} The captain, who had waited a year for this day and the next, said that she"
    assert (flaw(Signs("Ferry", cut, is_free=False)) or "").startswith("is a paywall stub")
    assert flaw(Signs("Ferry", cut)) is None
    assert flaw(Signs("Ferry", f"{SENTENCE} {SENTENCE}", is_free=False)) is None


def test_lists_of_links() -> None:
    """A page of headlines that lead elsewhere is a list; an article with a few of them is none."""
    headlines = [f"why goat number {n} missed the morning ferry" for n in range(8)]
    links = frozenset(headlines)
    assert flaw(Signs("Harbour news", "\n".join(headlines), links)) == "is a list of links, not an article"
    assert flaw(Signs("Harbour news", "\n".join([SENTENCE] * 6 + headlines), links)) is None


def html(body: str, *, title: str = "Ferry") -> str:
    """Return an invented page."""
    return f"<html><head><title>{title}</title></head><body>{body}</body></html>"


@pytest.mark.parametrize(
    ("title", "body", "reason"),
    [
        ("404 - page not found", "<h1>404</h1><p>Sorry, we could not find that page.</p>", "error page (404)"),
        ("Privacy", "".join(f"<p>{line}</p>" for line in CONSENT.split("\n")), "cookie wall"),
        (
            "Goats",
            "".join(f"<h2><a href=/{n}>Why goat {n} missed its own ferry</a></h2>" for n in range(40)),
            "links",
        ),
        ("Ferry", f"<article><p>{SENTENCE}</p><p>Subscribe to continue reading this.</p></article>", "paywall stub"),
    ],
)
def test_pages_that_are_no_articles_are_refused(title: str, body: str, reason: str) -> None:
    """Reading such a page ends in an error whose message names what it is."""
    with pytest.raises(SourceError) as error:
        read_page(html(body, title=title))
    assert reason in error.value.message


def test_a_longer_beginning_is_kept_with_a_warning() -> None:
    """A body that breaks off after some sentences is indexed, and said to be only the beginning."""
    article = "".join(f"<p>{n}: {SENTENCE}</p>" for n in range(4))
    assert read_page(html(f"<article>{article}<p>And then the ferry\u2026</p></article>")).warnings == (
        "holds only the beginning of the article",
    )
    assert read_page(html(f"<article>{article}</article>")).warnings == ()


@pytest.mark.parametrize(
    "text",
    [
        "The ferry runs again\u2026",
        "The ferry runs again...",
        "The ferry runs again [\u2026]",
        "The ferry runs again [...]  \n",
        "The ferry runs again [&#8230;]",
        "The ferry runs again. Read more",
        "The ferry runs again.\nContinue reading \u2192",
        "The ferry runs again. Continue reading Ferry runs again",
        "The ferry runs again. The post Ferry runs again appeared first on Quay Mail.",
        "The ferry runs again\u2026 [+1234 chars]",
    ],
)
def test_truncated(text: str) -> None:
    """A text that ends in dots or points to its continuation is truncated."""
    assert is_truncated(text)


@pytest.mark.parametrize(
    "text", ["", "The ferry runs again.", "\u201cRead more,\u201d she said to him.", "He asked [...] why."]
)
def test_whole(text: str) -> None:
    """A text that ends like a sentence is whole."""
    assert not is_truncated(text)
