"""
A local Discord in which people do more than ask: they press buttons, fill in forms, write messages and open threads.

    async with TalkingDiscord() as discord:
        ...start a bot...
        said = await discord.say("<@1001> Who led the Doha talks?")
        pressed = await discord.press(said, "Sources")
"""

import asyncio
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from aiohttp import web
from discord_channels import Channels
from discord_interactions import (
    BOT,
    BOT_ID,
    COMMAND,
    COMPONENT,
    FORM,
    GUILD_ID,
    HOSTILE_NAME,
    SECOND_CHANNEL_ID,
    TYPING,
    USER_ID,
    Interaction,
    Refusal,
    invalid_form,
    member,
    person,
    unknown,
)
from discord_interactions import (
    CHANNEL_ID as CHANNELS,
)
from discord_messages import message_of
from discord_rules import mention_faults, message_faults, nonce_faults
from discord_server import PREFIX, LocalDiscord, _body, _json

USER, OTHER = person(USER_ID), person("4009")
CHANNEL_ID, DIRECT_CHANNEL_ID = CHANNELS[GUILD_ID], f"6{USER_ID}"
_DIRECT_CHANNELS = (DIRECT_CHANNEL_ID, f"6{OTHER['id']}")
MESSAGE_CONTENT = 1 << 15
MANAGE_MESSAGES = 1 << 13
PERMISSIONS = {  # that a bot can be given in a channel
    "VIEW_CHANNEL": 1 << 10,
    "SEND_MESSAGES": 1 << 11,
    "EMBED_LINKS": 1 << 14,
    "READ_MESSAGE_HISTORY": 1 << 16,
    "CREATE_PUBLIC_THREADS": 1 << 35,
    "SEND_MESSAGES_IN_THREADS": 1 << 38,
}
Message = dict[str, Any]


