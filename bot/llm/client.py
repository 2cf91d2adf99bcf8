"""One question to a model, and its reply while it is written: bounded in time and length, whatever the server does."""

import asyncio
import os
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import AbstractAsyncContextManager, contextmanager, suppress
from queue import Empty, SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING, Any, Self

from bot.answering.wording import UnwordedError
from bot.llm.prompt import Prompt
from bot.llm.providers import check_installed, connected
from bot.settings import LlmSettings
from index_store import SettingsError

if TYPE_CHECKING:
    from llama_index.core.llms import LLM

CHARS_PER_TOKEN = 8  # more than any tokenizer packs into one on average
_LONGEST_GOODBYE_S = 1.0
_STATUS = {404: "the model's server knows no such model", 429: "the model takes no more questions at the moment"}
_CAUSES = (
    ("ReplyTooLong", "the model's reply is too long"),
    ("Connect", "the model's server cannot be reached"),  # httpx.ConnectError, openai.APIConnectionError
)
_UNREADABLE = "the model's reply broke off or cannot be read"

_Pieces = SimpleQueue[str | UnwordedError | None]  # None at the end


class Client:
    """The model that the settings name."""

    def __init__(self, settings: LlmSettings, key: str) -> None:
        self._settings, self._key = settings, key

    @classmethod
    def open(cls, settings: LlmSettings) -> Self:
        """
        Make ready, without sending anything.

        Raises:
            SettingsError: If its key or its packages are missing.
        """
        check_installed(settings.provider)
        variable = settings.key_variable
        key = os.environ.get(variable, "").strip() if variable else ""
        if variable and not (key and key.isascii() and key.isprintable()):
            raise SettingsError(
                f"The environment variable {variable} holds no key for the model of [llm].",
                remedy="Set it, or name another with llm.api_key_env.",
            )
        return cls(settings, key)

    def reply(self, prompt: Prompt) -> Iterator[str]:
        """
        Ask, and yield the parts of the reply as they come; at most `CHARS_PER_TOKEN` times its tokens.

        Raises:
            UnwordedError: If it fails, or is not complete in time.
        """
        model = connected(self._settings, self._key)  # loads libraries, on our own time
        deadline_s = time.monotonic() + self._settings.timeout_s
        room = CHARS_PER_TOKEN * self._settings.max_tokens
        pieces: _Pieces = SimpleQueue()
        with _beside(lambda: self._receive(model, prompt, pieces)):
            while room > 0 and (piece := self._next(pieces, deadline_s)) is not None:
                room -= len(piece)
                yield piece

    def _next(self, pieces: _Pieces, deadline_s: float) -> str | None:
        left_s = deadline_s - time.monotonic()
        try:
            piece = pieces.get(timeout=left_s) if left_s > 0 else UnwordedError(self._too_slow())
        except Empty:
            piece = UnwordedError(self._too_slow())
        if isinstance(piece, UnwordedError):
            raise piece
        return piece

    async def _receive(self, model: AbstractAsyncContextManager["LLM"], prompt: Prompt, pieces: _Pieces) -> None:
        """Put the reply into the queue, and at its end None, or what went wrong."""
        try:
            async with asyncio.timeout(self._settings.timeout_s), model as llm:
                async for part in await llm.astream_chat(_messages(prompt)):
                    pieces.put(part.delta or "")
        except Exception as error:  # noqa: BLE001 - what two libraries raise for whatever a server may send
            pieces.put(UnwordedError(self._reason(error)))
        else:
            pieces.put(None)

    def _reason(self, error: Exception) -> str:
        """Say what went wrong without a word of the server's, which could hold anything, the key included."""
        status = getattr(error, "status_code", None)
        if status in (401, 403):
            return f"the model refused the key in {self._settings.key_variable or 'no variable (llm.api_key_env)'}"
        if isinstance(status, int):
            return _STATUS.get(status, f"the model's server answered with HTTP status {status}")
        causes = " ".join(type(cause).__name__ for cause in _chain(error))
        if "Timeout" in causes:
            return self._too_slow()
        return next((reason for name, reason in _CAUSES if name in causes), _UNREADABLE)

    def _too_slow(self) -> str:
        return f"the model did not answer in {self._settings.timeout_s:g} s"


def _messages(prompt: Prompt) -> list[Any]:
    from llama_index.core.llms import ChatMessage, MessageRole

    return [ChatMessage(prompt.rules, role=MessageRole.SYSTEM), ChatMessage(prompt.task, role=MessageRole.USER)]


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """Yield an error and what caused it."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


@contextmanager
def _beside(work: Callable[[], Coroutine[Any, Any, None]]) -> Iterator[None]:
    """
    Run a coroutine in a thread of its own, and cancel it in the end.

    Only so does a reply end when its time is up: whatever a thread waits for, another one cannot interrupt it, and
    looking up a name cannot be cancelled at all.
    """
    loop = asyncio.new_event_loop()
    task = loop.create_task(work())
    thread = Thread(target=_run, args=(loop, task), name="model", daemon=True)
    thread.start()
    try:
        yield
    finally:
        with suppress(RuntimeError):  # it has ended, and its loop is closed
            loop.call_soon_threadsafe(task.cancel)
        thread.join(_LONGEST_GOODBYE_S)


def _run(loop: asyncio.AbstractEventLoop, task: asyncio.Task[None]) -> None:
    try:
        with suppress(asyncio.CancelledError):
            loop.run_until_complete(task)
        loop.run_until_complete(loop.shutdown_asyncgens())
    finally:
        loop.close()
