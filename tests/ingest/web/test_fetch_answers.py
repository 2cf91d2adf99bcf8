"""What servers answer: content within limits, "unchanged", errors, lies and silence, each told in plain words."""

import asyncio
import contextlib
import gzip
import shutil
import ssl
import subprocess
import tracemalloc
import zlib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from loopback import Answer, Request, Site, answer, fetch_settings

from ingest.web import Fetched, Fetcher, FetchError, Validators
from ingest.web.bodies import Body

HELD = Validators('"7"', "Mon, 06 May 2024 07:08:09 GMT")
NOTHING_HELD = Validators()
NEWS = b"The ferry runs again. " * 1_000


def fetch(said: Answer, *, validators: Validators = NOTHING_HELD, **settings: Any) -> tuple[Fetched, Request]:
    """Fetch a page that a server answers like this; return what came, and what the server was asked."""

    async def scenario() -> tuple[Fetched, Request]:
        async with Site({"/": said}) as site, Fetcher(fetch_settings(**settings)) as fetcher:
            return await fetcher.get(site.url(), validators=validators), site.requests[-1]

    return asyncio.run(scenario())


def failure(said: Answer, **settings: Any) -> FetchError:
    """Fetch a page that cannot be had; return the error."""
    with pytest.raises(FetchError) as caught:
        fetch(said, **settings)
    assert caught.value.message.isprintable()
    return caught.value


def test_a_page_and_what_its_headers_say() -> None:
    """Content, media type, charset, validators and freshness come as a record."""
    said = answer(
        NEWS,
        content_type="Text/HTML; Charset=ISO-8859-1",
        etag='W/"7"',
        last_modified="Mon, 06 May 2024 07:08:09 GMT",
        cache_control="public, max-age=600",
    )
    fetched, _ = fetch(said)
    assert (fetched.content, fetched.media_type, fetched.charset) == (NEWS, "text/html", "iso-8859-1")
    assert fetched.validators == Validators('W/"7"', "Mon, 06 May 2024 07:08:09 GMT")
    assert (fetched.moved_to, fetched.unchanged) == (None, False)


def test_headers_that_say_nothing_usable() -> None:
    """Odd headers are as good as none."""
    said = answer(
        NEWS, content_type="<script>", etag="\x80" * 10, cache_control="max-age=soon", last_modified="x" * 999
    )
    fetched, _ = fetch(said)
    assert (fetched.media_type, fetched.charset) == ("", None)
    assert fetched.validators == Validators()


def test_requests_say_who_we_are() -> None:
    """By a name that publishers can find; no cookies come along, nor anything but the encodings that are read."""
    _, request = fetch(answer(NEWS), user_agent="Dateline/0.1 (test)")
    assert request.headers["user-agent"] == "Dateline/0.1 (test)"
    assert request.headers["accept-encoding"] == "gzip, deflate"
    assert not {"cookie", "referer", "authorization", "if-none-match"} & set(request.headers)


def test_cookies_are_not_kept() -> None:
    """A site that sets one does not get it back."""

    async def scenario() -> list[Request]:
        async with Site({"/": answer(NEWS, set_cookie="id=7; Path=/")}) as site, Fetcher(fetch_settings()) as fetcher:
            await fetcher.get(site.url())
            await fetcher.get(site.url())
            return site.requests

    assert not any("cookie" in request.headers for request in asyncio.run(scenario()))


def test_proxies_of_the_environment_are_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """They would connect to what we refuse to."""
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9/")
    assert fetch(answer(NEWS))[0].content == NEWS


def test_unchanged() -> None:
    """A 304 to the validators is no error and has no content; one without new validators keeps the old ones."""
    fetched, request = fetch(answer(status="304 Not Modified"), validators=HELD)
    assert request.headers["if-none-match"] == '"7"'
    assert request.headers["if-modified-since"] == "Mon, 06 May 2024 07:08:09 GMT"
    assert (fetched.unchanged, fetched.content, fetched.validators) == (True, b"", HELD)
    assert fetch(answer(status="304 Not Modified", etag='"8"'), validators=HELD)[0].validators.etag == '"8"'


