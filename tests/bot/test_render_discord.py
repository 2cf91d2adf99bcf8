"""What a Discord user sees of an answer, and what no article and no asker can make them see."""

import re
from datetime import UTC, datetime

import pytest
from hostile import hostile, inert, long_hostile
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.answering import Answer, Citation, Claim, Question
from bot.render.discord import AMBER, BLUE, GREEN, GREY, AnswerMessage, answer_message, failure_message
from bot.render.markup import timestamp, units
from index_store import ArticleSummary

PUBLISHED = datetime(2025, 3, 5, 14, 30, tzinfo=UTC)
QUOTE = "Adam Boehler, the US envoy for hostages, led the meetings in Doha."

addresses = st.one_of(
    st.just("https://news.example/a(b) c"),
    st.just("file:///home/me/a.txt"),
    hostile,
    hostile.map("https://a.example/{}".format),
)
moments = st.none() | st.datetimes(timezones=st.just(UTC))
publishers = st.none() | hostile


@st.composite
def answers(draw: st.DrawFn) -> Answer:
    """Answers and abstentions of any length, in which every text is hostile."""
    count = draw(st.integers(0, 40))
    texts = draw(st.lists(long_hostile, min_size=1, max_size=6))
    summaries = st.builds(ArticleSummary, hostile, addresses, hostile, publishers, moments)
    copies = tuple(draw(st.lists(summaries, max_size=5)))
    citations = tuple(
        Citation(
            n,
            f"id{n % 7}",
            1,
            draw(addresses),
            draw(hostile),
            draw(publishers),
            (),
            draw(moments),
            texts[n % len(texts)],
            0,
            1,
            copies,
        )
        for n in range(1, count + 1)
    )
    some_numbers = st.lists(st.integers(1, max(count, 1)), min_size=1, max_size=9).map(tuple)
    supports = st.sampled_from(("confirmed", "single-source", "disputed"))
    standings = st.sampled_from((None, "newest", "older"))
    claims = st.lists(
        st.builds(Claim, st.sampled_from(texts), some_numbers, supports, standings), min_size=1, max_size=30
    )
    return Answer(
        Question(draw(hostile)),
        draw(hostile),
        tuple(draw(claims)) if count else (),
        citations,
        None if count else draw(hostile),
        () if count else tuple(draw(st.lists(summaries, max_size=3))),
        "extractive",
        41.2,
    )


LINK = re.compile(r"\[((?:\\.|[^\\\[\]\n])+)\]\(https?://[a-z0-9._:-]+(?:[/?#][!#-&+-;=?-Z_a-z~]*)?\)")
TIME = re.compile(r"<t:-?\d+:D> \(<t:-?\d+:R>\)|no date")


def harmless(field: str) -> bool:
    """Whether only our own links, dates and emphasis are live in a block of text, line by line."""
    for line in field.split("\n"):
        ours = TIME.sub("date", LINK.sub(lambda found: "x" + found[1], line))
        ours = re.sub(r" \*\*(\\\[\d+\\\])+…?\*\* · \*(confirmed|single source|disputed)\*$", "", ours)
        ours = re.sub(r"^(✅|🔹|⚠️) \*\*(?P<lead>.*)(\\:|…)\*\* ", r"\1 \g<lead> ", ours)
        ours = re.sub(
            r"^(\*Searched as: (?P<wording>.*)\*|> (?P<quote>.*))$", lambda f: f["wording"] or f["quote"] or "", ours
        )
        ours = re.sub(
            r"^\*…( and \d+ more\.)\*$|^\*\*(Nearest articles|The indexed articles don't say\.)\*\*$", "", ours
        )
        if not inert(ours):
            return False
    return True


def length(message: AnswerMessage) -> int:
    """UTF-16 units of all that Discord adds up."""
    fields = "".join(field.name + field.value for field in message.fields)
    return units(message.title + message.description + message.footer + fields)


@settings(max_examples=50, deadline=None)
@given(answers())
def test_limits(answer: Answer) -> None:
    """Every message keeps within every limit of Discord's, and no part that must be there is empty."""
    message = answer_message(answer)
    assert 1 <= units(message.title) <= 256
    assert 1 <= units(message.description) <= 4096
    assert len(message.fields) <= 25
    assert all(1 <= units(field.name) <= 256 for field in message.fields)
    assert all(1 <= units(field.value) <= 1024 for field in message.fields)
    assert units(message.footer) <= 2048
    assert length(message) <= 6000


@settings(max_examples=50, deadline=None)
@given(answers())
def test_nothing_a_stranger_wrote_is_live(answer: Answer) -> None:
    """No mention, link, markup or emoji of an article's or an asker's works in the message."""
    message = answer_message(answer)
    assert inert(message.title)
    assert harmless(message.description)
    assert all(inert(field.name) and harmless(field.value) for field in message.fields)


@settings(max_examples=30, deadline=None)
@given(answers())
def test_numbers_in_order(answer: Answer) -> None:
    """Citations are shown as 1, 2, 3 …, at least the first ten, and the footer tells how many are missing."""
    message = answer_message(answer)
    numbers = [int(re.match(r"\\\[(\d+)\\\]", field.name)[1]) for field in message.fields]  # type: ignore[index]
    assert numbers == list(range(1, len(numbers) + 1))
    assert len(numbers) >= min(10, len(answer.citations))
    hidden = len(answer.citations) - len(numbers)
    assert (f"{hidden} more quotes not shown" in message.footer) == bool(hidden)


