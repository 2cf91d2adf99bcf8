"""The two kinds of providers, as LlamaIndex speaks to them. Loaded when the first reply is asked for."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from bot.settings import LlmSettings
from index_store import SettingsError

if TYPE_CHECKING:
    from llama_index.core.llms import LLM

_NO_KEY = "none"  # servers that want no key ignore it, and the libraries want one
_PACKAGES = {"openai-compatible": ("openai_like", "llm"), "anthropic": ("anthropic", "anthropic")}
# They take seconds, which must not count as the model's; openai would load its second half when it asks.
_LOADED = {
    "openai-compatible": ("llama_index.llms.openai_like", "openai.resources.chat"),
    "anthropic": ("llama_index.llms.anthropic", "anthropic.resources"),
}


def check_installed(provider: str) -> None:
    """
    Look for a provider's packages, without loading them.

    Raises:
        SettingsError: If they are not installed.
    """
    package, extra = _PACKAGES[provider]
    try:
        found = find_spec(f"llama_index.llms.{package}")
    except ModuleNotFoundError:  # not even its parent
        found = None
    if found is None:
        raise SettingsError(
            f"[llm] names the provider {provider}, whose packages are not installed.",
            remedy=f'Run: pip install "dateline-news[{extra}]"',
        )


def connected(settings: LlmSettings, key: str) -> AbstractAsyncContextManager["LLM"]:
    """
    Load the provider's packages, and return its model for one reply.

    Args:
        settings: The model, its address and its bounds.
        key: Sent with the question; "" for none.
    """
    for name in _LOADED[settings.provider]:
        import_module(name)
    return (_anthropic if settings.provider == "anthropic" else _openai_like)(settings, key or _NO_KEY)


@asynccontextmanager
async def _openai_like(settings: LlmSettings, key: str) -> AsyncIterator["LLM"]:
    from llama_index.llms.openai_like import OpenAILike

    from bot.llm.bounded import bounded_client

    options = _options(settings) | {"is_chat_model": True, "timeout": settings.timeout_s}
    address = settings.base_url or "https://api.openai.com/v1"
    async with bounded_client(timeout_s=settings.timeout_s) as client:
        yield OpenAILike(**options | {"api_key": key, "api_base": address, "async_http_client": client})


def _options(settings: LlmSettings) -> dict[str, Any]:
    """Return what both kinds of models are told. No retries: a person waits, and quotes are at hand."""
    return {
        "model": settings.model,
        "temperature": 0.0,
        "max_tokens": settings.max_tokens,
        "max_retries": 0,
    }


@asynccontextmanager
async def _anthropic(settings: LlmSettings, key: str) -> AsyncIterator["LLM"]:
    import anthropic
    from llama_index.core.llms import LLMMetadata
    from llama_index.llms.anthropic import Anthropic

    from bot.llm.bounded import bounded_client

    class AnyAnthropic(Anthropic):
        """LlamaIndex refuses models that are younger than itself: it looks their context up in a list."""

        @property
        def metadata(self) -> LLMMetadata:
            return LLMMetadata(model_name=self.model, is_chat_model=True)

    address = settings.base_url or "https://api.anthropic.com"
    async with bounded_client(timeout_s=settings.timeout_s) as client:
        model = AnyAnthropic(**_options(settings) | {"api_key": key, "base_url": address})
        # LlamaIndex takes no HTTP client here; its own would read without bounds.
        model._aclient = anthropic.AsyncAnthropic(api_key=key, base_url=address, max_retries=0, http_client=client)
        yield model
