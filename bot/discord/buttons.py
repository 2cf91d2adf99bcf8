"""The buttons under an answer. They name the kept answer and nothing else, so they work after a restart, too."""

import re
from typing import Any, Literal, Protocol, Self, cast

import discord
from discord.ext import commands

from bot.discord.memory import LONGEST_COMPLAINT_CHARS

Deed = Literal["sources", "why", "timeline", "newer", "up", "down"]

_LOOKS: dict[Deed, tuple[str | None, str | None]] = {
    "sources": ("Sources", "📄"),
    "why": ("Why?", "🔎"),
    "timeline": ("Timeline", "📅"),
    "newer": ("Newer?", "🔄"),
    "up": (None, "👍"),
    "down": (None, "👎"),
}
_OF_QUOTES: tuple[Deed, ...] = ("sources", "timeline")
_VOTES: tuple[Deed, ...] = ("up", "down")
_NUMBER = "[1-9][0-9]{0,17}"
_FORM = re.compile(f"dateline:wrong:({_NUMBER})")
HANDLER = "Buttons"  # name of the cog that does what buttons say


class DoesDeeds(Protocol):
    """What the buttons need of the cog `HANDLER`."""

    async def press(self, interaction: discord.Interaction, deed: Deed, answer_id: int) -> None:
        """Do what a button under an answer says."""
        ...

    async def turn(self, interaction: discord.Interaction, answer_id: int, page: int) -> None:
        """Show another source."""
        ...

    async def forget(self, interaction: discord.Interaction) -> None:
        """Delete what is kept about a person."""
        ...


class AnswerButton(
    discord.ui.DynamicItem[discord.ui.Button[discord.ui.View]],
    template=rf"dateline:(?P<deed>{'|'.join(_LOOKS)}):(?P<answer>{_NUMBER})",
):
    """One of the buttons under an answer."""

    def __init__(self, deed: Deed, answer_id: int) -> None:
        label, emoji = _LOOKS[deed]
        row = 1 if deed in _VOTES else 0  # of at most five
        custom_id = f"dateline:{deed}:{answer_id}"
        super().__init__(discord.ui.Button(label=label, emoji=emoji, custom_id=custom_id, row=row))
        self._deed = deed
        self._answer_id = answer_id

    @classmethod
    async def from_custom_id(
        cls, _interaction: discord.Interaction, _item: discord.ui.Item[discord.ui.View], match: re.Match[str], /
    ) -> Self:
        """Make the button that was pressed anew from its id."""
        return cls(cast(Deed, match["deed"]), int(match["answer"]))

    async def callback(self, interaction: discord.Interaction) -> None:
        """Hand the press to the cog."""
        await _handler(interaction).press(interaction, self._deed, self._answer_id)


class PageButton(
    discord.ui.DynamicItem[discord.ui.Button[discord.ui.View]],
    template=rf"dateline:page:(?P<answer>{_NUMBER}):(?P<page>[0-9]{{1,3}})",
):
    """Turns to another source of an answer."""

    def __init__(self, answer_id: int, page: int, *, emoji: str = "▶️", disabled: bool = False) -> None:
        custom_id = f"dateline:page:{answer_id}:{page}"
        super().__init__(discord.ui.Button(emoji=emoji, custom_id=custom_id, disabled=disabled))
        self._answer_id = answer_id
        self._page = page

    @classmethod
    async def from_custom_id(
        cls, _interaction: discord.Interaction, _item: discord.ui.Item[discord.ui.View], match: re.Match[str], /
    ) -> Self:
        """Make the button that was pressed anew from its id."""
        return cls(int(match["answer"]), int(match["page"]))

    async def callback(self, interaction: discord.Interaction) -> None:
        """Hand the press to the cog."""
        await _handler(interaction).turn(interaction, self._answer_id, self._page)


class ForgetButton(discord.ui.DynamicItem[discord.ui.Button[discord.ui.View]], template="dateline:forget"):
    """Deletes what is kept about whoever presses it."""

    def __init__(self) -> None:
        style = discord.ButtonStyle.danger
        super().__init__(
            discord.ui.Button(label="Delete what is kept about me", style=style, custom_id="dateline:forget")
        )

    @classmethod
    async def from_custom_id(
        cls, _interaction: discord.Interaction, _item: discord.ui.Item[discord.ui.View], _match: re.Match[str], /
    ) -> Self:
        """Make the button that was pressed anew."""
        return cls()

    async def callback(self, interaction: discord.Interaction) -> None:
        """Hand the press to the cog."""
        await _handler(interaction).forget(interaction)


class ComplaintForm(discord.ui.Modal, title="What was wrong?"):
    """The form behind 👎. discord.py is to forget it at once: `complaint_in` reads it, after a restart, too."""

    complaint: discord.ui.TextInput["ComplaintForm"] = discord.ui.TextInput(
        label="What was wrong with the answer?",
        style=discord.TextStyle.paragraph,
        required=False,
        max_length=LONGEST_COMPLAINT_CHARS,
    )

    def __init__(self, answer_id: int) -> None:
        super().__init__(custom_id=f"dateline:wrong:{answer_id}")
        self.stop()


def complaint_in(interaction: discord.Interaction) -> tuple[int, str] | None:
    """Return the number of the answer and what was wrong with it, where somebody sends the form behind 👎."""
    if interaction.type is not discord.InteractionType.modal_submit:
        return None
    form = cast(dict[str, Any], interaction.data or {})
    named = _FORM.fullmatch(str(form.get("custom_id")))
    if named is None:
        return None
    rows = form.get("components") or ()
    texts = (item.get("value") for row in rows for item in (row.get("components") or [row.get("component") or {}]))
    return int(named[1]), next((text for text in texts if isinstance(text, str)), "")


def answer_view(answer_id: int | None, *, quotes: bool) -> discord.ui.View | None:
    """Return the buttons of a kept answer (some only where it quotes anything), none for one that is not kept."""
    if answer_id is None:
        return None
    view = discord.ui.View(timeout=None)
    for deed in _LOOKS:
        if quotes or deed not in _OF_QUOTES:
            view.add_item(AnswerButton(deed, answer_id))
    return view


def page_view(answer_id: int, page: int, *, of: int) -> discord.ui.View | None:
    """Return the buttons that lead to the sources before and after one (0-based); None for a single one."""
    if of < 2:
        return None
    view = discord.ui.View(timeout=None)
    view.add_item(PageButton(answer_id, max(page - 1, 0), emoji="◀️", disabled=page == 0))
    view.add_item(PageButton(answer_id, page + 1, emoji="▶️", disabled=page + 1 >= of))
    return view


def _handler(interaction: discord.Interaction) -> "DoesDeeds":
    """Return the cog that does what buttons say, which the bot loads before it connects."""
    return cast("DoesDeeds", cast(commands.Bot, interaction.client).get_cog(HANDLER))
