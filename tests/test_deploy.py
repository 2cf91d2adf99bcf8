"""What `deploy/` promises: nothing runs as root or may write where it need not, and the token is in none of it."""

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
import yaml

REPOSITORY = Path(__file__).parents[1]
DEPLOY = REPOSITORY / "deploy"
SERVICES: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))["services"]


@pytest.mark.parametrize("name", SERVICES)
def test_every_container_may_do_as_little_as_possible(name: str) -> None:
    """Each has a read-only root, no capabilities and no way to more; Dateline's have a user of their own."""
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert "ports" not in service
    assert "build" not in service or service["user"] == "10001:10001"


def test_the_chroma_server_is_the_version_that_the_client_is_and_reaches_nothing() -> None:
    """A server of another version is no surprise to be had in production, and it has no network but the bot's."""
    pinned = re.search(r"^chromadb==(.*)$", (REPOSITORY / "constraints.txt").read_text(encoding="utf-8"), re.M)
    assert pinned is not None
    assert SERVICES["chroma"]["image"] == f"chromadb/chroma:{pinned[1]}"
    assert SERVICES["chroma"]["networks"] == ["store"]


def test_the_image_ends_as_a_user_of_its_own_without_a_token() -> None:
    """The last stage leaves root, and no instruction names a token."""
    lines = (DEPLOY / "Dockerfile").read_text(encoding="utf-8").splitlines()
    last_stage = lines[max(n for n, line in enumerate(lines) if line.startswith("FROM ")) :]
    assert [line for line in last_stage if line.startswith("USER ")] == ["USER 10001:10001"]
    assert not [line for line in lines if "TOKEN" in line.upper() and not line.startswith("#")]


def test_the_units_are_hardened_together() -> None:
    """One drop-in holds for all units by their names, and the token is a credential of the bot alone."""
    units = sorted((DEPLOY / "systemd").glob("*.service"))
    assert [unit.stem for unit in units] == ["dateline-backup", "dateline-bot", "dateline-reindex"]
    shared = (DEPLOY / "systemd" / "dateline-.service.d" / "hardening.conf").read_text(encoding="utf-8").splitlines()
    wanted = {"User=dateline", "UMask=0077", "NoNewPrivileges=yes", "ProtectSystem=strict", "CapabilityBoundingSet="}
    assert wanted <= set(shared)
    named = [unit.stem for unit in units if "discord-token" in unit.read_text(encoding="utf-8")]
    assert named == ["dateline-bot"]


@contextmanager
def answering(status: int) -> Iterator[int]:
    """Serve `/healthz` with a status; yields the port."""

    class Health(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            """Answer as the bot does."""
            self.send_response(status if self.path == "/healthz" else 404)
            self.end_headers()
            self.wfile.write(b'{"status": "told"}')

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Health) as server:
        thread = Thread(target=server.handle_request)
        thread.start()
        yield server.server_address[1]
        thread.join()


@pytest.mark.parametrize(("status", "expected"), [(200, 0), (503, 1)])
def test_the_health_check_says_what_the_bot_says(status: int, expected: int) -> None:
    """Docker sees status 0 while `/healthz` answers 200, and otherwise 1 with what it told."""
    with answering(status) as port:
        ended = healthy(port)
    assert (ended.returncode, ended.stderr) == (expected, '{"status": "told"}\n' if expected else "")


def test_a_bot_that_does_not_answer_is_not_healthy() -> None:
    """Where nothing listens, the check fails in one line."""
    with HTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as server:
        port = server.server_address[1]
    ended = healthy(port)
    assert ended.returncode == 1
    assert ended.stderr.startswith("no answer: ")


def healthy(port: int) -> "subprocess.CompletedProcess[str]":
    """Run the check as the image does."""
    command = [sys.executable, DEPLOY / "healthy.py", str(port)]
    return subprocess.run(command, check=False, capture_output=True, text=True, timeout=60)


def test_every_test_that_the_threat_model_names_is_there() -> None:
    """A defence in SECURITY.md points at a test that exists."""
    named = set(re.findall(r"`([\w/]*test_\w+\.py)`", (REPOSITORY / "SECURITY.md").read_text(encoding="utf-8")))
    there = {file.name for file in (REPOSITORY / "tests").rglob("test_*.py")}
    assert named
    assert {name for name in named if not ((REPOSITORY / name).exists() or name in there)} == set()
