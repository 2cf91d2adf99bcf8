"""Topics that are offered while somebody types: names, whatever the style of the headlines, and at once."""

import asyncio
import threading
import time
from collections.abc import Sequence

import pytest
from hostile import hostile, inert
from hypothesis import given
from hypothesis import strategies as st

from bot import headlines as reading_headlines
from bot.discord import topic_names
from bot.discord.choices import topic_choices
from bot.discord.shelf import Shelf
from bot.discord.topic_names import TopicNames
from bot.headlines import Headlines
from bot.render.markup import plain, units
from bot.topics import completing, topics
from index_store import EmptyIndexError

TEXTS = (
    "On Monday the envoy Ada Quist met Odo Brandt in Maren, and the Bank of Narvala said that Quist would stay. "
    "The port of Maren is closed, said Brandt. A strike of Quayport's dockers, led by Brandt, ends in May.",
    "The council said that the US had asked Quist to let us in. In Quayport, the council and Quist disagree.",
    "They told US officials that the Harbour Council had met Brandt's lawyers. Others said so in Maren, too.",
)


def named(*headlines: str, newest: int = 100) -> tuple[str, ...]:
    """The topics of these headlines, the newest first."""
    return topics(headlines, TEXTS, newest=newest)


def test_names_of_sentences_and_of_title_case() -> None:
    """The same names come out of a headline whose every word is large, and ordinary words of neither."""
    assert named("Brandt meets Ada Quist in Maren after strike") == ("Brandt", "Ada Quist", "Maren")
    assert named("Brandt Meets Ada Quist in Maren After Port Strike") == ("Brandt", "Ada Quist", "Maren")
    assert named("Strike Ends After Council Meets") == ()


def test_long_names_are_whole() -> None:
    """With the small words inside them, without those before; the possessive is no part of a name."""
    assert named("The Bank of Narvala’s Port Plan") == ("Bank of Narvala",)
    assert named("The Harbour Council Rejects Quayport's Plan") == ("Harbour Council", "Quayport")
    assert named("Council rejects it") == ()  # written small in other places


def test_capitals_are_a_word_of_their_own() -> None:
    """“US” is a name though “us” is none; days, months and titles never are one."""
    assert named("US Tells Us That President Quist Stays in May") == ("US", "Quist")


def test_a_headline_teaches_what_no_text_tells() -> None:
    """One that is written as a sentence shows which of its words are names, for all other headlines."""
    assert "Valdren" in named("Why Valdren Melts So Fast", "Survey of the ice finds that Valdren melts fast")


def test_the_order_of_topics() -> None:
    """What many of the newest headlines name comes first, then what is frequent at all, then what is newest."""
    old = ["In Maren it rains"] * 5
    assert named("Quist in Quayport", "Quist to stay", "Brandt leaves", *old, newest=3)[:2] == ("Quist", "Quayport")
    assert named("Brandt leaves", "Quist stays", *old, newest=0) == ("Maren", "Brandt", "Quist")


def test_one_name_is_offered_once() -> None:
    """However it is written; as it was written last."""
    assert named("ADA QUIST of Narvala", "Ada Quist stays", "Ada Quist leaves").count("Ada Quist") == 1


@given(st.lists(hostile, max_size=8), st.lists(hostile, max_size=3), hostile)
def test_any_text_is_read(headlines: list[str], texts: list[str], typed: str) -> None:
    """Whatever strangers write: names are bounded, each comes once, and those chosen hold what was typed."""
    found = topics(headlines, texts, newest=3)
    assert len({name.casefold() for name in found}) == len(found)
    assert all(1 < len(name) <= 100 for name in found)
    sought = " ".join(typed.casefold().split())
    assert all(sought in name.casefold() for name in completing(found, typed))


def test_a_long_headline_takes_no_time() -> None:
    """A headline of a million words in capitals is read in a moment."""
    began = time.perf_counter()
    topics(["Aa " * 1_000_000] * 50, ["Aa Bb " * 300] * 50, newest=1)
    assert time.perf_counter() - began < 2


