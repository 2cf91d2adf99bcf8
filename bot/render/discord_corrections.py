"""What Discord shows of corrections, above the answer that they concern. Pure, as `discord.py`."""

from collections.abc import Sequence

from bot.corrections import Correction
from bot.render.discord import publisher_of
from bot.render.markup import timestamp

_MOST_LINES = 4
_NUMBERS_SHOWN = 6


def correction_lines(found: Sequence[Correction]) -> str:
    """Say of each article that no longer says what an answer quotes since when, a line an article; "" for none."""
    lines = [_line(one) for one in found[:_MOST_LINES]]
    if len(found) > _MOST_LINES:
        lines.append(f"⚠️ *… and so have {len(found) - _MOST_LINES} more of its articles.*")
    return "\n".join(lines)


def _line(correction: Correction) -> str:
    cited = "".join(rf"\[{n}\]" for n in correction.numbers[:_NUMBERS_SHOWN])
    cited += "…" if len(correction.numbers) > _NUMBERS_SHOWN else ""
    publisher, since = publisher_of(correction.citation), timestamp(correction.since)
    if correction.withdrawn:
        return f"⚠️ **Withdrawn since:** the article of **{publisher}** behind **{cited}** was removed on {since}."
    gone = "quote" if len(correction.numbers) == 1 else "quotes"
    is_gone = "is" if len(correction.numbers) == 1 else "are"
    told = f"**{publisher}** changed its article on {since}; the {gone} **{cited}** {is_gone} no longer in it."
    return f"⚠️ **Corrected since:** {told}"