class TalkingDiscord(LocalDiscord):
    """
    A local Discord with messages, threads, buttons, forms and menus.

    Attributes:
        posted: What the bot wrote into channels, oldest first, as it reads now.
        edited: What the bot's messages became when it edited them by their channel, oldest edit first.
        channels: Every message of each channel, the bot's and those of others.
        threads: Threads by id.
        missing: Permissions that the bot lacks, in Discord's names.
        deleted: Ids of messages that somebody has deleted.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.posted: list[Message] = []
        self.edited: list[Message] = []
        self.threads: dict[str, dict[str, Any]] = {}
        self.missing: set[str] = set()
        self.deleted: set[str] = set()
        self.channels = Channels(self._clock)
        self._withheld = 0
        self._news = asyncio.Condition()

    # What people do.

    async def use(
        self,
        name: str,
        *,
        user: Mapping[str, Any] = USER,
        permissions: int = 0,
        used_in: str | None = None,
        direct: bool = False,
        **options: Any,
    ) -> Interaction:
        """
        Use a command, and wait for the final message.

        Args:
            name: Of the command, and of its part: "settings show".
            user: Who uses it.
            permissions: Of that person there. Discord shows nobody a command that they lack the permissions for, but an
                administrator can allow it to anybody: so can a test, which is why this is not checked here.
            used_in: Another channel than the usual one.
            direct: Whether it is used in a direct conversation.
            options: What is filled in; channels and roles by their ids.
        """
        command, part = self._command(name)
        types = {option["name"]: option for option in part.get("options", [])}
        for key, value in options.items():
            choices = [choice["value"] for choice in types[key].get("choices", [])]
            assert not choices or value in choices, f"{key}: {value} is not on offer"
        given = [{"name": key, "type": types[key]["type"], "value": value} for key, value in options.items()]
        data = _used(command, name, given) | {"resolved": _resolved(given)}
        if direct:
            return await self._done(COMMAND, data, guild_id=None)
        own = str(sum(bit for one, bit in PERMISSIONS.items() if one not in self.missing))
        who = member(user) | {"permissions": str(permissions)}
        return await self._done(COMMAND, data, member=who, used_in=used_in, app_permissions=own)

    async def complete(
        self, name: str, option: str, typed: str, *, user: Mapping[str, Any] = USER, permissions: int = 0
    ) -> list[dict[str, Any]]:
        """Type into an option of a command, and return what is offered."""
        command, part = self._command(name)
        assert next(one for one in part["options"] if one["name"] == option).get("autocomplete"), "nothing is offered"
        given = [{"name": option, "type": 3, "value": typed, "focused": True}]
        who = member(user) | {"permissions": str(permissions)}
        interaction = await self._begin(TYPING, _used(command, name, given), member=who)
        await asyncio.wait_for(interaction.acknowledged.wait(), 30)
        assert interaction.data is not None
        return interaction.data["choices"]

    def _command(self, name: str) -> tuple[dict[str, Any], dict[str, Any]]:
        """Find a command, and the part of it that is named: itself where it has none."""
        first, _, rest = name.partition(" ")
        command = self.commands[first]
        return command, next(one for one in command["options"] if one["name"] == rest) if rest else command

    async def choose(
        self,
        name: str,
        text: str,
        *,
        permissions: int = 0,
        user: Mapping[str, Any] = USER,
        roles: tuple[str, ...] = (),
    ) -> Interaction:
        """Choose an entry of a message's menu."""
        message = self._message(CHANNEL_ID, {"content": text}, author=OTHER)
        resolved = {"messages": {message["id"]: message}}
        command = self.commands[name]
        data = {"id": command["id"], "name": name, "type": 3, "target_id": message["id"], "resolved": resolved}
        return await self._done(COMMAND, data, member=member(user, roles) | {"permissions": str(permissions)})

    async def press(
        self, shown: Interaction | Message, deed: str, *, user: Mapping[str, Any] = USER, is_form: bool = False
    ) -> Interaction:
        """Press the button whose id holds this word, and wait for what comes of it: a message, or a form."""
        message = self.shown(shown) if isinstance(shown, Interaction) else shown
        buttons = [button for row in message["components"] for button in row["components"]]
        custom_id = next(button["custom_id"] for button in buttons if deed in button["custom_id"].split(":"))
        data = {"component_type": 2, "custom_id": custom_id}
        who = member(user) | {"permissions": "0"}
        if not is_form:
            return await self._done(COMPONENT, data, pressed=message, member=who)
        interaction = await self._begin(COMPONENT, data, pressed=message, member=who)
        await asyncio.wait_for(interaction.acknowledged.wait(), 30)
        return interaction

    async def fill_in(self, form: Interaction, text: str, *, user: Mapping[str, Any] = USER) -> Interaction:
        """Send the only text of a form."""
        assert form.data is not None
        (row,) = form.data["components"]
        field = (row.get("components") or [row.get("component")])[0]
        values = [{"type": 1, "components": [{"type": 4, "custom_id": field["custom_id"], "value": text}]}]
        data = {"custom_id": form.data["custom_id"], "components": values}
        return await self._done(FORM, data, pressed=form.pressed, member=member(user) | {"permissions": "0"})

    def shown(self, interaction: Interaction) -> Message:
        """Return the message that an interaction ended in."""
        return self._interactions.shown(interaction)

    async def say(
        self,
        text: str,
        *,
        channel_id: str = CHANNEL_ID,
        reply_to: Message | None = None,
        user: Mapping[str, Any] = USER,
    ) -> Message:
        """Write a message; what the bot may not read of it is left out."""
        message = self._message(channel_id, {"content": text}, author=user)
        self.channels.note(message, {})
        replied = reply_to is not None and reply_to["author"]["id"] == BOT_ID
        if f"<@{BOT_ID}>" in text or replied:
            message["mentions"] = [BOT | {"member": member(BOT)}]
        direct = channel_id == DIRECT_CHANNEL_ID
        if not (message["mentions"] or direct or self.gateway.intents & MESSAGE_CONTENT):
            message["content"] = ""
        if reply_to is not None:
            reference = {"message_id": reply_to["id"], "channel_id": channel_id, "guild_id": GUILD_ID}
            message |= {"type": 19, "message_reference": reference, "referenced_message": reply_to}
        if not direct:
            message |= {
                "guild_id": GUILD_ID,
                "member": {key: value for key, value in member(user).items() if key != "user"},
            }
        await self.gateway.dispatch("MESSAGE_CREATE", message)
        return message

    async def next_edited(self, after: int, *, timeout_s: float = 60) -> Message:
        """Return what a message of the bot's became once it has edited more than `after` times."""
        async with asyncio.timeout(timeout_s), self._news:
            await self._news.wait_for(lambda: len(self.edited) > after)
        return self.edited[after]

    async def next_posted(self, after: int, *, timeout_s: float = 60) -> Message:
        """Return what the bot wrote into a channel once it has written more than `after` messages."""
        async with asyncio.timeout(timeout_s), self._news:
            await self._news.wait_for(lambda: len(self.posted) > after)
        return self.posted[after]

    async def until(self, holds: Callable[[], bool], *, timeout_s: float = 60) -> None:
        """Wait until something holds, which is looked at whenever the bot posts, edits or asks for history."""
        async with asyncio.timeout(timeout_s), self._news:
            await self._news.wait_for(holds)

    def withhold_next(self) -> None:
        """Take the next post, and never answer it."""
        self._withheld += 1

    async def ask_aloud(self, text: str, **options: Any) -> Message:
        """Write a message and return the bot's answer to it."""
        before = len(self.posted)
        await self.say(text, **options)
        return await self.next_posted(before)

    async def _begin(self, kind: int, data: Mapping[str, Any], **more: Any) -> Interaction:
        interaction, event = self._interactions.begin(kind, data, **more)
        await self.gateway.dispatch("INTERACTION_CREATE", event)
        return interaction

    async def _done(self, kind: int, data: Mapping[str, Any], **more: Any) -> Interaction:
        interaction = await self._begin(kind, data, **more)
        await asyncio.wait_for(interaction.answered.wait(), 90)
        return interaction

    # What the bot asks for.

    def _application(self) -> web.Application:
        application = super()._application()
        application.add_routes(
            [
                web.post(f"{PREFIX}/channels/{{channel}}/typing", self._typing),
                web.get(f"{PREFIX}/channels/{{channel}}/messages", self._history),
                web.post(f"{PREFIX}/channels/{{channel}}/messages/{{message}}/threads", self._open_thread),
                web.patch(f"{PREFIX}/channels/{{channel}}/messages/{{message}}", self._edit_message),
                web.get(f"{PREFIX}/channels/{{channel}}", self._show_thread),
                web.patch(f"{PREFIX}/channels/{{channel}}", self._edit_thread),
            ]
        )
        return application

    async def _post(self, request: web.Request) -> web.Response:
        content, channel_id = await _body(request), self._known(request.match_info["channel"])
        for fault in mention_faults(content):
            self._report(str(fault))
        if faults := (*message_faults(content), *nonce_faults(content)):
            raise invalid_form(faults)
        if channel_id not in _DIRECT_CHANNELS:
            self._need("VIEW_CHANNEL", code=50001)
            self._need("SEND_MESSAGES")
        self._need("EMBED_LINKS" if content.get("embeds") else "")
        message = self.channels.repeated(content)
        if message is None:
            message = self._message(channel_id, content, author=BOT)
            self.channels.note(message, content)
            self.posted.append(message)
        await self._tell()
        if self._withheld:
            self._withheld -= 1
            await asyncio.Event().wait()
        return _json(message | ({"nonce": content["nonce"]} if "nonce" in content else {}))

    async def _history(self, request: web.Request) -> web.Response:
        """Hand out messages; without the permission to read history, none, as for an empty channel."""
        channel_id = self._known(request.match_info["channel"])
        self._need("VIEW_CHANNEL", code=50001)
        found = self.channels.history(channel_id, request.query) if self._may("READ_MESSAGE_HISTORY") else []
        may_read = self.gateway.intents & MESSAGE_CONTENT or channel_id == DIRECT_CHANNEL_ID
        await self._tell()
        return _json([one if may_read else self._as_read(one) for one in found])

    async def _edit_message(self, request: web.Request) -> web.Response:
        """Change a message of the bot's own; what the request leaves out stays."""
        content, channel_id = await _body(request), self._known(request.match_info["channel"])
        if channel_id not in _DIRECT_CHANNELS:
            self._need("VIEW_CHANNEL", code=50001)
        if self._is_archived(channel_id):
            raise Refusal(400, {"message": "Thread is archived", "code": 50083}, planned=True)
        message = self._sent(channel_id, request.match_info["message"])
        if message["author"]["id"] != BOT_ID:
            raise Refusal(403, {"message": "Cannot edit a message authored by another user", "code": 50005})
        for fault in mention_faults(content):
            self._report(str(fault))
        if faults := message_faults(message | content):
            raise invalid_form(faults)
        embeds = [{"type": "rich"} | embed for embed in content.get("embeds", message["embeds"])]
        kept = {key: content[key] for key in ("content", "components") if key in content}
        message |= kept | {"embeds": embeds, "edited_timestamp": datetime.now(UTC).isoformat()}
        self.edited.append(dict(message))
        await self._tell()
        return _json(message)

    async def delete(self, message: Message) -> None:
        """Delete a message, as a moderator does."""
        self.channels.delete(message)
        self.posted.remove(message)

    def _known(self, channel_id: str) -> str:
        if channel_id not in {CHANNEL_ID, SECOND_CHANNEL_ID, *_DIRECT_CHANNELS, *self.threads} - self.channels.gone:
            raise unknown("Channel", 10003, planned=channel_id in self.channels.gone)
        return channel_id

    def _as_read(self, message: Message) -> Message:
        """Leave out what a bot without the intent may not read: what others wrote."""
        own = message["author"]["id"] == BOT_ID
        return message if own else message | {"content": "", "embeds": [], "components": []}

    async def _tell(self) -> None:
        async with self._news:
            self._news.notify_all()

    def _sent(self, channel_id: str, message_id: str) -> Message:
        """Find a message; a private one, or one of another channel, is unknown to Discord."""
        if message_id in self.deleted:
            raise unknown("Message", 10008, planned=True)
        public = self._interactions.public(message_id)  # as an interaction left it
        if not public:
            return self.channels.find({"channel": channel_id, "message": message_id})
        again = [one for one in reversed(self.edited) if one["id"] == message_id]
        message = next((one for one in (*again, *public) if one["channel_id"] == channel_id), None)
        if message is None:
            raise unknown("Message", 10008)
        return dict(message)

    def _is_archived(self, channel_id: str) -> bool:
        return channel_id in self.threads and self.threads[channel_id]["thread_metadata"]["archived"]

    async def _show_thread(self, request: web.Request) -> web.Response:
        thread = self.threads.get(request.match_info["channel"])
        if thread is None:
            raise unknown("Channel", 10003)
        return _json(thread)

    async def _edit_thread(self, request: web.Request) -> web.Response:
        body, thread = await _body(request), self.threads.get(request.match_info["channel"])
        if thread is None:
            raise unknown("Channel", 10003)
        assert set(body) == {"archived"}, "a thread is opened or archived, nothing else of it is changed"
        self._need("SEND_MESSAGES_IN_THREADS")
        thread["thread_metadata"] |= body
        return _json(thread)

    async def _typing(self, request: web.Request) -> web.Response:  # noqa: ARG002 -- aiohttp's signature
        return web.Response(status=204)

    async def _open_thread(self, request: web.Request) -> web.Response:
        body, message_id = await _body(request), request.match_info["message"]
        self._need("CREATE_PUBLIC_THREADS")
        assert 1 <= len(body["name"]) <= 100, "a thread's name has 1 to 100 characters"
        if message_id in self.threads:
            raise Refusal(400, {"message": "A thread has already been created for this message", "code": 160004})
        now = datetime.now(UTC).isoformat()
        metadata = {"archived": False, "auto_archive_duration": 1440, "archive_timestamp": now, "locked": False}
        thread = {
            "id": message_id,
            "type": 11,
            "guild_id": GUILD_ID,
            "parent_id": request.match_info["channel"],
            "owner_id": BOT_ID,
            "name": body["name"],
            "thread_metadata": metadata,
            "message_count": 0,
            "member_count": 1,
            "rate_limit_per_user": 0,
            "flags": 0,
        }
        self.threads[message_id] = thread
        await self.gateway.dispatch("THREAD_CREATE", thread | {"newly_created": True})
        return _json(thread)

    def _may(self, permission: str) -> bool:
        return permission not in self.missing

    def _need(self, permission: str, *, code: int = 50013) -> None:
        if not self._may(permission):
            words = "Missing Access" if code == 50001 else "Missing Permissions"
            raise Refusal(403, {"message": words, "code": code}, planned=True)

    def _message(self, channel_id: str, content: Mapping[str, Any], *, author: Mapping[str, Any]) -> Message:
        return message_of(content, message_id=self.channels.next_id(), channel_id=channel_id, author=author)