def test_unchanged_without_having_asked_is_an_error() -> None:
    """There would be no content to fall back on."""
    assert failure(answer(status="304 Not Modified")).message == "answered 304 Not Modified"


def test_a_stored_validator_cannot_smuggle_headers() -> None:
    """One with a line break is not sent."""
    _, request = fetch(answer(NEWS), validators=Validators('"7"\r\nCookie: id=7'))
    assert not {"cookie", "if-none-match"} & set(request.headers)


@pytest.mark.parametrize(
    ("status", "gone"),
    [("404 Not Found", True), ("410 Gone", True), ("403 Forbidden", False), ("500 Internal Server Error", False)],
)
def test_error_statuses(status: str, gone: bool) -> None:  # noqa: FBT001 - a parameter of the test
    """Are named as the standard names them, and only 404 and 410 say that the page is gone."""
    error = failure(answer(b"<h1>no</h1>", status=status))
    assert error.message == f"answered {status}"
    assert (error.status, error.gone) == (int(status[:3]), gone)


def test_the_words_of_a_status_are_not_the_servers() -> None:
    """What a stranger writes there is not shown."""
    assert failure(answer(status="404 \x1b[31mrm -rf")).message == "answered 404 Not Found"
    assert failure(answer(status="299 Whatever")).message == "answered 299"


@pytest.mark.parametrize(
    ("encoding", "packed"),
    [
        ("gzip", gzip.compress(NEWS)),
        ("x-gzip", gzip.compress(NEWS)),
        ("GZIP", gzip.compress(NEWS[:500]) + gzip.compress(NEWS[500:])),
        ("gzip", gzip.compress(NEWS) + b"\0" * 100),
        ("deflate", zlib.compress(NEWS)),
        ("deflate", zlib.compress(NEWS)[2:-4]),
        ("identity", NEWS),
    ],
)
def test_compressed_pages(encoding: str, packed: bytes) -> None:
    """Gzip, of several members or padded, and deflate, with its header or without, are unpacked."""
    assert fetch(answer(packed, content_encoding=encoding))[0].content == NEWS


@given(st.binary(max_size=2_000), st.integers(1, 50), st.booleans())
@hypothesis_settings(max_examples=50, deadline=None)
def test_a_body_does_not_depend_on_how_it_is_cut(content: bytes, size: int, packed: bool) -> None:  # noqa: FBT001
    """Chunks may end anywhere, also inside a header."""
    body = Body("gzip" if packed else "", limit_bytes=10_000)
    sent = gzip.compress(content[:700]) + gzip.compress(content[700:]) if packed else content
    for start in range(0, len(sent), size):
        body.add(sent[start : start + size])
    assert body.whole() == content


@given(st.binary(min_size=1, max_size=500), st.sampled_from(["gzip", "deflate"]))
@hypothesis_settings(max_examples=100, deadline=None)
def test_broken_compression_is_an_error_like_others(content: bytes, encoding: str) -> None:
    """Whatever bytes come, they are content or a `FetchError`."""
    body = Body(encoding, limit_bytes=10_000)
    with contextlib.suppress(FetchError):
        body.add(content)
        assert len(body.whole()) <= 10_000


def test_a_compressed_page_that_is_cut_off() -> None:
    """Half a page is not taken for a whole one."""
    packed = gzip.compress(bytes(range(256)) * 9)
    assert "its compressed data is cut off" in failure(answer(packed[:-9], content_encoding="gzip")).message
    assert "broken gzip data" in failure(answer(b"<html>", content_encoding="gzip")).message
    assert fetch(answer(b"", content_encoding="gzip"))[0].content == b""


def test_an_encoding_that_was_not_asked_for() -> None:
    """Is named."""
    assert 'compressed as "br"' in failure(answer(NEWS, content_encoding="br")).message


def test_a_gzip_bomb_is_cut_off() -> None:
    """A hundred megabytes in a hundred kilobytes are refused, and never in memory."""
    bomb = gzip.compress(b"\0" * 100_000_000, compresslevel=9)
    assert len(bomb) < 100_000
    tracemalloc.start()
    try:
        error = failure(answer(bomb, content_encoding="gzip"))
        peak_bytes = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert error.message == "is larger than 10 MB"
    assert peak_bytes < 30_000_000


