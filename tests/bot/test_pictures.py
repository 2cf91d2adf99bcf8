"""The pictures' page shows what Discord would, and nothing hostile in a message becomes markup of the page."""

import asyncio
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hostile import hostile, long_hostile
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html
from picture_markdown import blocks, inline
from picture_page import Picture, page
from pictures import NO_CHROMIUM, WIDTHS, chromium, main
from test_render_discord import answers
from test_render_discord_overviews import overviews

from bot.answering import Answer
from bot.discord.buttons import answer_view
from bot.discord.embeds import embed_of
from bot.render.discord import AnswerMessage, answer_message
from bot.render.discord_details import why_message

NOW = datetime(2025, 6, 1, 12, tzinfo=UTC)
PICTURES = Path(__file__).parents[2] / "docs" / "pictures"
TAGS = {
    "html", "head", "meta", "title", "style", "body", "div", "span", "a", "b", "i", "strong", "em", "s", "code",
    "small", "blockquote", "h1", "h2", "h3", "ul", "li",
}  # fmt: skip
ATTRIBUTES = {"class", "style", "href", "lang", "charset", "http-equiv", "content"}
# XML and HTML hold no such characters.
no_controls = st.text(st.characters(exclude_categories=("Cc", "Cs"), exclude_characters="\ufffe\uffff"), max_size=30)
OURS = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '"><b onclick=x>',
    "&lt;",
    "</style>",
    "<!--",
    "]]>",
)


def parsed(picture: Picture) -> Any:
    """Read the page of a message as a browser does."""
    return html.document_fromstring(page([picture], NOW, width=400).encode("utf-8", "replace"))


def is_safe(root: Any) -> bool:
    """Whether the page has no elements and attributes but ours, and links to the web alone."""
    elements = [one for one in root.iter() if isinstance(one.tag, str)]
    links = [one.get("href") for one in elements if one.tag == "a"]
    return (
        all(one.tag in TAGS and set(one.attrib) <= ATTRIBUTES for one in elements)
        and len(elements) == len(list(root.iter()))
        and all(link.startswith(("https://", "http://")) for link in links)
    )


@settings(max_examples=40, deadline=None)
@given(st.lists(st.sampled_from(OURS) | hostile | no_controls, max_size=6).map("\n".join))
def test_nothing_hostile_becomes_markup(text: str) -> None:
    """Whatever stands in a message, live Discord markup included: the page has our elements alone, and no script."""
    field = {"name": text, "value": text}
    embed = {"title": text, "description": text, "fields": [field], "footer": {"text": text}, "color": 1}
    button = {"label": text, "emoji": {"name": text}, "style": 4, "disabled": True}
    assert is_safe(parsed(Picture(text, [embed], [{"components": [button]}], private=True)))


def drawn(message: AnswerMessage) -> Any:
    """Read the page of a message that a renderer made."""
    return parsed(Picture("/ask", [dict(embed_of(message).to_dict())]))


@settings(max_examples=25, deadline=None)
@given(answers(), overviews())
def test_every_message_comes_out(answer: Answer, others: tuple[AnswerMessage, ...]) -> None:
    """Each message that renderers make is a page with a title, a text, its fields and its footer, and is safe."""
    for message in (answer_message(answer), why_message(answer), *others):
        root = drawn(message)
        assert is_safe(root)
        assert root.find_class("title")[0].text_content().strip()
        assert len(root.find_class("field")) == len(message.fields)
        assert len(root.find_class("footer")) == bool(message.footer)


@settings(max_examples=25, deadline=None)
@given(long_hostile)
def test_what_is_escaped_is_shown_as_written(text: str) -> None:
    """A stranger's words are read in the picture as they were written: no backslash is left, no character is lost."""
    from bot.render.markup import plain, visible

    escaped = plain(text, limit=100_000)
    shown = html.fragment_fromstring(inline(escaped, NOW), create_parent="div").text_content()
    assert shown.split() == visible(text).split()


def test_discords_markup() -> None:
    """Bold, italics, links, code, quotes, escapes and times look as they do in Discord."""
    told = blocks(
        r"**b** *i* [a\*](https://quay.example/1) `c` 10\:30" "\n> q\n<t:1741200000:D> (<t:1741200000:R>)", NOW
    )
    assert told == (
        '<div><strong>b</strong> <em>i</em> <a href="https://quay.example/1">a*</a> <code>c</code> 10:30</div>'
        "<blockquote>q</blockquote>"
        '<div><span class="time">5 March 2025</span> (<span class="time">3 months ago</span>)</div>'
    )
    assert "<a" not in inline("[a](https://quay.example)", NOW, links=False) + inline("[a](javascript:x)", NOW)


def test_buttons_and_privacy() -> None:
    """Buttons have their emoji and words; a private message says so; nothing may be loaded or run."""

    async def rows() -> list[dict[str, Any]]:
        view = answer_view(1, quotes=True)
        assert view is not None
        return view.to_components()

    root = parsed(Picture("Why?", [], asyncio.run(rows()), private=True))
    assert [one.text_content() for one in root.find_class("button")] == [
        "📄 Sources", "🔎 Why?", "📅 Timeline", "🔄 Newer?", "👍", "👎",
    ]  # fmt: skip
    assert "Only you can see this" in root.text_content()
    (policy,) = root.xpath("//meta[@http-equiv]/@content")
    assert policy == "default-src 'none'; style-src 'unsafe-inline'"


def test_the_documentation_has_its_pictures() -> None:
    """The pictures that are kept are small PNGs, and the documentation shows each."""
    told = (PICTURES.parent / "discord.md").read_text(encoding="utf-8")
    for name in WIDTHS:
        picture = (PICTURES / f"{name}.png").read_bytes()
        assert picture.startswith(b"\x89PNG")
        assert len(picture) < 150_000
        assert f"(pictures/{name}.png)" in told


@pytest.mark.skipif(
    not os.environ.get("DATELINE_PICTURES"), reason="Pictures are drawn where DATELINE_PICTURES is set."
)
@pytest.mark.skipif(chromium() is None, reason=NO_CHROMIUM)
def test_pictures_are_drawn(tmp_path: Path) -> None:
    """Real answers over the samples become PNGs as wide as they should be."""
    main(tmp_path, None)
    for name, width in WIDTHS.items():
        head = (tmp_path / f"{name}.png").read_bytes()[:24]
        assert int.from_bytes(head[16:20], "big") == width
