"""Visitors with manners: robots.txt is read first, hosts are not hurried, and one that asks for a pause gets it."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import pairwise
from typing import Any

import pytest
from loopback import Answer, Names, Request, Site, answer, fetch_settings, redirect
from yarl import URL

from ingest.web import Fetcher, FetchError, UnreachableError
from ingest.web.politeness import Politeness
from ingest.web.robots import Robots

PAGE = answer(b"news")


def visit(answers: dict[str, Answer], *paths: str, **settings: Any) -> tuple[list[str], Site]:
    """Fetch some pages of a site one after the other; return "news" or the reason for each, and the site."""

    async def scenario() -> tuple[list[str], Site]:
        async with Site(answers) as site, Fetcher(fetch_settings(**settings)) as fetcher:
            return [await outcome(fetcher, site.url(path)) for path in paths], site

    return asyncio.run(scenario())


async def outcome(fetcher: Fetcher, address: str) -> str:
    """Return the content of a page, or the reason why there is none."""
    try:
        return (await fetcher.get(address)).content.decode()
    except FetchError as error:
        return error.message


UNTIL = "nothing is fetched there until it can be read"


def robots(text: str) -> bytes:
    """Answer with a robots.txt."""
    return answer(text.encode(), content_type="text/plain")


@pytest.mark.parametrize(
    ("text", "allowed"),
    [
        ("User-agent: *\nDisallow: /private/", ["news", "news", "is disallowed by its robots.txt"]),
        ("User-agent: Dateline\nDisallow: /\nAllow: /news", ["news", *2 * ["is disallowed by its robots.txt"]]),
        ("User-agent: otherbot\nDisallow: /", ["news", "news", "news"]),
        ("User-agent: *\nDisallow: /\n\nUser-agent: dateline\nDisallow:", ["news", "news", "news"]),
        ("<html>not a robots.txt", ["news", "news", "news"]),
        ("", ["news", "news", "news"]),
    ],
)
def test_robots_txt_is_obeyed(text: str, allowed: list[str]) -> None:
    """By the name that our User-Agent begins with; it is read once, before anything else."""
    paths = ("/news", "/about", "/private/diary")
    outcomes, site = visit({"/robots.txt": robots(text), **dict.fromkeys(paths, PAGE)}, *paths)
    assert outcomes == allowed
    assert [request.path for request in site.requests].index("/robots.txt") == 0
    assert len(site.requests) == 1 + outcomes.count("news")


@pytest.mark.parametrize("status", ["404 Not Found", "403 Forbidden", "410 Gone"])
def test_without_a_robots_txt_all_is_allowed(status: str) -> None:
    """As RFC 9309 says."""
    assert visit({"/robots.txt": answer(status=status), "/": PAGE}, "/")[0] == ["news"]


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (answer(status="500 Internal Server Error"), "answered 500 Internal Server Error"),
        (answer(status="429 Too Many Requests"), "answered 429 Too Many Requests"),
        (answer(b"User-agent: *\n" * 900_000), "is larger than 10 MB"),
        (answer(b"", content_encoding="br"), "is sent compressed"),
        (redirect("/robots.txt"), "redirects in a circle"),
    ],
)
def test_while_robots_txt_cannot_be_read_nothing_is_fetched(said: bytes, reason: str) -> None:
    """As RFC 9309 says of servers that fail; it is not asked for again with each page."""
    outcomes, site = visit({"/robots.txt": said, "/": PAGE}, "/", "/")
    assert all(text.startswith("has a robots.txt that") and reason in text for text in outcomes)
    assert len(site.requests) == 1


def test_a_slow_robots_txt_counts_as_unreadable() -> None:
    """It has the time of a page."""

    async def silent(_: Request, __: asyncio.StreamWriter) -> None:
        await asyncio.sleep(60)

    outcomes, site = visit({"/robots.txt": silent, "/": PAGE}, "/", timeout_s=1)
    assert outcomes == [f"has a robots.txt that took longer than 1 s; {UNTIL}"]
    assert site.paths == []


@pytest.mark.parametrize(
    "text",
    [
        "".join(f"User-agent: bot{n}\n" for n in range(10_000)) + "Disallow: /a\n" * 10_000,
        "".join(f"User-agent: bot{n}\nSitemap: /\n" for n in range(6_000)) + "userx\nDisallow: /a\n" * 10_000,
        "Disallow: /\n"
        + "".join(f"User-agent: bot{n}\n" for n in range(10_000))
        + "Disallow:\nuserx\nAllow: /a" * 9_000,
    ],
)
def test_a_robots_txt_made_to_cost_much_is_not_read(text: str) -> None:
    """Half a megabyte could hold a hundred million rules, since each counts for every agent of its group."""
    started = time.monotonic()
    outcomes, _ = visit({"/robots.txt": robots(text), "/": PAGE}, "/")
    assert outcomes == [f"has a robots.txt that holds too many rules to be read; {UNTIL}"]
    assert time.monotonic() - started < 5


def test_a_long_and_honest_robots_txt_is_read() -> None:
    """Many agents with a few rules each are no attack."""
    text = "".join(f"User-agent: bot{n}\nDisallow: /a\nDisallow: /b\n\n" for n in range(5_000))
    assert visit({"/robots.txt": robots(text), "/": PAGE}, "/")[0] == ["news"]


def test_of_a_robots_txt_beyond_half_a_megabyte_the_beginning_counts() -> None:
    """As RFC 9309 says; a rule that is cut in half counts for nothing."""
    head = "User-agent: *\nDisallow: /private\nDisallow: /"
    cut = head + "n" * (512_000 - len(head)) + "ews\nDisallow: /about\n"
    outcomes, _ = visit({"/robots.txt": robots(cut), "/about": PAGE, "/private": PAGE}, "/about", "/private")
    assert outcomes == ["news", "is disallowed by its robots.txt"]


def test_the_target_of_a_redirect_is_asked_for_its_own_robots_txt() -> None:
    """Another site's permission is not enough."""

    async def scenario() -> tuple[str, Site]:
        rules = robots("User-agent: *\nDisallow: /")
        async with (
            Site({"/robots.txt": rules, "/": PAGE}, ip="127.0.0.2") as strict,
            Site({"/": redirect(strict.url())}) as site,
            Fetcher(fetch_settings()) as fetcher,
        ):
            return await outcome(fetcher, site.url()), strict

    message, strict = asyncio.run(scenario())
    assert message.startswith("redirects to ")
    assert message.endswith("which is disallowed by its robots.txt")
    assert strict.paths == []


