"""
A terminal that somebody looks at: what it can show, and lines that fit it.

Pipes, programs and poor terminals get the text of `terminal.py`; rich is loaded for the others alone.
"""

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TextIO
from urllib.parse import urlsplit

from bot.colours import is_forced, is_poor
from bot.render.markup import right_to_left, seen, web_address
from bot.render.terminal import WIDEST, one_line

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

_LEFT_TO_RIGHT = "\u200e"  # invisible; without it, digits of ours behind Hebrew or Arabic are drawn before it
_SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_NARROWEST = 12  # columns for text; what is narrower breaks words
# Programs and terminals that make OSC 8 a link; others may print it.
_LINKING_PROGRAMS = frozenset({"iTerm.app", "WezTerm", "vscode", "ghostty", "Hyper", "mintty", "rio", "Tabby"})
_LINKING_TERMS = ("xterm-kitty", "xterm-ghostty", "alacritty", "foot", "contour", "wezterm")
_LINKING_MARKS = ("WT_SESSION", "KONSOLE_VERSION", "KITTY_WINDOW_ID", "DOMTERM")


@dataclass(frozen=True, slots=True)
class Screen:
    """
    What text is laid out for.

    Attributes:
        console: Writes it; its width is at most `WIDEST` columns.
        links: Whether an address can stand behind words, to be clicked.
    """

    console: "Console"
    links: bool

    @property
    def width(self) -> int:
        """Columns to write in."""
        return self.console.width

    def show(self, page: "Text") -> None:
        """Write what was laid out, as it stands."""
        self.console.print(page, soft_wrap=True)


def screen_of(stream: TextIO, environment: Mapping[str, str] = os.environ) -> Screen | None:
    """
    Tell what a stream can show; None where plain text is wanted.

    FORCE_COLOR makes a screen of anything. NO_COLOR leaves the layout, and not one escape sequence.
    """
    if not is_looked_at(stream, environment):
        return None
    from rich.console import Console  # only here: it takes as long to load as a question to answer

    plain = bool(environment.get("NO_COLOR"))
    console = Console(
        file=stream,
        force_terminal=True,
        color_system=None if plain else "standard",
        highlight=False,
        markup=False,
        emoji=False,
    )
    console.width = max(1, min(console.width, WIDEST))
    return Screen(console, links=not plain and can_link(environment))


def is_looked_at(stream: TextIO, environment: Mapping[str, str] = os.environ) -> bool:
    """Whether somebody looks at a stream, on a terminal that draws more than letters; see `screen_of`."""
    unicode = (stream.encoding or "").lower().replace("-", "") == "utf8"
    return unicode and (is_forced(environment) or (stream.isatty() and not is_poor(environment)))


def can_link(environment: Mapping[str, str]) -> bool:
    """Whether the terminal is known to make links of OSC 8; FORCE_HYPERLINK (0 or 1) decides otherwise."""
    wanted = environment.get("FORCE_HYPERLINK", "")
    if wanted:
        return wanted != "0"
    vte = environment.get("VTE_VERSION", "")
    return (
        environment.get("TERM_PROGRAM", "") in _LINKING_PROGRAMS
        or environment.get("TERM", "").startswith(_LINKING_TERMS)
        or any(environment.get(mark) for mark in _LINKING_MARKS)
        or (vte.isascii() and vte.isdigit() and int(vte[:9]) >= 5_000)
    )


def shown(text: str) -> str:
    """
    Write a stranger's text on one line, so that a terminal can tell its width: nothing invisible, no piled-up accents.

    A right-to-left text ends with a mark that keeps what follows, which is ours, behind it.
    """
    line = " ".join(seen(one_line(text)).split())
    return line + _LEFT_TO_RIGHT if right_to_left(line) else line


def superscript(numbers: Sequence[int]) -> str:
    """Write citation numbers as a reader expects them: "¹" or "¹,³"."""
    return ",".join(str(number).translate(_SUPERSCRIPTS) for number in numbers)


def text_of(*pieces: "str | Text | tuple[str, str]") -> "Text":
    """Make a text of pieces; those that have a style as (text, style)."""
    from rich.text import Text

    return Text.assemble(*pieces)


def laid_out(screen: Screen, text: "Text", *, indent: str = "", first: "Text | None" = None) -> "Text":
    """
    Break a text into lines that fit, each behind an indent.

    Args:
        screen: Where it is to be shown.
        text: What is to be shown; a line break in it stays.
        indent: Before each line.
        first: In the place of the indent before the first; as wide.
    """
    room = screen.width - len(indent)
    if room < _NARROWEST:
        indent, room, first = "", screen.width, None if first is None else text_of(first.plain.strip(), " ")
    wrapped = text.wrap(screen.console, room - (len(first.plain) if first and not indent else 0) or 1)
    return joined(_line(line, indent if first is None or place else first) for place, line in enumerate(wrapped))


def _line(line: "Text", before: "str | Text") -> "Text":
    line = line.copy()
    line.rstrip()
    return text_of(before) + line if isinstance(before, str) else before + line


def joined(parts: "Iterator[Text] | Sequence[Text]", *, by: str = "\n") -> "Text":
    """Put texts one below the other."""
    return text_of(by).join(parts)


def linked(screen: Screen, text: "Text", url: str) -> "Text":
    """Let a click on a text open a web address, where that can be; no other kind of address is ever opened."""
    address = web_address(url) if screen.links else None
    if address:
        from rich.style import Style

        text = text.copy()
        text.stylize(Style(link=address))
    return text


def site(url: str) -> str:
    """Name where a link leads, in ASCII, so that lookalike letters betray themselves; "" for no web address."""
    return (urlsplit(web_address(url) or "").hostname or "").removeprefix("www.")