def _used(command: Mapping[str, Any], name: str, given: list[dict[str, Any]]) -> dict[str, Any]:
    """Return a use of a command, or of a part of one, with what was filled in."""
    part = name.partition(" ")[2]
    options = [{"name": part, "type": 1, "options": given}] if part else given
    return {"id": command["id"], "name": command["name"], "type": 1, "options": options}


def _resolved(given: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the channels and roles among what was filled in, as Discord sends them along."""
    named: dict[int, list[str]] = {7: [], 8: []}
    for option in given:
        if option["type"] in named:
            named[option["type"]].append(option["value"])
    channels = {one: {"id": one, "type": 0, "name": HOSTILE_NAME, "permissions": "0"} for one in named[7]}
    role = {"color": 0, "hoist": False, "managed": False, "mentionable": False, "position": 1, "permissions": "0"}
    return {"channels": channels, "roles": {one: role | {"id": one, "name": HOSTILE_NAME} for one in named[8]}}


def text_of(message: Message) -> str:
    """All that a reader sees of a message."""
    parts = [message["content"]]
    for embed in message["embeds"]:
        fields = [part for field in embed.get("fields", []) for part in (field["name"], field["value"])]
        parts += [embed.get("title"), embed.get("description"), *fields]
    return "\n".join(filter(None, parts))
