"""The part of a local Discord that hands out interactions and takes the bot's replies to them."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from discord_messages import message_of
from discord_rules import Fault, choice_faults, form_error, mention_faults, message_faults, modal_faults

APPLICATION_ID, BOT_ID, GUILD_ID, OTHER_GUILD_ID, USER_ID = "1001", "1001", "2001", "2002", "4001"
CHANNEL_ID = {GUILD_ID: "3001", OTHER_GUILD_ID: "3002"}
SECOND_CHANNEL_ID, ROLE_ID = "3003", "8001"  # of the first server
BOT = {"id": BOT_ID, "username": "Dateline", "discriminator": "0", "global_name": None, "avatar": None, "bot": True}

HOSTILE_NAME = "@everyone [news](https://evil.example) **"

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


def person(user_id: str) -> dict[str, Any]:
    """Return a user, with a name that must never be shown: it would do harm."""
    name = f"reader{user_id}"
    return {"id": user_id, "username": name, "discriminator": "0", "global_name": HOSTILE_NAME, "avatar": None}


def member(user: Mapping[str, Any], roles: tuple[str, ...] = ()) -> dict[str, Any]:
    """Return a user as a member of the server, with roles of it."""
    joined = {"joined_at": "2024-01-01T00:00:00+00:00", "roles": list(roles)}
    return {"user": user, "deaf": False, "mute": False, "flags": 0} | joined


def unknown(what: str, code: int, *, planned: bool = False) -> Refusal:
    """Return Discord's 404."""
    return Refusal(404, {"message": f"Unknown {what}", "code": code}, planned=planned)


def invalid_form(faults: tuple[Fault, ...]) -> Refusal:
    """Return Discord's 400 with every fault at its place."""
    return Refusal(400, form_error(faults))


