"""Messages as the local Discord sends them."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any


def message_of(content: Mapping[str, Any], *, message_id: str, channel_id: str, author: object) -> dict[str, Any]:
    """Return a message with what somebody wrote, and every field that a client reads."""
    return {
        "id": message_id,
        "channel_id": channel_id,
        "author": author,
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
        "type": 0,
        "flags": 0,
    }
