"""The feeds that a new dateline.toml begins with: a list by topic, Dateline's own or another one like it."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from index_store import SettingsError, did_you_mean
from ingest.cleaning import single_line

OWN_LIST = Path(__file__).with_name("starters.toml")
_LONGEST_NAME_CHARS = 200
_FORM = 'Write a table for each topic, and in it lines like "Harbour Wire" = "https://harbourwire.example/feed.xml".'


@dataclass(frozen=True, slots=True)
class Starter:
    """A feed to begin with: its topic, who publishes it, and its address."""

    topic: str
    publisher: str
    location: str


def read_starters(file: Path = OWN_LIST) -> tuple[Starter, ...]:
    """
    Read a list of feeds by topic.

    Raises:
        SettingsError: If the file cannot be read or holds something else.
    """
    try:
        listed = tomllib.loads(file.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise SettingsError(f"{file} cannot be read: {error.strerror}.", remedy="Check --starters.") from error
    except (ValueError, RecursionError) as error:
        raise SettingsError(f"{file} is no list of feeds in TOML: {error}.", remedy=_FORM) from error
    starters = tuple(
        _starter(topic, one, file) for topic, feeds in listed.items() for one in _feeds(topic, feeds, file)
    )
    if not starters:
        raise SettingsError(f"{file} names no feed.", remedy=_FORM)
    return starters


def _feeds(topic: str, feeds: object, file: Path) -> Iterable[tuple[str, Any]]:
    if not isinstance(feeds, Mapping):
        raise SettingsError(f"{file}: {single_line(topic, limit_chars=100)} is no table.", remedy=_FORM)
    return feeds.items()


def _starter(topic: str, feed: tuple[str, Any], file: Path) -> Starter:
    publisher, location = (single_line(part, limit_chars=_LONGEST_NAME_CHARS) for part in (feed[0], str(feed[1])))
    if not (isinstance(feed[1], str) and location == feed[1] and publisher and topic.isprintable()):
        raise SettingsError(f"{file}: the feed of “{publisher}” is not allowed: {location}.", remedy=_FORM)
    return Starter(topic.strip().casefold(), publisher, location)


def topics_of(starters: Iterable[Starter]) -> tuple[str, ...]:
    """Name the topics of a list, in its order."""
    return tuple(dict.fromkeys(one.topic for one in starters))


def choose_topics(text: str, known: tuple[str, ...]) -> tuple[str, ...]:
    """
    Read which topics are wanted: names with commas or blanks between them, "all", or "none".

    Raises:
        ValueError: If one is not known; the message names the nearest, or all.
    """
    named = tuple(dict.fromkeys(text.casefold().replace(",", " ").split()))
    if named == ("all",):
        return known
    if named == ("none",):
        return ()
    for name in named:
        if name not in known:
            allowed = did_you_mean(name, known) or f"Choose from {', '.join(known)}; or all, or none."
            raise ValueError(f"There is no topic “{name}”. {allowed}")
    if not named:
        raise ValueError(f"Name at least one of {', '.join(known)}; or all, or none.")
    return tuple(topic for topic in known if topic in named)
