"""
Discord's rules for what a bot sends, as pure functions: a payload in, its faults out.

Where Discord's own count is uncertain the stricter reading is taken: lengths are counted in UTF-16 units.
See https://discord.com/developers/docs/resources/message and …/interactions/application-commands.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

Place = tuple[str | int, ...]
Payload = Mapping[str, Any]

CONTENT_LIMIT = 2_000
NONCE_LIMIT = 25
EMBEDS_LIMIT = 10
EMBEDS_TOTAL_LIMIT = 6_000
FIELDS_LIMIT = 25
EMBED_LIMITS: dict[Place, int] = {
    ("title",): 256,
    ("description",): 4_096,
    ("footer", "text"): 2_048,
    ("author", "name"): 256,
}
FIELD_LIMITS = {"name": 256, "value": 1_024}
COMMAND_LIMIT = 8_000  # names, descriptions and values of a command, its options and choices, all subcommands included
SUBCOMMAND, SUBCOMMAND_GROUP = 1, 2
PRIVILEGED_INTENTS = 1 << 1 | 1 << 8 | 1 << 15  # members, presences, message content

_COMMAND_NAME = re.compile(r"[-_'\w]{1,32}")


@dataclass(frozen=True, slots=True)
class Fault:
    """
    One broken rule.

    Attributes:
        path: Where in the payload: keys and indices from its root.
        code: Discord's name for the rule.
        message: Discord's words, or ours where they are not documented.
    """

    path: Place
    code: str
    message: str

    def __str__(self) -> str:
        return f"{'.'.join(map(str, self.path))}: {self.message} ({self.code})"


def form_error(faults: Iterable[Fault]) -> dict[str, Any]:
    """Return the body of Discord's 400 response, in which faults are nested as the payload is."""
    errors: dict[str, Any] = {}
    for fault in faults:
        place = errors
        for key in fault.path:
            place = place.setdefault(str(key), {})
        place.setdefault("_errors", []).append({"code": fault.code, "message": fault.message})
    return {"message": "Invalid Form Body", "code": 50035, "errors": errors}


def message_faults(message: Payload) -> tuple[Fault, ...]:
    """Check a message that a bot sends or edits: lengths, counts, addresses, and that there is one at all."""
    embeds = message.get("embeds") or []
    found = [*_too_long(("content",), message.get("content"), CONTENT_LIMIT)]
    if not message.get("content") and not embeds:
        found.append(Fault(("content",), "BASE_TYPE_REQUIRED", "Cannot send an empty message"))
    found += _too_long(("nonce",), message.get("nonce"), 25)
    found += _too_many(("embeds",), embeds, EMBEDS_LIMIT)
    found += _component_faults(("components",), message.get("components") or [])
    for position, embed in enumerate(embeds):
        found += _embed_faults(("embeds", position), embed)
    if sum(map(_embed_units, embeds)) > EMBEDS_TOTAL_LIMIT:
        limit = f"Embed size exceeds maximum size of {EMBEDS_TOTAL_LIMIT}"
        found.append(Fault(("embeds",), "MAX_EMBED_SIZE_EXCEEDED", limit))
    return tuple(found)


def nonce_faults(message: Payload) -> tuple[Fault, ...]:
    """Check the nonce of a message: a number, or a text of at most 25 characters."""
    nonce = message.get("nonce")
    return tuple(_too_long(("nonce",), nonce, NONCE_LIMIT)) if isinstance(nonce, str) else ()


def mention_faults(message: Payload, *, may_notify: str = "") -> tuple[Fault, ...]:
    """Check this project's own rule: no message may notify anyone but the one person named here, and each says so."""
    allowed = message.get("allowed_mentions")
    if allowed is None:
        return (Fault(("allowed_mentions",), "MISSING", "Mentions are allowed by default"),)
    some = [key for key in ("parse", "roles", "replied_user") if allowed.get(key)]
    some += ["users"] if set(map(str, allowed.get("users") or ())) - {may_notify} else []
    return tuple(Fault(("allowed_mentions", key), "ALLOWED", "Mentions must be off") for key in some)