def test_a_robots_txt_that_redirects_inwards_is_refused() -> None:
    """It is fetched on the same guarded way as pages."""
    outcomes, _ = visit({"/robots.txt": redirect("http://127.0.0.9/robots.txt"), "/": PAGE}, "/")
    reason = "redirects to http://127.0.0.9/robots.txt, which is at a private address (127.0.0.9)"
    assert outcomes[0].startswith(f"has a robots.txt that {reason}")


def test_many_tasks_read_robots_txt_once() -> None:
    """Those that come while it is being read wait for it, also when the first of them is cancelled."""

    async def scenario() -> tuple[list[str | BaseException], Site]:
        async with Site({"/": PAGE}) as site, Fetcher(fetch_settings()) as fetcher:
            tasks = [asyncio.create_task(outcome(fetcher, site.url())) for _ in range(5)]
            asyncio.get_running_loop().call_soon(tasks[0].cancel)
            return await asyncio.gather(*tasks, return_exceptions=True), site

    outcomes, site = asyncio.run(scenario())
    assert outcomes[1:] == ["news"] * 4
    assert len(site.requests) - len(site.paths) <= 2


class Crowd:
    """Counts how many requests are answered at the same time, over all the sites that share it."""

    def __init__(self) -> None:
        self.now = 0
        self.most = 0

    def slow(self, *, for_s: float) -> Callable[[Request, asyncio.StreamWriter], Awaitable[None]]:
        """Return an answer that takes a while."""

        async def serve(_: Request, writer: asyncio.StreamWriter) -> None:
            self.now += 1
            self.most = max(self.most, self.now)
            await asyncio.sleep(for_s)
            self.now -= 1
            writer.write(PAGE)

        return serve


def test_one_host_gets_one_request_at_a_time() -> None:
    """However many tasks want something from it."""
    crowd = Crowd()

    async def scenario() -> list[str]:
        async with Site({"/": crowd.slow(for_s=0.02)}) as site, Fetcher(fetch_settings()) as fetcher:
            return await asyncio.gather(*(outcome(fetcher, site.url()) for _ in range(5)))

    assert asyncio.run(scenario()) == ["news"] * 5
    assert crowd.most == 1


@pytest.mark.parametrize(("hosts_at_once", "most"), [(8, 3), (2, 2), (1, 1)])
def test_several_hosts_are_asked_at_once(hosts_at_once: int, most: int) -> None:
    """As many as the setting says."""
    crowd = Crowd()

    async def scenario() -> list[str]:
        names = Names(**{f"host{n}_example": [["127.0.0.1"]] for n in range(3)})
        named = tuple(f"host{n}.example" for n in range(3))
        settings = fetch_settings(hosts_at_once=hosts_at_once, private_hosts=named)
        async with Site({"/": crowd.slow(for_s=0.2)}) as site, Fetcher(settings, resolve=names) as fetcher:
            return await asyncio.gather(*(outcome(fetcher, site.url(host=host)) for host in named))

    assert asyncio.run(scenario()) == ["news"] * 3
    assert crowd.most == most


def test_requests_to_a_host_are_some_time_apart() -> None:
    """At least the interval between the starts of two, robots.txt included, redirects too."""
    outcomes, site = visit({"/": PAGE, "/old": redirect("/")}, "/", "/old", host_interval_s=0.1)
    times = [request.at_s for request in site.requests]
    assert outcomes == ["news", "news"]
    assert len(times) == 4
    assert min(later - earlier for earlier, later in pairwise(times)) > 0.09


