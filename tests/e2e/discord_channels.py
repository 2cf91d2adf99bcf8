"""What a local Discord's channels hold: messages under ids that tell their time, their history, and nonces."""

import time
from collections.abc import Callable, Mapping
from itertools import count
from typing import Any

from discord_interactions import invalid_form, unknown
from discord_rules import Fault

NONCE_HELD_S = 180.0  # Discord documents "the past few minutes"
MOST_AT_ONCE, USUALLY_AT_ONCE = 100, 50
_EPOCH_MS = 1_420_070_400_000  # Discord's: 2015

Message = dict[str, Any]


class Channels:
    """
    The messages of all channels.

    Attributes:
        gone: Channels that were deleted.
        histories: How often history was asked for.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self.gone: set[str] = set()
        self.histories = 0
        self._clock = clock
        self._numbers = count(1)
        self._messages: dict[str, Message] = {}
        self._nonces: dict[str, tuple[float, Message]] = {}

    def next_id(self) -> str:
        """Return an id that tells the present, as all of Discord's do."""
        return str((int(time.time() * 1000) - _EPOCH_MS << 22) + next(self._numbers))

    def note(self, message: Message, content: Mapping[str, Any]) -> None:
        """Take a message, and hold its nonce where that is to be enforced."""
        self._messages[message["id"]] = message
        if content.get("enforce_nonce") and content.get("nonce") is not None:
            self._nonces[str(content["nonce"])] = (self._clock(), message)

    def repeated(self, content: Mapping[str, Any]) -> Message | None:
        """Return the message that a nonce was taken for within the past minutes."""
        if not content.get("enforce_nonce"):
            return None
        at, message = self._nonces.get(str(content.get("nonce")), (float("-inf"), None))
        return message if self._clock() - at <= NONCE_HELD_S else None

    def forget_nonces(self) -> None:
        """Let more than a few minutes pass for nonces."""
        self._nonces.clear()

    def find(self, place: Mapping[str, str]) -> Message:
        """
        Return a message by its channel and id.

        Raises:
            Refusal: 10008 where it is not there; a bot may well try, for people delete messages.
        """
        message = self._messages.get(place["message"])
        if message is None or message["channel_id"] != place["channel"]:
            raise unknown("Message", 10008, planned=True)
        return message

    def delete(self, message: Message) -> None:
        """Delete a message."""
        del self._messages[message["id"]]

    def history(self, channel_id: str, query: Mapping[str, str]) -> list[Message]:
        """
        Return messages of a channel, newest first: those next after or before one, or the last ones. No nonces.

        Raises:
            Refusal: 50035 for a count that is none, or several places at once.
        """
        self.histories += 1
        limit = int(query.get("limit", USUALLY_AT_ONCE))
        if not 1 <= limit <= MOST_AT_ONCE:
            raise invalid_form((Fault(("limit",), "NUMBER_TYPE_MAX", "Must be between 1 and 100."),))
        if len(query.keys() & {"before", "after", "around"}) > 1:
            raise invalid_form((Fault(("after",), "QUERY_EXCLUSIVE", "Only one of before, after and around."),))
        own = sorted((one for one in self._messages.values() if one["channel_id"] == channel_id), key=_id)
        if "after" in query:
            return [one for one in own if _id(one) > int(query["after"])][:limit][::-1]
        before = int(query["before"]) if "before" in query else float("inf")
        return [one for one in own if _id(one) < before][-limit:][::-1]


def _id(message: Message) -> int:
    return int(message["id"])
