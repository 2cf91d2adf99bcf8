"""What is read from a page's own statements: headline, authors, dates, address, publisher, section, language."""

import json
from datetime import UTC, datetime

import pytest

from ingest.article import RawArticle
from ingest.extract import read_page

NOW = datetime(2026, 1, 31, 12, tzinfo=UTC)
BODY = "".join(
    f"<p>The ferry crossed the bay for the {n}. time on Monday, with ninety people and two goats aboard.</p>"
    for n in range(1, 5)
)


HEADING = "<h1>Ferry runs again</h1>"


def page(*head: str, ld: object = None, above: str = HEADING, address: str | None = None) -> RawArticle:
    """Read an invented page with these tags in its head, this JSON-LD, and this markup above the body."""
    script = f'<script type="application/ld+json">{json.dumps(ld)}</script>' if ld is not None else ""
    head_of_it = f'<html lang="en-GB"><head>{"".join(head)}{script}</head>'
    html = f"{head_of_it}<body><article>{above}{BODY}</article></body></html>"
    return read_page(html, address=address, now=NOW)


def meta(name: str, content: str) -> str:
    """Write a meta tag."""
    return f'<meta property="{name}" content="{content}">'


def story(**fields: object) -> dict[str, object]:
    """Return the JSON-LD of a news article."""
    return {"@context": "https://schema.org", "@type": "NewsArticle", **fields}


def test_everything_that_json_ld_says() -> None:
    """A complete NewsArticle gives every field, with the time zone as it was written."""
    read = page(
        ld=story(
            headline="Ferry runs again",
            author=[{"@type": "Person", "name": "Ada Quist"}, {"@type": "Person", "name": "Bo Lund"}],
            datePublished="2025-05-06T07:08:09+05:30",
            dateModified="2025-05-07T01:00:00+05:30",
            publisher={"@type": "Organization", "name": "Quay Mail"},
            articleSection=["Harbour", "News"],
            mainEntityOfPage={"@type": "WebPage", "@id": "https://quay.example/ferry"},
        )
    )
    assert (read.title, read.authors, read.publisher) == ("Ferry runs again", ("Ada Quist", "Bo Lund"), "Quay Mail")
    assert (read.published_at, read.date_source) == ("2025-05-06T07:08:09+05:30", "json-ld")
    assert (read.date_confidence, read.modified_at) == ("high", "2025-05-07T01:00:00+05:30")
    assert (read.section, read.language, read.url) == ("Harbour", "en-GB", "https://quay.example/ferry")


def test_a_graph_whose_parts_refer_to_each_other() -> None:
    """Authors and publishers given by @id are found elsewhere in the graph."""
    graph = [
        {"@type": "WebSite", "@id": "#site", "name": "Quay Mail"},
        story(headline="Ferry runs again", author={"@id": "#ada"}, publisher={"@id": "#site"}),
        {"@type": "Person", "@id": "#ada", "name": "Ada Quist"},
    ]
    read = page(ld={"@context": "https://schema.org", "@graph": graph})
    assert (read.authors, read.publisher) == (("Ada Quist",), "Quay Mail")


@pytest.mark.parametrize("wrap", ["//<![CDATA[\n{}\n//]]>", "{};", "<!-- {} -->", " \n{}"])
def test_json_ld_in_wrappers_of_old(wrap: str) -> None:
    """JSON-LD inside CDATA marks or comments, or with a semicolon behind it, is read."""
    text = json.dumps(story(author="Ada Quist", headline="Ferry runs again"))[:-1] + ",}"
    script = f'<script type="application/ld+json">{wrap.replace("{}", text)}</script>'
    assert page(script).authors == ("Ada Quist",)


@pytest.mark.parametrize("broken", ["{", "[1, 2", '"text"', "null", '{"@type": 7, "author": {"name": []}}', "{}"])
def test_broken_json_ld_is_passed_over(broken: str) -> None:
    """JSON-LD that is broken or of the wrong types leaves the rest of the page readable."""
    read = page(f'<script type="application/ld+json">{broken}</script>', meta("author", "Ada Quist"))
    assert (read.title, read.authors) == ("Ferry runs again", ("Ada Quist",))


@pytest.mark.parametrize(
    "title",
    [
        "Ferry runs again | Quay Mail",
        "Ferry runs again - Quay Mail",
        "Quay Mail: Ferry runs again",
        "Ferry runs again | Harbour | Quay Mail",
        "Ferry runs again \u2013 quaymail",
    ],
)
def test_the_site_is_cut_from_the_headline(title: str) -> None:
    """A name that the page gives its site, and a section before it, are no part of the headline."""
    read = page(meta("og:site_name", "Quay Mail"), meta("og:title", title), f"<title>{title}</title>")
    assert read.title == "Ferry runs again"


@pytest.mark.parametrize("title", ["Ferry runs again - and stops", "Ferry | Goat", "Spring-cleaning the quay: a guide"])
def test_without_evidence_nothing_is_cut(title: str) -> None:
    """Dashes and bars alone do not make the rest the name of a site."""
    assert page(meta("og:title", title), meta("og:site_name", "Quay Mail"), above="").title == title


def test_the_headline_that_most_places_confirm() -> None:
    """A headline in JSON-LD loses against heading, og:title and title that agree, and wins against one of them."""
    longer = "Ferry runs again after a year in dock"
    three = (meta("og:title", "Ferry runs again"), "<title>Ferry runs again</title>")
    assert page(*three, ld=story(headline=longer)).title == "Ferry runs again"
    assert page(meta("og:title", "Ferry!"), ld=story(headline=longer)).title == longer


