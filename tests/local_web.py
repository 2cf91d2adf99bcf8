"""A web of our own: one real HTTP server on loopback whose pages a test sets, changes and takes away."""

import gzip
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.utils import formatdate
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread


@dataclass(slots=True)
class Page:
    """
    What one path answers.

    Attributes:
        body: The content.
        media_type: Its Content-Type.
        status: Of the answer.
        headers: More headers of the answer.
        compressed: Whether it is sent gzipped.
    """

    body: str | bytes = ""
    media_type: str = "text/html; charset=utf-8"
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    compressed: bool = False

    @property
    def content(self) -> bytes:
        """The body as bytes."""
        return self.body.encode() if isinstance(self.body, str) else self.body

    @property
    def etag(self) -> str:
        """Changes with the content."""
        return f'"{sha256(self.content).hexdigest()[:16]}"'


@dataclass(slots=True)
class LocalWeb:
    """
    The server's pages, and what it was asked.

    Attributes:
        address: Of the server, without a slash at the end.
        pages: By path.
        asked: Path and status of every request but those for robots.txt, in order.
    """

    address: str
    pages: dict[str, Page] = field(default_factory=dict)
    asked: list[tuple[str, int]] = field(default_factory=list)

    def put(self, path: str, body: str | bytes, **more: object) -> str:
        """Set what a path answers; returns its address."""
        self.pages[path] = Page(body, **more)  # type: ignore[arg-type]
        return self.address + path


@contextmanager
def serve() -> Iterator[LocalWeb]:
    """Run the server for as long as the test needs it."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            page = web.pages.get(self.path, Page(status=404))
            unchanged = page.status == 200 and self.headers.get("If-None-Match") == page.etag
            status = 304 if unchanged else page.status
            if self.path != "/robots.txt":
                web.asked.append((self.path, status))
            content = b"" if unchanged else gzip.compress(page.content) if page.compressed else page.content
            self.send_response(status)
            for name, value in page.headers.items():
                self.send_header(name, value)
            if status == 200:
                self.send_header("ETag", page.etag)
                self.send_header("Last-Modified", formatdate(1_700_000_000, usegmt=True))
                self.send_header("Content-Type", page.media_type)
                if page.compressed:
                    self.send_header("Content-Encoding", "gzip")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = Thread(target=server.serve_forever, daemon=True)
    web = LocalWeb(f"http://127.0.0.1:{server.server_address[1]}")
    thread.start()
    try:
        yield web
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


SETTINGS = """
[fetch]
private_hosts = ["127.0.0.1"]
host_interval_s = 0
"""


def article_page(*, title: str, text: str, published_at: str = "2025-03-05T08:00:00+01:00", more: str = "") -> str:
    """Write a page as a news site does, with what it says of its article as JSON-LD."""
    paragraphs = "".join(f"<p>{paragraph}</p>" for paragraph in text.split("\n"))
    return f"""<!doctype html><html lang="en"><head><title>{title} | Harbour Wire</title>{more}
<script type="application/ld+json">{{"@context": "https://schema.org", "@type": "NewsArticle", "headline": "{title}",
"datePublished": "{published_at}", "author": {{"@type": "Person", "name": "Ada Quist"}},
"publisher": {{"@type": "Organization", "name": "Harbour Wire"}}}}</script></head>
<body><nav><a href="/">Home</a></nav><article><h1>{title}</h1>{paragraphs}</article></body></html>"""


def rss(items: str, *, title: str = "Harbour Wire", more: str = "") -> str:
    """Write a feed around its items."""
    return f"""<?xml version="1.0" encoding="utf-8"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/">
<channel><title>{title}</title><link>https://harbourwire.example/</link>{more}{items}</channel></rss>"""


def item(
    *, link: str, title: str, teaser: str = "", whole: str = "", date: str = "Wed, 05 Mar 2025 08:00:00 +0100"
) -> str:
    """Write one item of a feed: with a teaser, or with the whole article."""
    content = f"<content:encoded><![CDATA[{whole}]]></content:encoded>" if whole else ""
    return (
        f"<item><title>{title}</title><link>{link}</link><guid>{link}</guid><pubDate>{date}</pubDate>"
        f"<description>{teaser}</description>{content}</item>"
    )
