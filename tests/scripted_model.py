"""
A paid model's API on loopback: it enforces its rules, and then says whatever a test wants.

Two dialects, as their documentation has them: OpenAI's chat completions and Anthropic's messages, both streamed.
"""

import json
from collections.abc import Callable, Iterable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any, Self

KEY = "sk-secret-0123456789"
MODEL = "scripted-1"
MOST_TOKENS = 1_000


class Request(BaseHTTPRequestHandler):
    """One question, and the connection to answer it on."""

    body: dict[str, Any]
    server: "_Server"

    def do_POST(self) -> None:
        """Check the question as the API does, then act the script."""
        model = self.server.model
        self.body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        model.requests.append(self)
        fault = _openai_fault(self) if self.path == "/v1/chat/completions" else _anthropic_fault(self)
        try:
            if fault:
                self.error(*fault)
            else:
                model.script(self)
        except OSError:
            pass  # the client went away
        self.close_connection = True

    @property
    def prompt(self) -> str:
        """All that the model was given."""
        return json.dumps(self.body["messages"]) + json.dumps(self.body.get("system", ""))

    def error(self, status: int, message: str, **headers: str) -> None:
        """Refuse, in the API's words."""
        self.answer(json.dumps({"error": {"message": message, "type": "error"}}).encode(), status=status, **headers)

    def answer(self, content: bytes, *, status: int = 200, kind: str = "application/json", **headers: str) -> None:
        """Send a whole answer."""
        self.send_response(status)
        for name, value in {"Content-Type": kind, "Content-Length": str(len(content)), **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(content)

    def begin(self) -> None:
        """Begin a stream of events, which ends with the connection."""
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()

    def say(self, text: str) -> None:
        """Send one part of a reply."""
        if self.path == "/v1/chat/completions":
            self.event({"id": "1", "object": "chat.completion.chunk", "created": 1, "model": MODEL, "choices": [
                {"index": 0, "delta": {"role": "assistant", "content": text}, "finish_reason": None}]})  # fmt: skip
        else:
            delta = {"type": "text_delta", "text": text}
            self.event({"type": "content_block_delta", "index": 0, "delta": delta}, "content_block_delta")

    def event(self, data: object, name: str = "") -> None:
        """Send one event."""
        text = data if isinstance(data, str) else json.dumps(data)
        self.wfile.write((f"event: {name}\n" * bool(name) + f"data: {text}\n\n").encode())
        self.wfile.flush()

    def end(self) -> None:
        """End a reply as the API does."""
        if self.path == "/v1/chat/completions":
            self.event("[DONE]")
        else:
            self.event({"type": "message_stop"}, "message_stop")

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the library's name
        """Log nothing."""


Script = Callable[[Request], None]


def saying(parts: str | Iterable[str]) -> Script:
    """Write a script that says this and ends; a text is sent in small pieces that end anywhere."""
    pieces = [parts[n : n + 7] for n in range(0, len(parts), 7)] if isinstance(parts, str) else list(parts)

    def script(request: Request) -> None:
        request.begin()
        for piece in pieces:
            request.say(piece)
        request.end()

    return script


class ScriptedModel:
    """
    The API while it is up.

    Attributes:
        script: What it does with a question that breaks no rule.
        requests: All questions, in order.
        over: Set when the test ends, so that nothing waits for ever.
    """

    def __init__(self, script: Script) -> None:
        self.script, self.requests, self.over = script, list[Request](), Event()

    def __enter__(self) -> Self:
        self._server = _Server(self)
        Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        return self

    def __exit__(self, *_: object) -> None:
        self.over.set()
        self._server.shutdown()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, model: ScriptedModel) -> None:
        self.model = model
        super().__init__(("127.0.0.1", 0), Request)


def _openai_fault(request: Request) -> tuple[int, str] | None:
    body = request.body
    if request.headers["Authorization"] != f"Bearer {KEY}":
        return 401, f"Incorrect API key provided: {request.headers['Authorization']}"  # theirs do quote it
    if body.get("model") != MODEL:
        return 404, f"The model {body.get('model')} does not exist"
    roles = [message["role"] for message in body["messages"]]
    if roles != ["system", "user"] or body.get("stream") is not True:
        return 400, "messages"
    return _common_fault(body)


def _anthropic_fault(request: Request) -> tuple[int, str] | None:
    body = request.body
    if request.path != "/v1/messages":
        return 404, "not found"
    if request.headers["X-Api-Key"] != KEY or request.headers["Authorization"]:
        return 401, "invalid x-api-key"
    if not request.headers["Anthropic-Version"]:
        return 400, "anthropic-version: header is required"
    if body.get("model") != MODEL:
        return 404, "model"
    if [message["role"] for message in body["messages"]] != ["user"] or not body.get("system"):
        return 400, "messages: roles must alternate, the system prompt is a field of its own"
    return _common_fault(body)


def _common_fault(body: dict[str, Any]) -> tuple[int, str] | None:
    if not isinstance(body.get("max_tokens"), int) or not 0 < body["max_tokens"] <= MOST_TOKENS:
        return 400, "max_tokens"
    return None if 0 <= body.get("temperature", 0) <= 1 else (400, "temperature")