def command_faults(commands: Sequence[Payload]) -> tuple[Fault, ...]:
    """Check the commands a bot registers: names, descriptions, options."""
    found = [*_too_many((), commands, 100), *_repeated((), commands)]
    for position, command in enumerate(commands):
        if command.get("type", 1) != 1:  # an entry of a menu
            found += _entry_faults((position,), command)
            continue
        found += _named_faults((position,), command)
        found += _option_faults((position, "options"), command.get("options") or [])
        if (size := _command_units(command)) > COMMAND_LIMIT:
            limit = f"Command exceeds maximum size ({COMMAND_LIMIT}): {size}"
            found.append(Fault((position,), "APPLICATION_COMMAND_TOO_LARGE", limit))
    return tuple(found)


def intent_faults(intents: int) -> tuple[Fault, ...]:
    """Check this project's own rule: the bot needs no privileged intent."""
    refused = intents & PRIVILEGED_INTENTS
    return (Fault(("intents",), "PRIVILEGED", f"Privileged intents asked for: {refused:#x}"),) if refused else ()


def _embed_faults(path: Place, embed: Payload) -> Iterator[Fault]:
    for inner, limit in EMBED_LIMITS.items():
        yield from _too_long(path + inner, _at(embed, inner), limit)
    if not any(embed.get(key) for key in ("title", "description", "fields", "footer", "author", "image")):
        yield Fault(path, "BASE_TYPE_REQUIRED", "This embed is empty")
    if embed.get("url") and not str(embed["url"]).startswith(("http://", "https://")):
        yield Fault((*path, "url"), "URL_TYPE_INVALID_SCHEME", "Scheme must be one of ('http', 'https')")
    if "footer" in embed:
        yield from _missing((*path, "footer", "text"), _at(embed, ("footer", "text")))
    fields = embed.get("fields") or []
    yield from _too_many((*path, "fields"), fields, FIELDS_LIMIT)
    for position, field in enumerate(fields):
        for key, limit in FIELD_LIMITS.items():
            place = (*path, "fields", position, key)
            yield from _missing(place, field.get(key))
            yield from _too_long(place, field.get(key), limit)


def _component_faults(path: Place, rows: Sequence[Payload]) -> Iterator[Fault]:
    """Check rows of buttons: at most 5 of 5, each with an id of its own and something to see."""
    yield from _too_many(path, rows, 5)
    seen = list[str]()
    for position, row in enumerate(rows):
        buttons = row.get("components") or []
        yield from _too_many((*path, position, "components"), buttons, 5)
        for number, button in enumerate(buttons):
            place = (*path, position, "components", number)
            seen.append(button.get("custom_id") or "")
            yield from _missing((*place, "custom_id"), button.get("custom_id"))
            yield from _too_long((*place, "custom_id"), button.get("custom_id"), 100)
            yield from _too_long((*place, "label"), button.get("label"), 80)
            if not button.get("label") and not button.get("emoji"):
                yield Fault((*place, "label"), "BUTTON_COMPONENT_MISSING_LABEL_EMOJI", "A label or emoji is required")
    if len(set(seen)) < len(seen):
        yield Fault(path, "COMPONENT_CUSTOM_ID_DUPLICATED", "Component custom id cannot be duplicated")


def modal_faults(modal: Payload) -> tuple[Fault, ...]:
    """Check a form: its title, and texts with a label and an id."""
    found = [*_missing(("title",), modal.get("title")), *_too_long(("title",), modal.get("title"), 45)]
    found += _missing(("custom_id",), modal.get("custom_id"))
    found += _too_long(("custom_id",), modal.get("custom_id"), 100)
    rows = modal.get("components") or []
    found += _too_many(("components",), rows, 5)
    if not rows:
        found.append(Fault(("components",), "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 5 in length."))
    for position, row in enumerate(rows):
        for text in row.get("components") or [row.get("component") or {}]:
            place = ("components", position, "label")
            found += _missing(place, text.get("label") or row.get("label"))
            found += _too_long(place, text.get("label"), 45)
    return tuple(found)


def choice_faults(choices: Sequence[Payload], *, path: Place = ("choices",)) -> tuple[Fault, ...]:
    """Check what can be chosen, or is offered while somebody types."""
    found = [*_too_many(path, choices, 25)]
    for position, choice in enumerate(choices):
        for key in ("name", "value"):
            given = choice.get(key)
            text = str(given) if key == "value" and isinstance(given, int | float) else given  # of a numeric option
            found += _missing((*path, position, key), text)
            found += _too_long((*path, position, key), text, 100)
    return tuple(found)


