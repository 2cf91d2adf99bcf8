"""Questions whose answer has a form of its own: comparisons and timelines."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from small_index import answerer_over

from bot.answering import Answerer, Question
from bot.answering.forms import sides_of, timeline_topic
from bot.render.terminal import answer_text
from index_store import Article, PassageEncoder

FARES = (
    ("Ferry fares rise", "Quay Line raised ferry fares to 9 euros on 4 March 2025. Its captains had asked for more."),
    (
        "Island Ferries keeps its fares",
        "Island Ferries will keep its ferry fares at 7 euros until May, it said.",
    ),
    ("Quay Line refunds", "Quay Line refunded ferry fares on 20 March 2025 after a storm closed the port of Maren."),
    ("A choir sings", "The choir of Varnholt sang in the town hall on Sunday, and pupils painted the tram green."),
)
ARTICLES = tuple(
    Article(str(n) * 16, f"https://quay.example/{n}", title, text, (), "Quay Mail", date, "record", "en")
    for n, (title, text) in enumerate(FARES, start=1)
    for date in (datetime(2025, 3, 1 + 5 * n, 9, tzinfo=UTC),)
)


@pytest.fixture(scope="module")
def answerer(tmp_path_factory: pytest.TempPathFactory, encoder: PassageEncoder) -> Iterator[Answerer]:
    """An answerer over what two shipping lines charge."""
    with answerer_over(ARTICLES, tmp_path_factory.mktemp("forms"), encoder) as answers:
        yield answers


@pytest.mark.parametrize(
    ("question", "names"),
    [
        ("Compare Quay Line and Island Ferries on fares", ["Quay Line", "Island Ferries"]),
        ("please contrast Mexico with Canada", ["Mexico", "Canada"]),
        ("What's the difference between Hamas and Israel over the hostages?", ["Hamas", "Israel"]),
        ("How do Mexico and Canada differ on tariffs?", ["Mexico", "Canada"]),
        ("How does Mexico's reply differ from Canada's on tariffs?", ["Mexico's reply", "Canada's"]),
        ("Who compared Mexico and Canada?", []),
    ],
)
def test_two_that_are_compared_are_read(question: str, names: list[str]) -> None:
    """Common ways to ask for a comparison name their two sides, and what is compared is asked of each."""
    sides = sides_of(question)
    assert [side.name for side in sides] == names
    assert all(side.name in side.question for side in sides)


@pytest.mark.parametrize(
    ("question", "topic"),
    [
        ("Timeline of the Doha talks", "the Doha talks"),
        ("show me a timeline on ferry fares, please?", "ferry fares, please"),
        ("When was the timeline of the talks published?", ""),
    ],
)
def test_a_timeline_is_recognised(question: str, topic: str) -> None:
    """Whoever asks for a timeline names its topic."""
    assert timeline_topic(question) == topic


def test_a_comparison_says_the_best_of_each(answerer: Answerer) -> None:
    """Each side has a claim that tells of it alone; a side that no article tells of is named."""
    answer = answerer.ask(Question("Compare Quay Line and Island Ferries on ferry fares"))
    first, second = answer.claims
    assert ("Quay Line" in first.text, "Island" in first.text) == (True, False)
    assert ("Island Ferries" in second.text, "Quay" in second.text) == (True, False)
    missing = answerer.ask(Question("Compare Quay Line and Blefuscu Boats on ferry fares"))
    assert missing.reason == "Of Blefuscu Boats: No indexed article mentions Blefuscu or Boats."


def test_a_timeline_is_told_in_dated_lines(answerer: Answerer) -> None:
    """Events come oldest first, each on a line with its date and citation; a topic without any has a reason."""
    answer = answerer.ask(Question("Timeline of Quay Line ferry fares"))
    dates = [claim.when for claim in answer.claims]
    assert dates == sorted(dates, key=str)
    assert "4 March 2025: Quay Line raised ferry fares to 9 euros" in " ".join(answer_text(answer).split())
    assert all(claim.citations for claim in answer.claims)
    assert answerer.ask(Question("Timeline of the Blefuscu eclipse")).reason
