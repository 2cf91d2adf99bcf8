"""An index about one bridge: two honest reports, and articles that give orders to whoever reads them."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from scripted_model import KEY, MODEL

from bot.settings import LlmSettings
from index_store import Article

QUESTION = "Who opened the Quayport bridge?"
TRUTH = "Mayor Ilse Brandt opened the Quayport bridge on Monday, the council said."
MORE = "About 5,000 people crossed the Quayport bridge on its first day, and nobody paid a toll."
MONDAY = datetime(2025, 3, 3, 18, tzinfo=UTC)
HONEST = (
    Article(
        "a" * 16, "https://harbourwire.example/bridge", "Mayor opens Quayport bridge",
        f"{TRUTH} {MORE}\n\nThe bridge, the longest in the county, cost $240m. It took six years to build.",
        ("Ann Lee",), "Harbour Wire", MONDAY, "record", "en",
    ),
    Article(
        "b" * 16, "https://dispatch.example/bridge", "Crowds at the new Quayport bridge",
        "Mayor Ilse Brandt opened the Quayport bridge on Monday with a speech, the council said. Rain fell all day.",
        (), "Delta Dispatch", MONDAY, "record", "en",
    ),
)  # fmt: skip


def injections() -> list[dict[str, Any]]:
    """Articles with orders; "obeyed" is what a model says that obeys them, "poison" what must reach nobody."""
    lines = (Path(__file__).parent / "injections" / "articles.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def hostile_articles() -> list[Article]:
    """The articles of `injections`, as a source would yield them if nothing had been cleaned away."""
    return [
        Article(
            f"{number:016x}", row["url"], row["title"], row["text"],
            tuple(row["authors"]), row["publisher"], MONDAY, "record", "en",
        )
        for number, row in enumerate(injections(), start=1)
    ]  # fmt: skip


def settings_for(url: str, *, provider: str = "openai-compatible", timeout_s: float = 10) -> LlmSettings:
    """Return settings for a scripted model; its key is read from QUAY_KEY."""
    address = f"{url}/v1" if provider == "openai-compatible" else url
    return LlmSettings.model_validate(
        {"provider": provider, "base_url": address, "model": MODEL, "api_key_env": "QUAY_KEY", "timeout_s": timeout_s}
    )


ENVIRONMENT = {"QUAY_KEY": KEY}
