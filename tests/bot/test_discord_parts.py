"""Small parts of the Discord bot: taking turns, the ids of buttons, what is read of a message, adding articles."""

import asyncio
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import discord
import pytest

from bot import adding
from bot.adding import add_articles
from bot.discord.buttons import AnswerButton, PageButton, answer_view, page_view
from bot.discord.cogs.menus import links_of, text_of
from bot.discord.in_order import InOrder
from bot.discord.shelf import variants
from index_store import DiscordError


def test_turns_are_taken_in_order() -> None:
    """Three of one channel come one after the other, another channel's at once; a fourth is told to wait."""

    async def scenario() -> list[str]:
        turns, came = InOrder(limit=3), list[str]()
        gate = asyncio.Event()

        async def come(name: str, key: int) -> None:
            async with turns.turn(key):
                if key == 1:
                    await gate.wait()
                came.append(name)

        waiting = [asyncio.create_task(come(name, 1)) for name in "abc"]
        await asyncio.sleep(0)
        await come("elsewhere", 2)
        with pytest.raises(DiscordError, match="3 questions of this channel are waiting"):
            await come("d", 1)
        gate.set()
        await asyncio.gather(*waiting)
        await come("later", 1)
        assert not turns._queues
        return came

    assert asyncio.run(scenario()) == ["elsewhere", "a", "b", "c", "later"]


def test_ids_of_buttons_name_the_answer_alone() -> None:
    """An id is our own word and a number; anything else is nobody's button."""
    template = AnswerButton.__discord_ui_compiled_template__
    assert AnswerButton("why", 12).custom_id == "dateline:why:12"
    for forged in ("dateline:why:0", "dateline:why:-1", f"dateline:why:1{'0' * 18}", "dateline:drop:1", "x:why:1"):
        assert template.fullmatch(forged) is None
    assert PageButton.__discord_ui_compiled_template__.fullmatch("dateline:page:1:1000") is None


def test_which_buttons_are_shown() -> None:
    """None where nothing is kept, no sources where nothing is quoted, no pages where there is one."""

    async def scenario() -> None:  # a view needs a running loop
        assert answer_view(None, quotes=True) is None
        assert page_view(1, 0, of=1) is None
        view, pages = answer_view(7, quotes=False), page_view(7, 2, of=3)
        assert view is not None
        assert pages is not None
        everything = answer_view(7, quotes=True)
        assert everything is not None
        assert [len(row["components"]) for row in everything.to_components()] == [4, 2]
        ids = [getattr(item, "custom_id", "") for item in view.children]
        assert ids == ["dateline:why:7", "dateline:newer:7", "dateline:up:7", "dateline:down:7"]
        turned = [(item.item.custom_id, item.item.disabled) for item in pages.children if isinstance(item, PageButton)]
        assert turned == [("dateline:page:7:1", False), ("dateline:page:7:3", True)]

    asyncio.run(scenario())


def message(content: str, *embeds: tuple[str, str]) -> Any:
    """What the menus read of a message."""
    shown = [discord.Embed(title=title, description=description) for title, description in embeds]
    return SimpleNamespace(content=content, embeds=shown)


def test_links_of_a_message() -> None:
    """Each web address once, without the punctuation around it; none that poses as another site."""
    text = "See <https://quay.example/a>, [b](https://quay.example/b)! https://quay.example/a https://x@evil.example"
    assert links_of(message(text)) == ("https://quay.example/a", "https://quay.example/b")
    assert links_of(message("no link, file:///etc/passwd")) == ()


def test_text_of_a_message() -> None:
    """Words and what a link shows, without addresses, cut at a word."""
    assert text_of(message("Is  it so?\nhttps://quay.example/a", ("Ferry", "runs"))) == "Is it so? Ferry runs"
    assert text_of(message("word " * 100)) == ("word " * 60).strip()
    assert len(text_of(message("x" * 1_000))) == 300


def test_variants_of_an_address() -> None:
    """The ways in which one page is usually linked, and the address itself whatever it is."""
    spelt = variants("http://www.quay.example/a/?utm_source=x#top")
    assert {"https://quay.example/a", "https://www.quay.example/a/", "http://quay.example/a?utm_source=x"} <= set(spelt)
    assert variants("http://[broken") == ("http://[broken",)


PROGRAM = """
import json, sys
plan = json.load(open(sys.argv[1]))
which = sys.argv[2]
for line in plan[which]:
    print(json.dumps(line))
sys.exit(plan.get("status", 0))
"""


async def add(
    folder: Path, plan: Mapping[str, Any], versions: Sequence[Mapping[str, int]], links: Sequence[str]
) -> list[tuple[str, bool]]:
    """Add links with a program that prints what is planned; what was live before and after is planned, too."""
    (folder / "program.py").write_text(PROGRAM)
    (folder / "plan.json").write_text(json.dumps(plan))
    states = iter(versions)

    async def live(_: Sequence[str]) -> Mapping[str, int]:
        return next(states)

    outcomes = await add_articles([sys.executable, str(folder / "program.py"), str(folder / "plan.json")], links, live)
    return [(outcome.told, outcome.is_indexed) for outcome in outcomes]


def test_each_link_is_told_of(tmp_path: Path) -> None:
    """New, changed, known, unreadable and refused by the index: each in its own words."""
    pages = [{"file": "x", "article_id": f"u{n}", "title": f"T{n}", "text": "t"} for n in range(4)]
    plan = {
        "extract": [*pages, {"file": "x", "error": "is a feed: use `dateline index`"}],
        "index": [{"added": 1, "failures": [{"source": "s", "reason": "has no text"}]}],
    }
    before, after = {"u0": 0, "u1": 1, "u2": 2, "u3": 0}, {"u0": 1, "u1": 2, "u2": 2, "u3": 0}
    assert asyncio.run(add(tmp_path, plan, [before, after], ["l0", "l1", "l2", "l3", "l4"])) == [
        ("“T0” is indexed now.", True),
        ("“T1” has changed: version 2 is indexed now.", True),
        ("“T2” was indexed already.", True),
        ("“T3” was not indexed: it has no text.", False),
        ("It is a feed: use `dateline index`.", False),
    ]


def test_an_index_that_stays_busy_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no run reports, whoever asked is told to try again; links that cannot be read at all are told, too."""
    monkeypatch.setattr(adding, "_BETWEEN_TRIES_S", 0.0)
    page = {"file": "x", "article_id": "u0", "title": "T0", "text": "t"}
    with pytest.raises(DiscordError, match="cannot be written to"):
        asyncio.run(add(tmp_path, {"extract": [page], "index": [], "status": 1}, [{"u0": 0}], ["l0"]))
    with pytest.raises(DiscordError, match="could not be read"):
        asyncio.run(add(tmp_path, {"extract": [], "status": 1}, [], ["l0"]))
