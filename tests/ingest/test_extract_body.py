"""Bodies: whole, and without what belongs to the page around them."""

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.extract import read_page
from ingest.extract.boilerplate import Surroundings, is_boilerplate, without_boilerplate
from ingest.extract.wordings import BOILERPLATE

SENTENCE = "The ferry crossed the bay on Monday for the first time in a year, with ninety people aboard."
LONG = f"{SENTENCE} {SENTENCE}"
BOILERPLATE_LINES = [
    "Sign up for the daily Harbour Briefing email",
    "Subscribe to our newsletter to get the day's top stories in your inbox.",
    "Get the morning newsletter",
    "Read more: Goats on the quay",
    "READ NEXT: Why the tide was late",
    "Related: 7 signs that your boat leaks",
    "Lesen Sie auch: Ziegen am Kai",
    "Don't miss",
    "Most read in harbour news",
    "Advertisement",
    "Story continues below advertisement",
    "Share",
    "Share this article",
    "Facebook Twitter WhatsApp Email",
    "Image source, Getty Images",
    "(Photo by Bo Lund/Getty Images)",
    "Photo: Bo Lund",
    "Follow us on Twitter and Facebook",
    "Follow Quay Mail on Instagram: @quaymail",
    "Contact the reporter at ada@quay.example",
    "\u00a9 2024 Quay Mail. All rights reserved.",
    "Copyright 2024 Quay Mail",
    "(Reporting by Ada Quist; Editing by Bo Lund)",
    "Cy Berg contributed to this report.",
    "Updated at 1:23 p.m. EDT on May 6, 2024",
    "4 min read",
    "Comments",
    "12 comments",
    "Click here to get the Quay Mail app",
    "Tags: ferry, goats",
]
PROSE_LINES = [
    SENTENCE,
    "Related costs rose to 4.5 million crowns.",
    "Share prices of the ferry company fell 3 per cent.",
    "\u201cRead more: that is my advice,\u201d said Ms Quist.",
    '"Subscribe to our newsletter," the sign on the quay said.',
    "Photographs of the goats were shown in court.",
    "Comments by the mayor angered fishermen.",
    "Copyright law does not cover goats, the court found.",
    "Follow the money, the auditor wrote.",
    "Updated rules apply from Monday.",
    "Advertising revenue doubled.",
    "Getting aboard took ninety minutes.",
    "He can reach the island by boat in an hour.",
    "Watch sales of the town's jeweller rose.",
    "Listen to the captain, she said.",
    "Print is not dead.",
    "$100,000",
    "12,345",
]


@pytest.mark.parametrize("line", BOILERPLATE_LINES)
def test_boilerplate_goes(line: str) -> None:
    """Sign-ups, pointers, share buttons, credits and rights are dropped as lines of their own."""
    assert is_boilerplate(line)
    assert without_boilerplate(f"{SENTENCE}\n{line}\n{SENTENCE}", Surroundings()) == f"{SENTENCE}\n{SENTENCE}"


@pytest.mark.parametrize("line", PROSE_LINES)
def test_prose_stays(line: str) -> None:
    """Sentences that only begin like boilerplate stay, and so do quotations of it."""
    assert not is_boilerplate(line)


def test_headlines_bylines_and_links_are_known_by_the_page() -> None:
    """A repeated headline, a byline above the text, and a line that is a link to another article go."""
    around = Surroundings(
        headlines=frozenset({"ferry runs again"}),
        links=frozenset({"why the tide was late this time"}),
        authors=("ada quist",),
    )
    body = f"Ferry runs again!\n5 May, by Ada Quist\n{SENTENCE}\nWhy the tide was late this time\n{LONG}"
    assert without_boilerplate(body, around) == f"{SENTENCE}\n{LONG}"


