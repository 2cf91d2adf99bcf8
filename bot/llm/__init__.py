"""
A language model that words what was found: [llm] in dateline.toml. Without it, nothing here is loaded but this door.

prompt → client (and providers) → cutting → alignment: what a model says reaches nobody unless a sentence of an article
holds it.
"""

from bot.answering.wording import Wording
from bot.settings import LlmSettings
from index_store import Configuration

__all__ = ["open_wording"]


def open_wording(configuration: Configuration) -> Wording | None:
    """
    Make ready the model that the configuration names; None where it names none. Nothing is sent yet.

    Raises:
        SettingsError: If its key or its packages are missing.
    """
    settings = configuration.section(LlmSettings)
    if not settings.provider:
        return None
    from bot.llm.client import Client
    from bot.llm.wording import ModelWording

    return ModelWording(Client.open(settings))