@dataclass(slots=True)
class Interaction:
    """
    One use of a command, from the click to the final message.

    Attributes:
        sent_at, acknowledged_at, answered_at: Seconds on the server's clock; None until it happens.
        user_id, guild_id: Who used it, and where; None in direct messages.
        acknowledgement: Type of the first reply: 4 a message, 5 "is thinking…".
        message: The reply as a reader sees it now; None while the bot is thinking.
        way: How it came: "edit" of the first reply, or as a message of its own: "channel" or "direct".
        followups: Messages sent after it.
        kind: What the person did: 2 used a command, 3 pressed a button, 4 is typing, 5 sent a form.
        pressed: The message whose button was pressed.
        data: What the bot offered instead of a message: choices, or a form.
        used_in: The channel that it was used in, where that is not the server's usual one.
    """

    interaction_id: str
    token: str
    sent_at: float
    user_id: str = USER_ID
    guild_id: str | None = GUILD_ID
    way: str = ""
    acknowledged_at: float | None = None
    answered_at: float | None = None
    acknowledgement: int | None = None
    message: dict[str, Any] | None = None
    followups: list[dict[str, Any]] = field(default_factory=list)
    flags: int = 0
    kind: int = COMMAND
    pressed: dict[str, Any] | None = None
    data: dict[str, Any] | None = None
    used_in: str | None = None
    acknowledged: asyncio.Event = field(default_factory=asyncio.Event)
    answered: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def ephemeral(self) -> bool:
        """Whether only the asker sees the reply."""
        return bool(self.flags & EPHEMERAL)

    @property
    def message_id(self) -> str:
        """Of the first reply; of the message whose button was pressed where that is edited."""
        edits = self.pressed is not None and self.acknowledgement in (DEFERRED_EDIT, EDIT_NOW)
        return self.pressed["id"] if edits and self.pressed else f"5{self.interaction_id}"

    @property
    def channel_id(self) -> str:
        """Where it was used."""
        return self.used_in or (CHANNEL_ID[self.guild_id] if self.guild_id else f"6{self.user_id}")

    @property
    def answer_s(self) -> float:
        """Seconds from the click to the final message."""
        assert self.answered_at is not None
        return self.answered_at - self.sent_at

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

    def __init__(self, clock: Callable[[], float], report: Callable[[str], None], *, token_life_s: float) -> None:
        """
        Start without any.

        Args:
            clock: Seconds.
            report: Called with each broken rule that Discord itself would not refuse.
            token_life_s: How long an interaction's token is good for; a test's 15 minutes may be shorter.
        """
        self.token_life_s = token_life_s
        self._clock = clock
        self._report = report
        self._numbers = count(9001)
        self._by_token: dict[str, Interaction] = {}

    def create(
        self, command: Mapping[str, Any], options: Mapping[str, Any], *, user_id: str, guild_id: str | None
    ) -> tuple[Interaction, dict[str, Any]]:
        """Return a new interaction and the event that tells the bot of it."""
        types = {option["name"]: option["type"] for option in command.get("options", [])}
        given = [{"name": name, "type": types[name], "value": value} for name, value in options.items()]
        data = {"id": command["id"], "name": command["name"], "type": 1, "options": given}
        return self.begin(COMMAND, data, user_id=user_id, guild_id=guild_id)

    def begin(
        self,
        kind: int,
        data: Mapping[str, Any],
        *,
        pressed: dict[str, Any] | None = None,
        user_id: str = USER_ID,
        guild_id: str | None = GUILD_ID,
        used_in: str | None = None,
        **more: Any,
    ) -> tuple[Interaction, dict[str, Any]]:
        """
        Return a new interaction of any kind, and the event that tells the bot of it.

        Args:
            kind: What the person did.
            data: With what.
            pressed: The message whose button it was.
            user_id: Who did it.
            guild_id: Where; None in direct messages.
            used_in: Another channel than the server's usual one.
            more: What differs from the usual event: another member, for instance.
        """
        number = str(next(self._numbers))
        interaction = Interaction(
            number, f"token-{number}", self._clock(), user_id, guild_id, kind=kind, pressed=pressed, used_in=used_in
        )
        self._by_token[interaction.token] = interaction
        event = _event(interaction, data) | more
        return interaction, event | ({"message": pressed} if pressed else {})

    def shown(self, interaction: Interaction) -> dict[str, Any]:
        """Return the final message of an interaction as Discord would send it."""
        return _message(interaction, interaction.message or {})

    def public(self, message_id: str) -> list[dict[str, Any]]:
        """Return the final message of this id that its whole channel sees: at most one, and none that is ephemeral."""
        found = [one for one in self._by_token.values() if one.message and one.message_id == message_id]
        return [_message(one, one.message or {}) for one in found if not one.ephemeral and one.pressed is None]

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
            self._answer(interaction, content, way="edit")
        return _callback_response(interaction)

    def edit(self, token: str, content: Mapping[str, Any]) -> dict[str, Any]:
        """
        Edit the first reply.

        Raises:
            Refusal: 10015 before there is one, 50027 after 15 minutes, 50035 for a message over a limit.
        """
        interaction = self._acknowledged(token)
        self._check(content)
        self._answer(interaction, content, way="edit")
        return _message(interaction, content)

    def post(self, channel_id: str, content: Mapping[str, Any]) -> dict[str, Any]:
        """
        Take a message into a channel, as the answer to the interaction that it replies to.

        In direct messages it answers the oldest that waits. Only who asked may be named, and notified.

        Raises:
            Refusal: 50035 for a message over a limit.
        """
        interaction = self._waiting(channel_id, content.get("message_reference") or {})
        asker = interaction.user_id if interaction else ""
        self._check_names(content)
        for fault in mention_faults(content, may_notify=asker):
            self._report(str(fault))
        if content.get("content") not in (None, "", f"<@{asker}>"):
            self._report(f"content of a message in {channel_id} is not ours")
        if faults := message_faults(content):
            raise invalid_form(faults)
        if interaction is None:
            self._report(f"a message in {channel_id} that answers nobody")
            interaction = Interaction("0", "", self._clock())
        self._answer(interaction, content, way="direct" if channel_id.startswith("6") else "channel")
        return _message(interaction, content) | {"id": f"8{interaction.interaction_id}", "channel_id": channel_id}

    def _waiting(self, channel_id: str, reference: Mapping[str, Any]) -> Interaction | None:
        """Find the interaction that a message answers."""
        waiting = [one for one in self._by_token.values() if not one.answered.is_set()]
        if channel_id.startswith("6"):
            return next((one for one in waiting if f"6{one.user_id}" == channel_id), None)
        referred = [one for one in waiting if one.message_id == str(reference.get("message_id"))]
        late = [one for one in waiting if one.channel_id == channel_id and one.acknowledged_at is None]
        return next(iter(referred + late), None)

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
        if self._clock() - interaction.sent_at > self.token_life_s:
            raise Refusal(401, {"message": "Invalid Webhook Token", "code": 50027})
        return interaction

    def _check(self, content: Mapping[str, Any]) -> None:
        self._check_names(content)
        for fault in mention_faults(content):
            self._report(str(fault))
        if faults := message_faults(content):
            raise invalid_form(faults)

    def _check_names(self, content: Mapping[str, Any]) -> None:
        if HOSTILE_NAME in repr(content):
            self._report("a person's name is shown as they wrote it")

    def _answer(self, interaction: Interaction, content: Mapping[str, Any], *, way: str) -> None:
        interaction.message, interaction.way = dict(content), way
        interaction.answered_at = self._clock()
        interaction.answered.set()