def _entry_faults(path: Place, entry: Payload) -> Iterator[Fault]:
    """Check an entry of a user's or message's menu: any name of 32 characters, and no description."""
    yield from _missing((*path, "name"), entry.get("name"))
    yield from _too_long((*path, "name"), entry.get("name"), 32)
    if entry.get("description"):
        message = "Context menu commands cannot have description"
        yield Fault((*path, "description"), "APPLICATION_COMMAND_CONTEXT_MENU_DESCRIPTION", message)


def _option_faults(path: Place, options: Sequence[Payload]) -> Iterator[Fault]:
    yield from _too_many(path, options, 25)
    yield from _repeated(path, options)
    required = [bool(option.get("required")) for option in options]
    if required != sorted(required, reverse=True):
        message = "Required options must be placed before non-required options"
        yield Fault(path, "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID", message)
    for position, option in enumerate(options):
        yield from _named_faults((*path, position), option)
        if option.get("type") not in range(1, 12):
            yield Fault((*path, position, "type"), "BASE_TYPE_CHOICES", "Value must be one of 1 to 11")
        choices = option.get("choices") or []
        yield from choice_faults(choices, path=(*path, position, "choices"))
        if choices and option.get("autocomplete"):
            message = "Choices and autocomplete are mutually exclusive"
            yield Fault((*path, position, "choices"), "APPLICATION_COMMAND_OPTIONS_CHOICES_AUTOCOMPLETE", message)
        yield from _option_faults((*path, position, "options"), option.get("options") or [])
    if len({option.get("type") in (SUBCOMMAND, SUBCOMMAND_GROUP) for option in options}) > 1:
        message = "Sub-command and sub-command group option types are mutually exclusive to all other types"
        yield Fault(path, "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", message)


def _command_units(named: Payload) -> int:
    """Count what Discord counts of a command: names, descriptions and values, all the way down."""
    own = sum(_units(str(named.get(key) or "")) for key in ("name", "description", "value"))
    inner = chain(named.get("options") or [], named.get("choices") or [])
    return own + sum(map(_command_units, inner))


def _named_faults(path: Place, named: Payload) -> Iterator[Fault]:
    """Check the name and description of a command or an option."""
    name = str(named.get("name", ""))
    if not _COMMAND_NAME.fullmatch(name) or name != name.lower():
        yield Fault((*path, "name"), "APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid")
    yield from _missing((*path, "description"), named.get("description"))
    yield from _too_long((*path, "description"), named.get("description"), 100)


def _repeated(path: Place, named: Sequence[Payload]) -> Iterator[Fault]:
    names = [one.get("name") for one in named]
    if len(set(names)) < len(names):
        yield Fault(path, "APPLICATION_COMMANDS_DUPLICATE_NAME", "Names must be unique")


def _missing(path: Place, text: str | None) -> Iterator[Fault]:
    if not (text or "").strip():
        yield Fault(path, "BASE_TYPE_REQUIRED", "This field is required")


def _too_long(path: Place, text: str | None, limit: int) -> Iterator[Fault]:
    if _units(text) > limit:
        yield Fault(path, "BASE_TYPE_MAX_LENGTH", f"Must be {limit} or fewer in length.")


def _too_many(path: Place, items: Sequence[Any], limit: int) -> Iterator[Fault]:
    if len(items) > limit:
        yield Fault(path, "BASE_TYPE_MAX_LENGTH", f"Must be {limit} or fewer in length.")


def _embed_units(embed: Payload) -> int:
    texts = (_at(embed, path) for path in EMBED_LIMITS)
    fields = (field.get(key) for field in embed.get("fields") or [] for key in FIELD_LIMITS)
    return sum(map(_units, chain(texts, fields)))


def _at(payload: Any, path: Place) -> Any:
    for key in path:
        payload = (payload or {}).get(key)
    return payload


def _units(text: str | None) -> int:
    return len((text or "").encode("utf-16-le", "surrogatepass")) // 2
