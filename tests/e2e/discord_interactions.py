"""The part of a local Discord that hands out interactions and takes the bot's replies to them."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from typing import Any

from discord_rules import Fault, choice_faults, form_error, mention_faults, message_faults, modal_faults

APPLICATION_ID, BOT_ID, GUILD_ID, CHANNEL_ID, USER_ID = "1001", "1001", "2001", "3001", "4001"
BOT = {"id": BOT_ID, "username": "Dateline", "discriminator": "0", "global_name": None, "avatar": None, "bot": True}
USER = {"id": USER_ID, "username": "reader", "discriminator": "0", "global_name": "Reader", "avatar": None}

FIRST_REPLY_S = 3.0
TOKEN_LIFE_S = 15 * 60.0
COMMAND, COMPONENT, TYPING, FORM = 2, 3, 4, 5  # what a person did
MESSAGE_NOW, DEFERRED, DEFERRED_EDIT, EDIT_NOW, CHOICES, SHOW_FORM = 4, 5, 6, 7, 8, 9
FIRST_REPLIES = {
    COMMAND: (MESSAGE_NOW, DEFERRED, SHOW_FORM),
    COMPONENT: (MESSAGE_NOW, DEFERRED, DEFERRED_EDIT, EDIT_NOW, SHOW_FORM),
    TYPING: (CHOICES,),
    FORM: (MESSAGE_NOW, DEFERRED, DEFERRED_EDIT, EDIT_NOW),
}
EPHEMERAL, LOADING = 1 << 6, 1 << 7


class Refusal(Exception):  # noqa: N818 -- it is what Discord does, not what went wrong here
    """
    A response that is no success.

    Attributes:
        status: HTTP status.
        body: Discord's error object.
        headers: Further headers.
        planned: Whether a test asked for it; otherwise the bot broke a rule.
    """

    def __init__(
        self, status: int, body: Mapping[str, Any], *, headers: Mapping[str, str] | None = None, planned: bool = False
    ) -> None:
        super().__init__(f"{status} {body.get('code')}: {body.get('message')}")
        self.status, self.body, self.headers, self.planned = status, dict(body), dict(headers or {}), planned


def member(user: Mapping[str, Any]) -> dict[str, Any]:
    """Return a user as a member of the server."""
    joined = {"joined_at": "2024-01-01T00:00:00+00:00", "roles": []}
    return {"user": user, "deaf": False, "mute": False, "flags": 0} | joined


def unknown(what: str, code: int) -> Refusal:
    """Return Discord's 404."""
    return Refusal(404, {"message": f"Unknown {what}", "code": code})


def invalid_form(faults: tuple[Fault, ...]) -> Refusal:
    """Return Discord's 400 with every fault at its place."""
    return Refusal(400, form_error(faults))


@dataclass(slots=True)
class Interaction:
    """
    One use of a command, from the click to the final message.

    Attributes:
        sent_at, acknowledged_at, answered_at: Seconds on the server's clock; None until it happens.
        acknowledgement: Type of the first reply: 4 a message, 5 "is thinking…".
        message: The reply as a reader sees it now; None while the bot is thinking.
        followups: Messages sent after it.
        kind: What the person did: 2 used a command, 3 pressed a button, 4 is typing, 5 sent a form.
        pressed: The message whose button was pressed.
        data: What the bot offered instead of a message: choices, or a form.
    """

    interaction_id: str
    token: str
    sent_at: float
    acknowledged_at: float | None = None
    answered_at: float | None = None
    acknowledgement: int | None = None
    message: dict[str, Any] | None = None
    followups: list[dict[str, Any]] = field(default_factory=list)
    flags: int = 0
    kind: int = COMMAND
    pressed: dict[str, Any] | None = None
    data: dict[str, Any] | None = None
    acknowledged: asyncio.Event = field(default_factory=asyncio.Event)
    answered: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def ephemeral(self) -> bool:
        """Whether only the asker sees the reply."""
        return bool(self.flags & EPHEMERAL)

    @property
    def acknowledgement_s(self) -> float:
        """Seconds from the click to the first reply."""
        assert self.acknowledged_at is not None
        return self.acknowledged_at - self.sent_at

    @property
    def embed(self) -> dict[str, Any]:
        """The only embed of the final message."""
        assert self.message is not None
        (embed,) = self.message["embeds"]
        return embed

    @property
    def text(self) -> str:
        """All that a reader can see in the final message's embed."""
        fields = [part for one in self.embed.get("fields", []) for part in (one["name"], one["value"])]
        texts = (self.embed.get("title"), self.embed.get("description"), *fields)
        return "\n".join(filter(None, texts))