def test_a_headline_cut_for_length_supports_the_whole_one() -> None:
    """JSON-LD that cuts the headline does not win over the whole of it."""
    whole = "Ferry runs again after a year in dock, with ninety people, two goats and the mayor of the old town aboard"
    assert page(above=f"<h1>{whole}</h1>", ld=story(headline=whole[:70] + "\u2026")).title == whole


@pytest.mark.parametrize(
    ("given", "names"),
    [
        ("Ada Quist", ("Ada Quist",)),
        ("By Ada Quist and Bo Lund", ("Ada Quist", "Bo Lund")),
        ("Ada Quist, Harbour Correspondent", ("Ada Quist",)),
        ("Ada Quist, Bo Lund, Senior Staff Writer", ("Ada Quist", "Bo Lund")),
        ("Von Ada Quist", ("Ada Quist",)),
        ("Par Ada Quist", ("Ada Quist",)),
        ("Von Trapp", ("Von Trapp",)),
        ("Harbour staff reporter", ("Harbour staff reporter",)),
        ("https://quay.example/authors/ada", ()),
        ("ada@quay.example", ()),
        ("@adaquist", ()),
        ("admin", ()),
        ("Quay Mail", ()),
    ],
)
def test_names_only(given: str, names: tuple[str, ...]) -> None:
    """Roles, addresses, handles and the site's own name in the meta tag are no authors."""
    assert page(meta("og:site_name", "Quay Mail"), meta("author", given)).authors == names


def test_a_newsroom_may_be_the_author() -> None:
    """Where JSON-LD names the publisher as author it is believed, unless another place names a person."""
    ours = story(author={"@type": "Organization", "name": "Quay Mail"}, publisher={"name": "Quay Mail"})
    assert page(ld=ours).authors == ("Quay Mail",)
    assert page(meta("author", "Ada Quist"), ld=ours).authors == ("Ada Quist",)


def test_a_link_to_the_author_under_the_headline() -> None:
    """Without any statement, links under the headline that lead to author pages name the authors."""
    byline = '<div>By <a href="/authors/ada-quist">Ada Quist</a> <a href="/harbour">Harbour</a></div>'
    assert page(above=HEADING + byline).authors == ("Ada Quist",)


PUBLISHED = "article:published_time"
WITH_ZONE = "2025-05-06T07:08:09-04:00"


@pytest.mark.parametrize(
    ("head", "above", "found"),
    [
        (meta(PUBLISHED, WITH_ZONE), "", (WITH_ZONE, "meta", "high")),
        (meta("date", "2025-05-06"), "", ("2025-05-06", "meta", "medium")),
        ("", f'<h1>x</h1><time datetime="{WITH_ZONE}">Tuesday</time>', (WITH_ZONE, "page", "medium")),
        ("", "<h1>x</h1><span>Published 6 May 2025</span>", ("Published 6 May 2025", "page", "medium")),
        ("<link rel=canonical href=https://quay.example/2025/05/06/a>", "", ("2025-05-06", "address", "medium")),
        ("", '<h1>x</h1><div class="date">6 May 2025</div>', ("2025-05-06", "page", "low")),
    ],
)
def test_dates_with_their_source_and_confidence(head: str, above: str, found: tuple[str, str, str]) -> None:
    """Each date says where it stood and how sure it is."""
    read = page(head, above=above)
    assert (read.published_at, read.date_source, read.date_confidence) == found


@pytest.mark.parametrize(
    ("head", "above"),
    [
        ("", "<h1>x</h1><time>Updated 3 hours ago</time>"),
        ("", "<h1>x</h1><time>Yesterday</time>"),
        (meta(PUBLISHED, "2031-05-06"), ""),
        (meta(PUBLISHED, "05/06/2025"), ""),
        (meta(PUBLISHED, "soon"), ""),
    ],
)
def test_dates_are_never_invented(head: str, above: str) -> None:
    """Relative, ambiguous and future dates, and what is no date, leave the article undated."""
    assert page(head, above=above).published_at is None


def test_statements_that_differ_are_doubted() -> None:
    """A date that another statement puts days apart is kept with less confidence."""
    read = page(meta("article:published_time", "2025-05-16"), ld=story(datePublished="2025-05-06T07:00:00Z"))
    assert (read.published_at, read.date_confidence) == ("2025-05-06T07:00:00Z", "medium")


def test_the_time_of_day_is_taken_where_it_stands() -> None:
    """A day in JSON-LD is made precise by a meta tag with a time of the same day."""
    read = page(meta("article:published_time", "2025-05-06T09:10:00+02:00"), ld=story(datePublished="2025-05-06"))
    assert (read.published_at, read.date_source) == ("2025-05-06T09:10:00+02:00", "meta")


@pytest.mark.parametrize(
    ("canonical", "address", "url"),
    [
        ("/ferry", "https://www.quay.example/ferry?utm=1", "https://www.quay.example/ferry"),
        ("https://quay.example/ferry", "https://m.quay.example/ferry", "https://quay.example/ferry"),
        ("https://wire.example/ferry", "https://quay.example/ferry", "https://quay.example/ferry"),
        ("https://quay.example/", "https://quay.example/ferry", "https://quay.example/ferry"),
        ("https://quay.example", None, None),
        ("http://[", "https://quay.example/ferry", "https://quay.example/ferry"),
        ("javascript:alert(1)", None, None),
        ("https://quay.example/ferry", None, "https://quay.example/ferry"),
    ],
)
def test_addresses(canonical: str, address: str | None, url: str | None) -> None:
    """A canonical link is believed within the site that the page came from, and never if it names the home page."""
    assert page(f'<link rel="canonical" href="{canonical}">', address=address).url == url
