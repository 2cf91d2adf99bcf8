"""What is offered while somebody types, and the types of options that several commands have."""

from collections.abc import Mapping

from discord import app_commands

from bot.discord.shelf import Shelf
from bot.render.markup import units, visible
from bot.topics import completing
from index_store import DatelineError

LONGEST_CHOICE_CHARS = 100
_MOST_CHOICES = 25
_SHORTEST_TOPIC_CHARS = 2

Topic = app_commands.Range[str, _SHORTEST_TOPIC_CHARS, LONGEST_CHOICE_CHARS]
When = app_commands.Range[str, 1, 60]
Publisher = app_commands.Range[str, 1, LONGEST_CHOICE_CHARS]


async def publisher_choices(shelf: Shelf, typed: str) -> list[app_commands.Choice[str]]:
    """Offer the publishers whose name holds what was typed, those that begin with it first."""
    try:
        publishers = await shelf.publishers()
    except DatelineError:  # while somebody types there is no place for an error
        return []
    return choices_from({name: name for name in publishers}, typed)


def choices_from(names: Mapping[str, str], typed: str) -> list[app_commands.Choice[str]]:
    """Offer the values whose name holds what was typed, those that begin with it first."""
    sought = typed.casefold().strip()
    fitting = [value for value, name in names.items() if sought in name.casefold()]
    fitting.sort(key=lambda value: not names[value].casefold().startswith(sought))
    shown = [(visible(names[value])[:LONGEST_CHOICE_CHARS], value) for value in fitting]
    fit = [(label, value) for label, value in shown if label and 0 < len(value) <= LONGEST_CHOICE_CHARS]
    return [app_commands.Choice(name=label, value=value) for label, value in fit][:_MOST_CHOICES]


async def topic_choices(shelf: Shelf, typed: str) -> list[app_commands.Choice[str]]:
    """Offer the names in indexed headlines that hold what was typed, those that begin with it first."""
    shown = (visible(name) for name in completing(await shelf.topics(), typed))
    fitting = [name for name in shown if _SHORTEST_TOPIC_CHARS <= units(name) <= LONGEST_CHOICE_CHARS]
    return [app_commands.Choice(name=name, value=name) for name in fitting[:_MOST_CHOICES]]
