"""Questions that leave out what the conversation says."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answering.follow_ups import Turn, standalone
from bot.answering.question import understand

NOW = datetime(2025, 3, 10, tzinfo=UTC)
TALKS = Turn("who led the Doha talks?", "The US envoy for hostage affairs, Adam Boehler, led the talks in Doha.")
QUAKE = Turn("How many people died in the Myanmar earthquake?", "At least 1,700 people died.")
SAID = Turn("What did Trump say about Canada?", "Trump said that Canada should join.")
BANK = Turn("What did the ECB decide last week?", "It cut rates.")
CARRIED = Turn("On the Doha talks: who spoke for Israel?", "Ron Dermer did.")

FORMS = [
    # A question that leads on from the one before is about the same.
    (TALKS, "and who spoke for Israel?", "On the Doha talks: who spoke for Israel?"),
    (CARRIED, "And when did they end?", "On the Doha talks: when did they end?"),
    (SAID, "and what did Carney reply?", "On “What did Trump say about Canada”: what did Carney reply?"),
    # One that points at it, or names next to nothing, is too.
    (TALKS, "when was that?", "On the Doha talks: when was that?"),
    (TALKS, "How did Hamas react to it?", "On the Doha talks: How did Hamas react to it?"),
    (TALKS, "did they reach a deal?", "On the Doha talks: did they reach a deal?"),
    (TALKS, "who else took part?", "On the Doha talks: who else took part?"),
    (QUAKE, "how many were injured?", "On the Myanmar earthquake: how many were injured?"),
    (TALKS, "how many hostages are there?", "On the Doha talks: how many hostages are there?"),
    (QUAKE, "why?", "On the Myanmar earthquake: why?"),
    # Persons and places are named behind the words that point at them.
    (TALKS, "what did he say?", "what did he (Adam Boehler) say?"),
    (SAID, "why did he say that?", "why did he (Trump) say that?"),
    (TALKS, "who was there?", "who was there (Doha)?"),
    (Turn("why did he (Adam Boehler) go?"), "did she say his name?", "did she (Adam Boehler) say his name?"),
    # Another name or time takes the place of that before.
    (SAID, "what about Mexico?", "What did Trump say about Mexico?"),
    (QUAKE, "And in Thailand?", "How many people died in the Thailand earthquake?"),
    (BANK, "and the Fed?", "What did the Fed decide last week?"),
    (BANK, "and in March?", "What did the ECB decide in March?"),
    (SAID, "what about last week?", "What did Trump say about Canada last week?"),
    (CARRIED, "and for Egypt?", "On the Doha talks: who spoke for Egypt?"),
    (TALKS, "And Egypt?", "who led the Doha talks – Egypt?"),
]


@pytest.mark.parametrize(("last", "asked", "expected"), FORMS, ids=[asked for _, asked, _ in FORMS])
def test_what_is_left_out_is_carried_over(last: Turn, asked: str, expected: str) -> None:
    """The common forms of a follow-up become questions that can be searched alone, and show what was meant."""
    assert standalone(asked, [Turn("Who is the Pope?"), last], now=NOW) == expected


@pytest.mark.parametrize(
    "asked",
    [
        "Who is the Pope?",
        "Who won the election in Poland?",
        "Is it true that Hamas released hostages?",
        "How long does it take to fly to Mars?",
        "Did Macron say that he will resign?",
        "Were there protests in Serbia?",
        "What is new in Gaza?",
        "how many ferry crews walked out of work",
    ],
)
def test_a_question_that_stands_alone_stays_as_it_is(asked: str) -> None:
    """Nothing is carried over into a question that names its own matter: a wrong topic is worse than none."""
    for last in (TALKS, QUAKE, SAID, BANK, CARRIED):
        assert standalone(asked, [last], now=NOW) == asked


@pytest.mark.parametrize("answer", ["Adam Boehler met Ron Dermer.", "Nobody is named.", ""])
def test_he_is_nobody_where_it_could_be_two(answer: str) -> None:
    """A pronoun that two persons or none can stand for is left alone, and only the topic is carried over."""
    turn = Turn("who led the Doha talks?", answer)
    assert standalone("what did he say?", [turn], now=NOW) == "On the Doha talks: what did he say?"


HORN = Turn("Who is Lea Horn?", "Prime Minister Lea Horn visited the valley.")
BRUN = Turn("Who is Olaf Brun?", "President Olaf Brun visited the valley.")


@pytest.mark.parametrize("asked", ["and when was she elected?", "what did he say?"])
def test_nobody_is_meant_where_two_were_talked_about(asked: str) -> None:
    """After two persons a pronoun may mean the earlier one: neither is put in, nor is a topic."""
    assert standalone(asked, [HORN, BRUN], now=NOW) == asked
    assert "Olaf Brun" in standalone(asked, [BRUN], now=NOW)
    assert "Olaf Brun" in standalone(asked, [BRUN, BRUN], now=NOW)


def test_another_matter_stands_alone() -> None:
    """What brings its own matter is not asked of the last one; a name, or a part of the last one, is."""
    for asked in ("What about the weather in Paris?", "and what about flights from Berlin?"):
        assert standalone(asked, [TALKS], now=NOW) == asked
    assert standalone("what about the hostages?", [TALKS], now=NOW) != "what about the hostages?"


def test_what_is_carried_over_is_the_circumstances_and_not_what_is_asked() -> None:
    """A sentence must hold what is asked now; of the topic, its article must."""
    understood = understand("On the Doha talks: who spoke for Israel?", terms=str.split, now=NOW)
    assert understood.asked == ("spoke", "Israel")
    assert set(understood.terms) == {"Doha", "talks", "spoke", "Israel"}


@given(
    st.text(max_size=80) | st.sampled_from([asked for _, asked, _ in FORMS]),
    st.lists(st.builds(Turn, st.text(max_size=80), st.text(max_size=80)), max_size=3),
)
def test_any_words_at_all_can_follow_any_others(asked: str, conversation: list[Turn]) -> None:
    """Whatever is asked after whatever else gives one line that is hardly longer than both, and never an error."""
    told = standalone(asked, conversation, now=NOW)
    assert told == " ".join(told.split())
    assert len(told) <= len(asked) + (
        max(map(len, (conversation[-1].question, conversation[-1].answer))) + 20 if conversation else 0
    )
    if not conversation:
        assert told == " ".join(asked.split())