def citation(n: int, **changes: object) -> Citation:
    """A citation of an ordinary article."""
    ordinary = {
        "article_id": f"a{n}", "version": 1, "url": "https://news.example/doha", "title": "Talks in Doha",
        "publisher": "Example News", "authors": (), "published_at": PUBLISHED,
        "quote": QUOTE, "start": 0, "end": len(QUOTE),
    }  # fmt: skip
    return Citation(n, **(ordinary | changes))  # type: ignore[arg-type]


def answer(*claims: Claim, citations: tuple[Citation, ...]) -> Answer:
    """An answer to an ordinary question."""
    asked = "Who led the Doha talks?"
    return Answer(Question(asked), asked, claims, citations, None, (), "extractive", 41.2)


def test_an_answer() -> None:
    """An answer shows the question, each claim with its numbers and support, and each citation whole."""
    message = answer_message(answer(Claim(QUOTE, (1, 2), "confirmed"), citations=(citation(1), citation(2))))
    epoch = int(PUBLISHED.timestamp())
    assert message.title == "Who led the Doha talks?"
    assert message.description == rf"✅ {QUOTE} **\[1\]\[2\]** · *confirmed*"
    assert message.fields[0].name == r"\[1\] Example News"
    assert message.fields[0].value.split("\n") == [
        "[Talks in Doha](https://news.example/doha)",
        f"<t:{epoch}:D> (<t:{epoch}:R>)",
        f"> {QUOTE}",
    ]
    assert message.footer == "Quoted word for word from 2 articles · 0.04 s"


def test_copies_are_named_with_their_citation() -> None:
    """Other publishers of a report are named once each, as many as fit, and count neither as articles nor as quotes."""
    papers = ("Quay Mail", "Example News", "*Marsh*", "Quay Mail", None)
    copies = tuple(ArticleSummary("a9", "file:///a.txt", "Talks", paper, PUBLISHED) for paper in papers)
    message = answer_message(answer(Claim(QUOTE, (1,), "single-source"), citations=(citation(1, also_in=copies),)))
    assert message.fields[0].value.split("\n")[-2:] == [r"also in Quay Mail, \*Marsh\*", f"> {QUOTE}"]
    assert message.footer.startswith("Quoted word for word from 1 article ·")
    many = tuple(ArticleSummary("a9", "", "Talks", f"{n} " + "Very Long Gazette" * 4, None) for n in range(5))
    message = answer_message(answer(Claim(QUOTE, (1,), "single-source"), citations=(citation(1, also_in=many),)))
    assert message.fields[0].value.count("Gazette") == 8


def test_a_local_file_is_cited_without_a_link() -> None:
    """A file's address stays on the server: no link, no path."""
    local = citation(1, url="file:///home/me/secret/news.txt", publisher=None, published_at=None)
    field = answer_message(answer(Claim(QUOTE, (1,), "single-source"), citations=(local,))).fields[0]
    assert field.name == r"\[1\] unknown publisher"
    assert field.value == f"Talks in Doha\nno date\n> {QUOTE}"


@pytest.mark.parametrize(
    ("supports", "colour"),
    [(["confirmed"], GREEN), (["confirmed", "single-source"], BLUE), (["single-source", "disputed"], AMBER)],
)
def test_colour_is_that_of_the_weakest_claim(supports: list[str], colour: int) -> None:
    """One look at the edge tells whether everything said is confirmed."""
    claims = [Claim(QUOTE, (1,), support) for support in supports]  # type: ignore[arg-type]
    assert answer_message(answer(*claims, citations=(citation(1),))).colour == colour


def test_an_abstention() -> None:
    """An honest no shows its reason and the nearest articles with links and dates."""
    nearest = ArticleSummary("a1", "https://news.example/cup", "Cup draw made", "Example News", PUBLISHED)
    reason = "No indexed article mentions the final."
    message = answer_message(Answer(Question("Who won?"), "Who won?", (), (), reason, (nearest,), "extractive", 9.0))
    assert message.description.startswith(
        f"**The indexed articles don't say.**\n{reason}\n\n**Nearest articles**\n• [Cup draw made](https://news.example/cup)\n"
    )
    assert f"Example News · {timestamp(PUBLISHED)}" in message.description
    assert (message.fields, message.colour) == ((), GREY)


def test_the_question_searched_is_shown_where_it_differs() -> None:
    """A follow-up shows how it was understood."""
    followed = Answer(Question("And who paid?"), "Who paid for the Doha talks?", (), (), "No.", (), "extractive", 9.0)
    assert answer_message(followed).description == (
        "*Searched as: Who paid for the Doha talks?*\n**The indexed articles don't say.**\nNo."
    )


@settings(deadline=None)
@given(long_hostile, hostile)
def test_failures_are_harmless_too(text: str, remedy: str) -> None:
    """A failure's words are escaped and never too long; there is always something to send."""
    message = failure_message(text, remedy=remedy)
    assert message.title
    assert harmless(message.description)
    assert units(message.description) <= 4096