class Interactions:
    """Every interaction of a server's life, and the rules for replying to one."""

    def __init__(self, clock: Callable[[], float], report: Callable[[str], None]) -> None:
        """
        Start without any.

        Args:
            clock: Seconds.
            report: Called with each broken rule that Discord itself would not refuse.
        """
        self._clock = clock
        self._report = report
        self._numbers = count(9001)
        self._by_token: dict[str, Interaction] = {}

    def create(self, command: Mapping[str, Any], options: Mapping[str, Any]) -> tuple[Interaction, dict[str, Any]]:
        """Return a new interaction and the event that tells the bot of it."""
        types = {option["name"]: option["type"] for option in command.get("options", [])}
        given = [{"name": name, "type": types[name], "value": value} for name, value in options.items()]
        return self.begin(COMMAND, {"id": command["id"], "name": command["name"], "type": 1, "options": given})

    def begin(
        self, kind: int, data: Mapping[str, Any], *, pressed: dict[str, Any] | None = None, **more: Any
    ) -> tuple[Interaction, dict[str, Any]]:
        """
        Return a new interaction of any kind, and the event that tells the bot of it.

        Args:
            kind: What the person did.
            data: With what.
            pressed: The message whose button it was.
            more: What differs from the usual event: another member, another channel.
        """
        number = str(next(self._numbers))
        interaction = Interaction(number, f"token-{number}", self._clock(), kind=kind, pressed=pressed)
        self._by_token[interaction.token] = interaction
        event = _event(interaction, data) | more
        return interaction, event | ({"message": pressed} if pressed else {})

    def shown(self, interaction: Interaction) -> dict[str, Any]:
        """Return the final message of an interaction as Discord would send it."""
        return _message(interaction, interaction.message or {})

    def acknowledge(self, interaction_id: str, token: str, reply: Mapping[str, Any]) -> dict[str, Any]:
        """
        Take the first reply.

        Raises:
            Refusal: 10062 after three seconds, 40060 the second time, 50035 for a message over a limit.
        """
        interaction = self._by_token.get(token)
        late = interaction is not None and self._clock() - interaction.sent_at > FIRST_REPLY_S
        if interaction is None or interaction.interaction_id != interaction_id or late:
            raise unknown("interaction", 10062)
        if interaction.acknowledged_at is not None:
            raise Refusal(400, {"message": "Interaction has already been acknowledged.", "code": 40060})
        possible = FIRST_REPLIES[interaction.kind]
        if reply.get("type") not in possible:
            raise invalid_form((Fault(("type",), "BASE_TYPE_CHOICES", f"Value must be one of {possible}"),))
        content = reply.get("data") or {}
        if reply["type"] in (MESSAGE_NOW, EDIT_NOW):
            self._check(content)
        if reply["type"] in (CHOICES, SHOW_FORM):
            faults = choice_faults(content["choices"]) if reply["type"] == CHOICES else modal_faults(content)
            if faults:
                raise invalid_form(faults)
            interaction.data = dict(content)
        interaction.acknowledged_at, interaction.acknowledgement = self._clock(), reply["type"]
        interaction.flags = content.get("flags", 0)
        interaction.acknowledged.set()
        if reply["type"] in (MESSAGE_NOW, EDIT_NOW):
            self._answer(interaction, content)
        return _callback_response(interaction)

    def edit(self, token: str, content: Mapping[str, Any]) -> dict[str, Any]:
        """
        Edit the first reply.

        Raises:
            Refusal: 10015 before there is one, 50027 after 15 minutes, 50035 for a message over a limit.
        """
        interaction = self._acknowledged(token)
        self._check(content)
        self._answer(interaction, content)
        return _message(interaction, content)

    def follow_up(self, token: str, content: Mapping[str, Any]) -> dict[str, Any]:
        """Take a further message, under the rules of `edit`."""
        interaction = self._acknowledged(token)
        self._check(content)
        interaction.followups.append(dict(content))
        return _message(interaction, content)

    def _acknowledged(self, token: str) -> Interaction:
        interaction = self._by_token.get(token)
        if interaction is None or interaction.acknowledged_at is None:
            raise unknown("Webhook", 10015)
        if self._clock() - interaction.sent_at > TOKEN_LIFE_S:
            raise Refusal(401, {"message": "Invalid Webhook Token", "code": 50027})
        return interaction

    def _check(self, content: Mapping[str, Any]) -> None:
        for fault in mention_faults(content):
            self._report(str(fault))
        if faults := message_faults(content):
            raise invalid_form(faults)

    def _answer(self, interaction: Interaction, content: Mapping[str, Any]) -> None:
        interaction.message = dict(content)
        interaction.answered_at = self._clock()
        interaction.answered.set()


