"""The two kinds of providers, as LlamaIndex speaks to them. Loaded when the first reply is asked for."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from importlib.util import find_spec
from typing import TYPE_CHECKING

from bot.llm.bounded import bounded_client
from bot.settings import LlmSettings
from index_store import SettingsError

if TYPE_CHECKING:
    from llama_index.core.llms import LLM

_NO_KEY = "none"  # servers that want no key ignore it, and the libraries want one
_PACKAGES = {"openai-compatible": ("openai_like", "llm"), "anthropic": ("anthropic", "anthropic")}


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
    if settings.provider == "anthropic":
        import anthropic  # noqa: F401 - takes seconds, which must not count as the model's
        import llama_index.llms.anthropic

        return _anthropic(settings, key or _NO_KEY)
    import llama_index.llms.openai_like  # noqa: F401 - the same

    return _openai_like(settings, key or _NO_KEY)


@asynccontextmanager
async def _openai_like(settings: LlmSettings, key: str) -> AsyncIterator["LLM"]:
    import httpx
    from llama_index.llms.openai_like import OpenAILike

    async with bounded_client(httpx, timeout_s=settings.timeout_s) as client:
        yield OpenAILike(
            model=settings.model,
            api_base=settings.base_url or "https://api.openai.com/v1",
            api_key=key,
            is_chat_model=True,
            temperature=0.0,
            max_tokens=settings.max_tokens,
            max_retries=0,  # a person waits, and quotes are at hand
            timeout=settings.timeout_s,
            async_http_client=client,
        )


@asynccontextmanager
async def _anthropic(settings: LlmSettings, key: str) -> AsyncIterator["LLM"]:
    import anthropic
    import httpx2
    from llama_index.llms.anthropic import Anthropic

    async with bounded_client(httpx2, timeout_s=settings.timeout_s) as client:
        address = settings.base_url or "https://api.anthropic.com"
        model = Anthropic(
            model=settings.model,
            base_url=address,
            api_key=key,
            temperature=0.0,
            max_tokens=settings.max_tokens,
            max_retries=0,
        )
        # LlamaIndex takes no HTTP client here; its own would read without bounds.
        model._aclient = anthropic.AsyncAnthropic(api_key=key, base_url=address, max_retries=0, http_client=client)
        yield model
