"""A Chroma server of its own, as `chroma run` starts one."""

import socket
import subprocess
import sysconfig
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http import HTTPStatus
from http.client import HTTPException
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import chromadb
import pytest

from index_store import ChromaServer

CHROMA = Path(sysconfig.get_path("scripts"), "chroma")


class RunningServer:
    """A `chroma run` on loopback."""

    def __init__(self, folder: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self._port = free.getsockname()[1]
        command = [CHROMA, "run", "--path", folder, "--host", "127.0.0.1", "--port", str(self._port)]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while not self._answers():
            with suppress(subprocess.TimeoutExpired):
                pytest.fail(f"chroma run ended with status {self._process.wait(timeout=0.05)}")

    def _answers(self) -> bool:
        """Tell whether it serves HTTP; a connection alone may be refused, reset or, to a free port, its own end."""
        try:
            with urlopen(f"http://127.0.0.1:{self._port}/api/v2/heartbeat", timeout=60) as reply:
                return bool(reply.status == HTTPStatus.OK)
        except (OSError, HTTPException):
            return False

    def collection(self, name: str) -> ChromaServer:
        """Name one of its collections."""
        return ChromaServer(f"http://127.0.0.1:{self._port}", name)

    def stop(self) -> None:
        """End it, as a crash would."""
        with self._process as process:
            process.kill()


@contextmanager
def client_of(chroma: ChromaServer) -> Iterator[Any]:
    """A plain client of the server."""
    client: Any = chromadb.HttpClient(port=int(chroma.url.rpartition(":")[2]))
    yield client
    client.close()
    for api in (client._server, client._admin_client._server):  # Chroma leaves its connections open
        api._session.close()