def test_a_body_of_links_is_left_to_the_judgement_of_quality() -> None:
    """Where most of a body is links, none of them goes: they are what the page is about."""
    links = frozenset({"why the tide was late this time", "what the goats of the quay eat"})
    body = "Why the tide was late this time\nWhat the goats of the quay eat"
    assert without_boilerplate(body, Surroundings(links=links)) == body


def _subsequence(kept: list[str], lines: Iterator[str]) -> bool:
    return all(line in lines for line in kept)


LINES = st.one_of(
    st.sampled_from(BOILERPLATE_LINES + PROSE_LINES),
    st.text(max_size=80).map(lambda text: text.replace("\n", " ")),
    st.text(min_size=1, max_size=40).map(lambda text: f"\u201c{text}\u201d, said the captain.".replace("\n", " ")),
    st.integers(0, 10**9).map(
        lambda number: f"The harbour took in {number:,} crowns in the first quarter of the year."
    ),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(LINES, max_size=12))
def test_what_is_kept_is_unchanged_and_in_order(lines: list[str]) -> None:
    """Every kept line is a line of the body, in order; no quotation and no sentence with figures is lost."""
    kept = without_boilerplate("\n".join(lines), Surroundings()).split("\n")
    if kept != [""]:
        assert _subsequence(kept, iter("\n".join(lines).split("\n")))
    for line in lines:
        if line.startswith(("\u201c", "The harbour took in")):
            assert line in kept


@settings(max_examples=60, deadline=2_000)
@given(
    st.sampled_from(["share ", "a ", " .", "sign up ", "reporting by ", "getty images ", "more on this ", "@", "-:"])
)
def test_patterns_are_fast_on_any_line(piece: str) -> None:
    """No repeated piece makes a pattern slow, at the longest that a line may be."""
    line = (piece * 320)[:320]
    for pattern in BOILERPLATE:
        pattern.search(line)


def page(article: str) -> str:
    """Read the body of an invented page."""
    return read_page(f"<html><head><title>x</title></head><body><main>{article}</main></body></html>").text


def test_a_body_cut_into_parts_is_whole() -> None:
    """A body that advertisements cut into containers of the same class is read to its end."""
    prose = ["".join(f"<p>Part {n}.{m}: {SENTENCE}</p>" for m in range(4)) for n in range(1, 4)]
    parts = "<div>Advertisement</div>".join(f"<div><div class=article-body>{part}</div></div>" for part in prose)
    text = page(f"<article>{parts}</article>")
    assert [n for n in range(1, 4) if f"Part {n}.3" in text] == [1, 2, 3]


def test_separate_articles_are_not_joined() -> None:
    """Containers of the same class in articles of their own stay apart."""
    post = '<article><div class="post-body">{}</div></article>'
    first, other = (post.format(f"<p>{name}: {SENTENCE} {SENTENCE}</p>" * 4) for name in ("First", "Other"))
    text = page(first + other)
    assert text.index("First") < text.find("Other") or "Other" not in text


def test_embedded_posts_are_quotations() -> None:
    """A quoted post inside a widget's wrapper stays in the text."""
    quoted = (
        '<div class="social-media-embed"><blockquote class="tweet"><p>We never saw such goats.</p></blockquote></div>'
    )
    text = page(f"<article>{f'<p>{SENTENCE}</p>' * 3}{quoted}{f'<p>{SENTENCE}</p>' * 3}</article>")
    assert "We never saw such goats." in text


def test_popups_inside_sentences_go() -> None:
    """A box with a picture and links that opens over a name is no part of the sentence."""
    box = "<span class=box><span><img src=a.jpg><a href=/a>Ada J. Quist</a><a href=/b>Goats win prize</a></span></span>"
    sentence = (
        f"<p>Captain <span><a href=/ada>Ada Quist</a>{box}</span> brought ninety people over the bay on Monday.</p>"
    )
    text = page(f"<article>{sentence}{f'<p>{SENTENCE}</p>' * 4}</article>")
    assert "Captain Ada Quist brought ninety people" in text
    assert "Goats win prize" not in text