def _event(interaction: Interaction, data: Mapping[str, Any]) -> dict[str, Any]:
    event = {
        "id": interaction.interaction_id,
        "application_id": APPLICATION_ID,
        "type": interaction.kind,
        "token": interaction.token,
        "version": 1,
        "data": data,
        "channel_id": interaction.channel_id,
        "app_permissions": "0",
        "locale": "en-GB",
        "entitlements": [],
        "attachment_size_limit": 10_000_000,
    }
    return event | (_in_direct_messages(interaction) if interaction.guild_id is None else _in_a_server(interaction))


def _in_a_server(interaction: Interaction) -> dict[str, Any]:
    return {
        "guild_id": interaction.guild_id,
        "channel": {"id": interaction.channel_id, "type": 0, "name": "news", "permissions": "0"},
        "member": member(person(interaction.user_id)) | {"permissions": "0"},
        "guild_locale": "en-GB",
        "authorizing_integration_owners": {"0": interaction.guild_id},
        "context": 0,
    }


def _in_direct_messages(interaction: Interaction) -> dict[str, Any]:
    user = person(interaction.user_id)
    return {
        "channel": {"id": interaction.channel_id, "type": 1, "recipients": [user], "permissions": "0"},
        "user": user,
        "authorizing_integration_owners": {"0": "0"},
        "context": 1,
    }


def _callback_response(interaction: Interaction) -> dict[str, Any]:
    thinking = interaction.acknowledgement == DEFERRED
    about = {"id": interaction.interaction_id, "type": interaction.kind, "response_message_loading": thinking}
    about |= {"response_message_id": interaction.message_id, "response_message_ephemeral": interaction.ephemeral}
    if interaction.acknowledgement in (CHOICES, SHOW_FORM, DEFERRED_EDIT):
        return {"interaction": about, "resource": {"type": interaction.acknowledgement}}
    message = _message(interaction, interaction.message or {})
    return {"interaction": about, "resource": {"type": interaction.acknowledgement, "message": message}}


def _message(interaction: Interaction, content: Mapping[str, Any]) -> dict[str, Any]:
    where = {"message_id": interaction.message_id, "channel_id": interaction.channel_id}
    return message_of(content, author=BOT, **where) | {
        "type": 20,
        "flags": interaction.flags if content else interaction.flags | LOADING,
        "webhook_id": APPLICATION_ID,
    }