def test_waiting_out_of_politeness_does_not_use_up_a_pages_time() -> None:
    """Only the network's time counts: the last in a long queue has as much of it as the first."""

    async def scenario() -> list[str]:
        async with Site({"/": PAGE}) as site, Fetcher(fetch_settings(host_interval_s=0.4, timeout_s=1)) as fetcher:
            return await asyncio.gather(*(outcome(fetcher, site.url()) for _ in range(4)))

    assert asyncio.run(scenario()) == ["news"] * 4


def test_a_crawl_delay_is_kept() -> None:
    """Where a site asks for more than our own interval."""
    rules = robots("User-agent: *\nCrawl-delay: 0.2")
    _, site = visit({"/robots.txt": rules, "/": PAGE}, "/", "/", "/")
    times = [request.at_s for request in site.requests][1:]
    assert min(later - earlier for earlier, later in pairwise(times)) > 0.19


@pytest.mark.parametrize(
    ("retry_after", "least_s", "most_s"),
    [
        ("120", 119, 120),
        (format_datetime(datetime.now(UTC) + timedelta(hours=1), usegmt=True), 2_400, 3_600),
        ("9" * 400, 86_300, 86_400),
    ],
    ids=["in seconds", "as a date", "for ever"],
)
@pytest.mark.parametrize("status", ["429 Too Many Requests", "503 Service Unavailable"])
def test_a_host_that_asks_for_a_pause_is_left_alone(
    status: str, retry_after: str, least_s: float, most_s: float
) -> None:
    """Later requests fail at once with the time that is left, a day at most; nobody sleeps that long."""

    async def scenario() -> tuple[FetchError, FetchError, Site]:
        said = answer(status=status, retry_after=retry_after)
        async with Site({"/": said, "/b": PAGE}) as site, Fetcher(fetch_settings()) as fetcher:
            with pytest.raises(FetchError) as first:
                await fetcher.get(site.url())
            with pytest.raises(UnreachableError, match="asks not to be visited for another") as second:
                await fetcher.get(site.url("/b"))
            return first.value, second.value, site

    first, second, site = asyncio.run(scenario())
    assert first.message == f"answered {status}"
    for error in (first, second):
        assert least_s <= (error.retry_after_s or 0) <= most_s
    assert site.paths == ["/"]


@pytest.mark.parametrize("retry_after", ["", "soon", "-5", "0", "Mon, 06 May 2024 07:08:09 GMT", "Mon, 99 May"])
def test_a_pause_that_is_none(retry_after: str) -> None:
    """Nonsense and times gone by pause nothing."""
    said = answer(status="503 Service Unavailable", retry_after=retry_after)
    assert visit({"/": said, "/b": PAGE}, "/", "/b")[0] == ["answered 503 Service Unavailable", "news"]


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now_s = 1_000.0

    def __call__(self) -> float:
        """Return the time."""
        return self.now_s


def test_a_pause_ends() -> None:
    """When the time is over, the host is asked again; others never had to wait."""
    clock = Clock()
    politeness = Politeness(interval_s=0, hosts_at_once=2, clock=clock)

    async def ask(host: str) -> bool:
        try:
            async with politeness.turn(host):
                return True
        except UnreachableError:
            return False

    async def scenario() -> list[bool]:
        politeness.pause("quay.example", for_s=60)
        politeness.pause("quay.example", for_s=5)  # the longer one counts
        early = [await ask("quay.example"), await ask("quay.example."), await ask("bay.example")]
        clock.now_s += 61
        return [*early, await ask("quay.example")]

    assert asyncio.run(scenario()) == [False, False, True, True]


def test_robots_txt_is_read_again_after_an_hour() -> None:
    """Or five minutes, if it could not be read; what it says then counts."""
    clock, rules, asked = Clock(), ["User-agent: *\nDisallow: /", None, ""], []

    async def read(url: URL) -> bytes:
        asked.append(str(url))
        text = rules[len(asked) - 1]
        if text is None:
            raise FetchError("answered 502 Bad Gateway", status=502)
        return text.encode()

    async def scenario() -> list[str]:
        sites = Robots(read, user_agent="Dateline/0.1", clock=clock)
        outcomes = []
        for pause_s in (0, 3_599, 2, 299, 2):
            clock.now_s += pause_s
            try:
                outcomes.append(str(await sites.ask(URL("http://quay.example/a"))))
            except FetchError as error:
                outcomes.append(error.message)
        return outcomes

    disallowed = "is disallowed by its robots.txt"
    unreadable = f"has a robots.txt that answered 502 Bad Gateway; {UNTIL}"
    assert asyncio.run(scenario()) == [disallowed, disallowed, unreadable, unreadable, "0.0"]
    assert asked == ["http://quay.example/robots.txt"] * 3
