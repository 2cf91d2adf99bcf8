"""The local Discord's rules: a rule that cannot fail is worthless, so each is shown a payload that breaks it."""

from typing import Any

import pytest
from discord_rules import command_faults, form_error, intent_faults, mention_faults, message_faults

FIELD = {"name": "n", "value": "v"}
OPTION = {"type": 3, "name": "question", "description": "What?", "required": True}
PART = {"type": 1, "name": "part", "description": "A part."}
CHOICE = [{"name": "One", "value": "one"}]
WORDY = [OPTION | {"name": f"o{n}", "description": "d" * 100} for n in range(4)]
ASK = {"name": "ask", "description": "Ask.", "options": [OPTION]}
LONGEST_EMBED = {
    "title": "t" * 256,
    "description": "d" * 4_096,
    "footer": {"text": "f" * 1_392},
    "author": {"name": "a" * 256},
}
OFF: dict[str, Any] = {"parse": []}


def embed(**parts: Any) -> dict[str, Any]:
    """A message with one embed."""
    return {"embeds": [{"title": "t"} | parts]}


@pytest.mark.parametrize(
    "message",
    [
        {"content": "c" * 2_000},
        {"embeds": [LONGEST_EMBED]},
        {"embeds": [{"title": "t"}] * 10},
        embed(fields=[FIELD] * 25),
        embed(fields=[{"name": "n" * 256, "value": "v" * 1_024}], url="https://news.example"),
    ],
)
def test_messages_at_the_limits_are_accepted(message: dict[str, Any]) -> None:
    """What is just within every limit has no fault."""
    assert message_faults(message) == ()


@pytest.mark.parametrize(
    ("message", "place"),
    [
        ({}, "content"),
        ({"content": ""}, "content"),
        ({"content": "c" * 2_001}, "content"),
        ({"content": "\U0001f600" * 1_001}, "content"),
        ({"embeds": [{"title": "t"}] * 11}, "embeds"),
        ({"embeds": [LONGEST_EMBED, {"title": "t"}]}, "embeds"),
        ({"embeds": [{}]}, "embeds.0"),
        (embed(title="t" * 257), "embeds.0.title"),
        (embed(description="d" * 4_097), "embeds.0.description"),
        (embed(footer={"text": "f" * 2_049}), "embeds.0.footer.text"),
        (embed(footer={}), "embeds.0.footer.text"),
        (embed(author={"name": "a" * 257}), "embeds.0.author.name"),
        (embed(url="file:///etc/passwd"), "embeds.0.url"),
        (embed(fields=[FIELD] * 26), "embeds.0.fields"),
        (embed(fields=[FIELD, FIELD | {"name": "n" * 257}]), "embeds.0.fields.1.name"),
        (embed(fields=[FIELD | {"value": "v" * 1_025}]), "embeds.0.fields.0.value"),
        (embed(fields=[FIELD | {"value": " "}]), "embeds.0.fields.0.value"),
    ],
)
def test_messages_over_a_limit_are_refused(message: dict[str, Any], place: str) -> None:
    """Each limit is enforced, and the fault names the place."""
    assert place in [str(fault).split(":")[0] for fault in message_faults(message)]


@pytest.mark.parametrize(
    "message",
    [
        {},
        {"allowed_mentions": OFF | {"parse": ["everyone"]}},
        {"allowed_mentions": OFF | {"users": ["1"]}},
        {"allowed_mentions": OFF | {"roles": ["1"]}},
        {"allowed_mentions": OFF | {"replied_user": True}},
    ],
)
def test_mentions_must_be_off(message: dict[str, Any]) -> None:
    """A message that could notify someone, or leaves it to Discord's default, is a fault."""
    assert mention_faults({"allowed_mentions": OFF}) == ()
    assert len(mention_faults(message)) == 1


@pytest.mark.parametrize(
    ("commands", "place"),
    [
        ([ASK, ASK], ""),
        ([ASK | {"name": "Ask"}], "0.name"),
        ([ASK | {"name": "two words"}], "0.name"),
        ([ASK | {"name": "a" * 33}], "0.name"),
        ([ASK | {"description": ""}], "0.description"),
        ([ASK | {"description": "d" * 101}], "0.description"),
        ([ASK | {"options": [OPTION | {"name": f"o{n}"} for n in range(26)]}], "0.options"),
        ([ASK | {"options": [OPTION, OPTION]}], "0.options"),
        ([ASK | {"options": [OPTION | {"required": False}, OPTION | {"name": "b"}]}], "0.options"),
        ([ASK | {"options": [OPTION | {"name": "Q"}]}], "0.options.0.name"),
        ([ASK | {"options": [OPTION | {"type": 12}]}], "0.options.0.type"),
        ([ASK | {"options": [OPTION | {"description": ""}]}], "0.options.0.description"),
        ([ASK | {"options": [OPTION | {"choices": [{}] * 26}]}], "0.options.0.choices"),
        ([ASK | {"options": [OPTION | {"choices": [{"name": "", "value": "a"}]}]}], "0.options.0.choices.0.name"),
        ([ASK | {"options": [OPTION | {"choices": CHOICE, "autocomplete": True}]}], "0.options.0.choices"),
        ([ASK | {"options": [PART, OPTION]}], "0.options"),
        ([ASK | {"options": [PART | {"options": [OPTION | {"name": "Q"}]}]}], "0.options.0.options.0.name"),
        ([ASK | {"options": [PART | {"name": f"p{n}", "options": WORDY} for n in range(20)]}], "0"),
        ([ASK | {"name": f"ask{n}"} for n in range(101)], ""),
    ],
)
def test_commands(commands: list[dict[str, Any]], place: str) -> None:
    """Commands with wrong names, descriptions or options cannot be registered."""
    assert command_faults([ASK]) == ()
    assert place in [str(fault).split(":")[0] for fault in command_faults(commands)]


@pytest.mark.parametrize("privileged", [1 << 1, 1 << 8, 1 << 15])
def test_intents(privileged: int) -> None:
    """A bot that asks for a privileged intent is noticed."""
    ordinary = 1 << 0 | 1 << 9
    assert intent_faults(ordinary) == ()
    assert len(intent_faults(ordinary | privileged)) == 1


def test_form_error_has_discords_shape() -> None:
    """Faults are nested by path, each with a code and a message, as discord.py expects them."""
    error = form_error(message_faults(embed(title="t" * 257)))
    faults = error["errors"]["embeds"]["0"]["title"]["_errors"]
    assert (error["code"], error["message"]) == (50035, "Invalid Form Body")
    assert faults == [{"code": "BASE_TYPE_MAX_LENGTH", "message": "Must be 256 or fewer in length."}]