def _event(interaction: Interaction, data: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": interaction.interaction_id,
        "application_id": APPLICATION_ID,
        "type": interaction.kind,
        "token": interaction.token,
        "version": 1,
        "data": data,
        "guild_id": GUILD_ID,
        "channel_id": CHANNEL_ID,
        "channel": {"id": CHANNEL_ID, "type": 0, "name": "news", "permissions": "0"},
        "member": member(USER) | {"permissions": "0"},
        "app_permissions": "0",
        "locale": "en-GB",
        "guild_locale": "en-GB",
        "entitlements": [],
        "authorizing_integration_owners": {"0": GUILD_ID},
        "context": 0,
        "attachment_size_limit": 10_000_000,
    }


def _callback_response(interaction: Interaction) -> dict[str, Any]:
    thinking = interaction.acknowledgement == DEFERRED
    about = {"id": interaction.interaction_id, "type": interaction.kind, "response_message_loading": thinking}
    about |= {"response_message_id": _message_id(interaction), "response_message_ephemeral": interaction.ephemeral}
    if interaction.acknowledgement in (CHOICES, SHOW_FORM, DEFERRED_EDIT):
        return {"interaction": about, "resource": {"type": interaction.acknowledgement}}
    message = _message(interaction, interaction.message or {})
    return {"interaction": about, "resource": {"type": interaction.acknowledgement, "message": message}}


def _message(interaction: Interaction, content: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": _message_id(interaction),
        "channel_id": CHANNEL_ID,
        "author": BOT,
        "content": content.get("content") or "",
        "embeds": [{"type": "rich"} | embed for embed in content.get("embeds") or []],
        "components": content.get("components") or [],
        "timestamp": datetime.now(UTC).isoformat(),
        "edited_timestamp": None,
        "tts": False,
        "mention_everyone": False,
        "mentions": [],
        "mention_roles": [],
        "attachments": [],
        "pinned": False,
        "type": 20,
        "flags": interaction.flags if content else interaction.flags | LOADING,
        "webhook_id": APPLICATION_ID,
    }


def _message_id(interaction: Interaction) -> str:
    edits = interaction.pressed and interaction.acknowledgement in (DEFERRED_EDIT, EDIT_NOW)
    return interaction.pressed["id"] if edits and interaction.pressed else f"5{interaction.interaction_id}"
