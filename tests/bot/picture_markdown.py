"""Discord's markdown → HTML, for pictures: markup as Discord has it, and every other character as text."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from html import escape

from babel.dates import format_date, format_datetime, format_timedelta
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererProtocol
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

_TIMESTAMP = re.compile(r"<t:(-?\d{1,12})(?::([DdFfR]))?>")
_MENTION = re.compile(r"<(@!?|@&|#)(\d{1,20})>")
_BLOCK = re.compile(
    r"(?P<quote>>)[ ](?P<quoted>.*)|(?P<heads>#{1,3})[ ](?P<head>.+)|-#[ ](?P<small>.+)|[-*][ ](?P<item>.+)"
)
_RULES = ["backticks", "emphasis", "escape", "link", "strikethrough"]


def blocks(text: str, now: datetime) -> str:
    """Return the HTML of a message's body: lines, block quotes, headings, lists, and what stands inside them."""
    shown = list[str]()
    for line in text.split("\n"):
        block = _BLOCK.fullmatch(line)
        if block is None:
            shown.append(f"<div>{inline(line, now) or '&nbsp;'}</div>")
        elif block["quote"]:
            shown.append(f"<blockquote>{inline(block['quoted'], now)}</blockquote>")
        elif block["heads"]:
            shown.append(f"<h{len(block['heads'])}>{inline(block['head'], now)}</h{len(block['heads'])}>")
        elif block["small"]:
            shown.append(f"<small>{inline(block['small'], now)}</small>")
        else:
            shown.append(f"<ul><li>{inline(block['item'], now)}</li></ul>")
    return "".join(shown)


def inline(text: str, now: datetime, *, links: bool = True) -> str:
    """Return the HTML of one line; titles and names of fields show no links."""
    rules = _RULES if links else [rule for rule in _RULES if rule != "link"]
    parser = MarkdownIt("zero", {"html": False}).enable(rules)
    parser.inline.ruler.before("escape", "discord", _discords_own)
    parser.add_render_rule("discord", _show_discords_own)
    parser.validateLink = _is_web_address
    return str(parser.renderInline(text, {"now": now}))


def _is_web_address(url: str) -> bool:
    return url.startswith(("https://", "http://"))


def _discords_own(state: StateInline, silent: bool) -> bool:  # noqa: FBT001 -- as markdown-it calls it
    """Find a timestamp or a mention."""
    found = _TIMESTAMP.match(state.src, state.pos) or _MENTION.match(state.src, state.pos)
    if found is None:
        return False
    if not silent:
        state.push("discord", "", 0).content = found[0]
    state.pos = found.end()
    return True


def _show_discords_own(
    _: RendererProtocol, tokens: Sequence[Token], position: int, _options: OptionsDict, env: EnvType
) -> str:
    text = tokens[position].content
    stamp = _TIMESTAMP.fullmatch(text)
    if stamp is None:
        mention = _MENTION.fullmatch(text)
        assert mention is not None
        return f'<span class="mention">{escape(mention[1].rstrip("!&") + mention[2])}</span>'
    return f'<span class="time">{escape(_told(int(stamp[1]), stamp[2] or "f", env["now"]))}</span>'


def _told(epoch: int, style: str, now: datetime) -> str:
    """Write a moment as Discord's client does in English."""
    try:
        moment = datetime.fromtimestamp(epoch, UTC)
    except (OverflowError, ValueError, OSError):
        return "Invalid Date"
    if style == "R":
        return format_timedelta(moment - now, add_direction=True, locale="en_GB", threshold=0.99)
    if style in "Dd":
        return format_date(moment, "long" if style == "D" else "short", locale="en_GB")
    return format_datetime(moment, "d MMMM y 'at' HH:mm", locale="en_GB")
