"""The settings of a server as Discord shows them: what each is and means, who changed it, and where to ask. Pure."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from bot.languages import LANGUAGES
from bot.render.discord import BLUE, GREY, AnswerMessage
from bot.render.discord_details import details
from bot.render.markup import plain, timestamp
from bot.rules import NO_ROLE, SETTINGS, Change, GuildRules

_SOURCES_SHARE = 400
_MEANS = {
    "channels": "Where I may answer and post, with the threads of these channels",
    "adders": "Who may add articles, beside members with Manage Messages",
    "sources": "Publishers that answers are drawn from, unless `source` names another",
    "dates": "Language of the dates that I write myself; of quotes nothing is translated",
    "answers": "Who sees an answer",
    "threads": "When a thread is opened under an answer to /ask",
    "length": "How much of an answer is shown",
}
_VALUES = {
    "public": "everybody in the channel",
    "private": "only who asks; mentions are not answered",
    "never": "never",
    "asked": "when who asks wants one",
    "always": "always, where everybody sees the answer",
    "short": "short: its first claim; all where articles differ or things are compared",
    "normal": "normal: every claim",
}


def settings_message(rules: GuildRules, latest: Mapping[str, tuple[datetime, int | None]]) -> AnswerMessage:
    """
    Show all settings of a server.

    Args:
        rules: As they are.
        latest: Of each setting that was changed, when that was last, and by whom.
    """
    lines = list[str]()
    for setting in SETTINGS:
        lines.append(f"**/settings {setting}** – {value_of(setting, rules)}\n{_MEANS[setting]}.")
        if setting in latest:
            moment, user_id = latest[setting]
            lines[-1] += f"\n*Changed {timestamp(moment)} by {_person(user_id)}.*"
    lines.append("`/settings history` tells what was changed; `/settings reset` puts all back.")
    return details("Settings of this server", lines, colour=BLUE)


def changed_message(changes: Sequence[Change]) -> AnswerMessage:
    """Tell who changed a setting what it is now."""
    if not changes:
        return details("Settings", ["Nothing has changed: it was so already."])
    return details("Settings", [_change(one) for one in changes], colour=BLUE)


def history_message(changes: Sequence[Change]) -> AnswerMessage:
    """List what was changed, newest first."""
    if not changes:
        return details("Changed settings", ["Nobody has changed a setting of this server."])
    lines = [f"{timestamp(one.changed_at)} {_person(one.user_id)}\n{_change(one)}" for one in changes]
    return details("Changed settings", lines)


def elsewhere_message(channels: Sequence[int]) -> AnswerMessage:
    """Say where answers are allowed."""
    told = f"Answers are allowed in {_channels(channels)}.\nPlease ask there, or in a direct message."
    return AnswerMessage("No answer here", told, (), "", GREY)


def value_of(setting: str, rules: GuildRules) -> str:
    """Write what a setting is, safe to send; channels and roles are named as Discord names them."""
    value = getattr(rules, setting)
    if setting == "channels":
        return _channels(value) if value else "everywhere"
    if setting == "adders":
        return "the role that the bot's operator named" if value is None else _role(value)
    if setting == "sources":
        return plain(", ".join(value), limit=_SOURCES_SHARE) if value else "all publishers"
    return plain(LANGUAGES[value], limit=100) if setting == "dates" else _VALUES[value]


def _change(one: Change) -> str:
    return f"**{one.setting}**: {value_of(one.setting, one.old)} → **{value_of(one.setting, one.new)}**"


def _channels(channels: Sequence[int]) -> str:
    return ", ".join(f"<#{one}>" for one in channels)


def _role(role_id: int) -> str:
    return "nobody else" if role_id == NO_ROLE else f"<@&{role_id}>"


def _person(user_id: int | None) -> str:
    return "somebody whose traces were deleted" if user_id is None else f"<@{user_id}>"