def test_a_thousand_small_files_in_one() -> None:
    """Unpacking many members takes longer than sending them, so there is a limit."""
    assert "made of more than 1,000" in failure(answer(gzip.compress(b"") * 2_000, content_encoding="gzip")).message


@pytest.mark.parametrize("honest", [True, False])
def test_a_page_that_is_too_large(honest: bool) -> None:  # noqa: FBT001
    """Is refused by its length, or, without one, as soon as it is over."""

    async def endless(_: Request, writer: asyncio.StreamWriter) -> None:
        length = b"Content-Length: 9000000000\r\n" if honest else b""
        writer.write(b"HTTP/1.1 200 OK\r\n" + length + b"\r\n")
        while True:
            writer.write(b"a" * 65_536)
            await writer.drain()

    assert failure(endless, max_mb=0.5).message == "is larger than 0.5 MB"


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\nshort", "ended early"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n10\r\nshort", "ended early"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nnonsense\r\n", "something that is not HTTP"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nnews and more", "something that is not HTTP"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n", "something that is not HTTP"),
        (b"HTTP/1.1 200 OK\r\nSet-Cookie: " + b"a" * 100_000 + b"\r\n\r\n", "headers that are too large"),
        (b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 10_000 + b"\r\n", "headers that are too large"),
        (b"SSH-2.0-OpenSSH_9.6\r\n", "something that is not HTTP"),
        (b"", "closed the connection without an answer"),
        (b"HTTP/1.1 200 OK\r\nContent-", "closed the connection without an answer"),
    ],
)
def test_servers_that_do_not_keep_to_http(said: bytes, reason: str) -> None:
    """Lies about lengths, endless headers and other protocols are errors like others."""
    assert reason in failure(said).message


@pytest.mark.parametrize(
    "start", [b"HTTP/1.1 200 ", b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n"]
)
def test_dripping_bytes_end_with_the_time_allowed(start: bytes) -> None:
    """A byte now and then, as status, header or content, keeps nobody longer than the limit."""

    async def drip(_: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(start)
        while True:
            writer.write(b"a")
            await writer.drain()
            await asyncio.sleep(0.05)

    assert failure(drip, timeout_s=1).message == "took longer than 1 s"


def test_nobody_listens() -> None:
    """The system's words for it, without its numbers."""

    async def scenario() -> None:
        async with Site() as site:
            pass
        async with Fetcher(fetch_settings()) as fetcher:
            await fetcher.get(site.url())

    with pytest.raises(FetchError, match=r"^cannot be reached: connection refused$"):
        asyncio.run(scenario())


def test_a_host_that_does_not_speak_tls() -> None:
    """An https address of an http server."""

    async def scenario() -> None:
        server = await asyncio.start_server(lambda _, writer: writer.write(answer(NEWS)) or writer.close(), "127.0.0.1")
        async with server, Fetcher(fetch_settings()) as fetcher:
            await fetcher.get("https://127.0.0.1:{}/".format(*server.sockets[0].getsockname()[1:]))

    with pytest.raises(FetchError, match="does not speak TLS"):
        asyncio.run(scenario())


@pytest.mark.skipif(not shutil.which("openssl"), reason="needs openssl to make a certificate")
def test_a_certificate_that_nobody_vouches_for(tmp_path: Path) -> None:
    """Certificates are checked, and the reason is told."""
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    files = ["-keyout", str(key), "-out", str(certificate), "-subj", "/CN=127.0.0.1", "-days", "2"]
    subprocess.run([*command, *files], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)

    async def scenario() -> None:
        async with Site({"/": answer(NEWS)}, ssl=context) as site, Fetcher(fetch_settings()) as fetcher:
            await fetcher.get(site.url())

    with pytest.raises(FetchError, match="has a certificate that cannot be trusted: self-signed certificate"):
        asyncio.run(scenario())
