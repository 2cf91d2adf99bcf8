"""What managers see of a server's settings: all of them, what changed, and never a name that a stranger wrote."""

from datetime import UTC, datetime

import pytest
from hostile import hostile
from hypothesis import given
from hypothesis import strategies as st
from test_rules import rules

from bot.discord.choices import choices_from
from bot.languages import LANGUAGES
from bot.render.discord import AnswerMessage
from bot.render.discord_settings import (
    changed_message,
    elsewhere_message,
    history_message,
    settings_message,
    value_of,
)
from bot.render.markup import units
from bot.rules import MOST_CHANNELS, MOST_SOURCES, NO_ROLE, SETTINGS, Change, GuildRules

WHEN = datetime(2025, 3, 5, 14, 30, tzinfo=UTC)
LARGEST = 2**63 - 1

tellings = st.builds(
    lambda setting, user_id, old, new: Change(setting, old, new, user_id, WHEN),
    st.sampled_from(SETTINGS), st.none() | st.just(LARGEST), rules, rules,
)  # fmt: skip


def fits(message: AnswerMessage) -> bool:
    """Whether Discord takes it."""
    return 0 < units(message.description) <= 4_096 and units(message.title) <= 256


@given(rules, st.lists(tellings, max_size=30))
def test_whatever_is_set_fits(one: GuildRules, told: list[Change]) -> None:
    """The longest lists of channels and publishers are shown within Discord's limits, in the history, too."""
    latest = dict.fromkeys(SETTINGS, (WHEN, LARGEST))
    for message in (
        settings_message(one, latest),
        history_message(told),
        changed_message(told),
        elsewhere_message(one.channels),
    ):
        assert fits(message)


def test_the_fullest_settings_are_shown_whole() -> None:
    """With as many channels and publishers as may be named, each setting has its line, and who changed it."""
    channels = tuple(LARGEST - n for n in range(MOST_CHANNELS))
    fullest = GuildRules(channels=channels, sources=tuple(f"{n} " + "*" * 98 for n in range(MOST_SOURCES)))
    message = settings_message(fullest, dict.fromkeys(SETTINGS, (WHEN, LARGEST)))
    assert all(f"**/settings {setting}**" in message.description for setting in SETTINGS)
    assert all(f"<#{one}>" in message.description for one in channels)
    assert message.description.count(f"by <@{LARGEST}>") == len(SETTINGS)
    assert "/settings reset" in message.description


@given(hostile.filter(str.strip))
def test_publishers_are_shown_as_they_are(name: str) -> None:
    """A publisher's name does nothing."""
    written = value_of("sources", GuildRules(sources=(name[:100],)))
    assert "<" not in written.replace(r"\<", "")
    assert "@" not in written.replace(r"\@", "")


@pytest.mark.parametrize(
    ("setting", "one", "written"),
    [
        ("channels", GuildRules(), "everywhere"),
        ("channels", GuildRules(channels=(1, 2)), "<#1>, <#2>"),
        ("adders", GuildRules(), "the role that the bot's operator named"),
        ("adders", GuildRules(adders=NO_ROLE), "nobody else"),
        ("adders", GuildRules(adders=5), "<@&5>"),
        ("dates", GuildRules(dates="de"), "German (Deutsch)"),
    ],
)
def test_values(setting: str, one: GuildRules, written: str) -> None:
    """Channels and roles are named as Discord names them, which notifies nobody in an embed."""
    assert value_of(setting, one) == written


def test_history() -> None:
    """What was changed, by whom, from what to what; who had themselves forgotten is not named."""
    told = (
        Change("answers", GuildRules(), GuildRules(answers="private"), 7, WHEN),
        Change("channels", GuildRules(channels=(1,)), GuildRules(), None, WHEN),
    )
    first, second = history_message(told).description.split("**channels**")
    assert "<@7>" in first
    assert "**answers**: everybody in the channel → **only who asks" in first
    assert "traces were deleted" in first
    assert second == ": <#1> → **everywhere**"
    assert "Nobody has changed" in history_message(()).description
    assert "so already" in changed_message(()).description


def test_languages_are_found_in_either_tongue() -> None:
    """Typing the English or the own name of a language offers it; nothing typed offers as many as Discord shows."""
    for typed in ("german", "deut"):
        assert [one.value for one in choices_from(LANGUAGES, typed)] == ["de"]
    assert len(choices_from(LANGUAGES, "")) == 25
    assert choices_from(LANGUAGES, "klingon") == []