def test_what_was_typed_decides() -> None:
    """Names that begin with it, then those of which a word does, then the others that hold it; order kept within."""
    names = ("Port Maren", "Maren", "Amaren", "Quist", "Maren Ferry")
    assert completing(names, " mar ") == ["Maren", "Maren Ferry", "Port Maren", "Amaren"]
    assert completing(names, "") == list(names)


class Reading:
    """Reads headlines as a shelf does, and counts how often; it can be held, and can be empty."""

    def __init__(self, *headlines: str, generation: int = 1) -> None:
        self.headlines: Sequence[str] = headlines
        self.generation = generation
        self.times = 0
        self.gate: asyncio.Event | None = None
        self.empty = False

    async def __call__(self) -> Headlines:
        """Read."""
        self.times += 1
        if self.gate:
            await self.gate.wait()
        if self.empty:
            raise EmptyIndexError("Nothing is indexed.")
        return Headlines(self.generation, self.headlines, TEXTS)


def test_who_types_never_waits() -> None:
    """Where the first names take long, none are offered; later ones come from what was known before."""

    async def scenario() -> None:
        reading = Reading("Quist stays")
        reading.gate = asyncio.Event()
        names = TopicNames(reading)
        began = time.perf_counter()
        assert await names.offered() == ()
        assert time.perf_counter() - began < 1  # 0.15 s, on a machine with nothing else to do
        reading.gate.set()
        while not await names.offered():
            pass
        assert await names.offered() == ("Quist",)
        assert reading.times == 1

    asyncio.run(scenario())


def test_names_are_made_anew_where_the_index_moved(monkeypatch: pytest.MonkeyPatch) -> None:
    """Once a minute it is looked; the old names are offered meanwhile; an unchanged index is not read twice over."""
    monkeypatch.setattr(topic_names, "_FRESH_S", 0.0)
    made, real = list[int](), reading_headlines.topics

    def counted(*arguments: Sequence[str], newest: int) -> tuple[str, ...]:
        made.append(threading.get_ident())
        return real(*arguments, newest=newest)

    monkeypatch.setattr(reading_headlines, "topics", counted)

    async def scenario() -> None:
        reading = Reading("Quist stays")
        names = TopicNames(reading)
        assert await names.offered() == ("Quist",)
        for generation, seen in ((1, ("Quist",)), (2, ("Brandt",))):
            reading.generation, reading.headlines = generation, ["Brandt stays"]
            assert await names.offered() == ("Quist",)
            while (naming := names._naming) is not None:
                await naming
            assert names._names == seen
        assert len(made) == 2
        assert threading.get_ident() not in made

    asyncio.run(scenario())


def test_an_empty_index_offers_nothing_until_it_is_filled() -> None:
    """The next who types sees what has come meanwhile."""

    async def scenario() -> None:
        reading = Reading("Quist stays")
        reading.empty = True
        names = TopicNames(reading)
        assert await names.offered() == ()
        reading.empty = False
        assert await names.offered() == ("Quist",)

    asyncio.run(scenario())


class Shown(Shelf):
    """A shelf that knows certain topics and nothing else."""

    def __init__(self, *names: str) -> None:
        self._names = names

    async def topics(self) -> tuple[str, ...]:
        """Name them."""
        return self._names


@given(st.lists(hostile.filter(str.strip), max_size=60), st.text(max_size=3))
def test_choices_fit_discord(names: list[str], typed: str) -> None:
    """At most 25, each of 2 to 100 units, on one line and visible; what is chosen is what is shown."""
    choices = asyncio.run(topic_choices(Shown(*names), typed))
    assert len(choices) <= 25
    assert all(2 <= units(choice.name) <= 100 and choice.name == choice.value for choice in choices)
    assert all(inert(plain(choice.name, limit=500)) and "\n" not in choice.name for choice in choices)
