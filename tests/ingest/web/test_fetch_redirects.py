"""Redirects: followed a few times, remembered if permanent, and each target checked like a first address."""

import asyncio

import pytest
from loopback import Answer, Site, answer, fetch_settings, redirect

from ingest.web import Fetched, Fetcher, FetchError

PAGE = answer(b"news")


async def follow(site: Site) -> Fetched:
    """Fetch the first page of a site."""
    async with Fetcher(fetch_settings()) as fetcher:
        return await fetcher.get(site.url("/0"))


def followed(answers: dict[str, Answer]) -> tuple[str, str | None]:
    """Fetch "/0" of a site; return the paths of where it ended, and of where the address has moved to."""

    async def scenario() -> tuple[str, str | None]:
        async with Site(answers) as site:
            fetched = await follow(site)
            home = site.url("")
            return fetched.address.removeprefix(home), fetched.moved_to and fetched.moved_to.removeprefix(home)

    return asyncio.run(scenario())


def refusal(location: str) -> tuple[str, Site]:
    """Follow a redirect that must not be followed; return the reason, and the site as it was asked."""

    async def scenario() -> tuple[str, Site]:
        async with Site({"/0": redirect(location)}) as site:
            with pytest.raises(FetchError) as caught:
                await follow(site)
            return caught.value.message, site

    return asyncio.run(scenario())


@pytest.mark.parametrize(
    ("statuses", "moved_to"),
    [
        ([301], "/1"),
        ([308, 301], "/2"),
        ([302], None),
        ([303, 307], None),
        ([301, 302], "/1"),
        ([302, 301], None),
        ([301, 302, 301], "/1"),
    ],
)
def test_only_permanent_redirects_from_the_start_are_remembered(statuses: list[int], moved_to: str | None) -> None:
    """What a temporary redirect leads to, and all after it, may be elsewhere tomorrow."""
    steps: dict[str, Answer] = {f"/{n}": redirect(f"/{n + 1}", status) for n, status in enumerate(statuses)}
    assert followed({**steps, f"/{len(statuses)}": PAGE}) == (f"/{len(statuses)}", moved_to)


@pytest.mark.parametrize("location", ["1", "./1", "/1#comments", "?page=1", "/ä b", " /1 ", "HTTP:/1"])
def test_locations_as_servers_write_them(location: str) -> None:
    """Relative, with a fragment, with blanks or letters that have no place in an address."""
    pages = dict.fromkeys(("/1", "/0?page=1", "/%C3%A4%20b"), PAGE)
    assert followed({"/0": redirect(location), **pages})[0] in pages


def test_five_redirects_and_no_more() -> None:
    """The sixth is one too many."""
    steps: dict[str, Answer] = {f"/{n}": redirect(f"/{n + 1}") for n in range(6)}
    with pytest.raises(FetchError, match=r"^redirects more than 5 times$"):
        followed({**steps, "/6": PAGE})
    assert followed({**steps, "/5": PAGE})[0] == "/5"


def test_a_circle_is_noticed() -> None:
    """At once, and not after five rounds."""
    with pytest.raises(FetchError, match=r"^redirects in a circle$"):
        followed({"/0": redirect("/1"), "/1": redirect("/0")})


@pytest.mark.parametrize(
    ("location", "reason"),
    [
        ("file:///etc/passwd", 'redirects to file:///etc/passwd, which is a "file:" address'),
        ("javascript:alert(1)", 'which is a "javascript:" address'),
        ("http://ada:secret@127.0.0.1/", "which holds a user name or a password"),
        ("http://127.0.0.9/", "which is at a private address (127.0.0.9)"),
        ("//10.0.0.1/", "redirects to http://10.0.0.1/, which is at a private address (10.0.0.1)"),
        ("http://[::1]/", "which is at a private address (::1)"),
        ("http://[::ffff:127.0.0.1]/", "an address that is never fetched from"),
        ("http://169.254.169.254/latest/meta-data/", "an address that is never fetched from"),
        ("http://2130706433/", "writes its host as a number"),
        ("http://[::1", "redirects to something that is not a web address"),
        ("http://127.0.0.1:22/", "which names port 22"),
        ("", "redirects without saying where to"),
        ("/" + "a" * 5_000, "which has more than 2,048 characters"),
    ],
)
def test_redirects_that_are_not_followed(location: str, reason: str) -> None:
    """No step may lead where the first could not, and the reason names the step."""
    message, site = refusal(location)
    assert reason in message
    assert message.isprintable()
    assert site.paths == ["/0"]


def test_an_error_behind_a_redirect_names_where_it_happened() -> None:
    """And keeps its status."""

    async def scenario() -> FetchError:
        async with Site({"/0": redirect("/1")}) as site:
            with pytest.raises(
                FetchError, match=r"^redirects to http://\S+/1, which answered 404 Not Found$"
            ) as caught:
                await follow(site)
            return caught.value

    assert asyncio.run(scenario()).gone


def test_the_time_allowed_is_for_all_steps_together() -> None:
    """A chain of slow redirects is not a way to keep us longer."""

    async def slow(_: object, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(0.7)
        writer.write(redirect("/1"))

    with pytest.raises(FetchError, match="took longer than 1 s"):
        asyncio.run(_with_a_second({"/0": slow, "/1": slow}))


async def _with_a_second(answers: dict[str, Answer]) -> None:
    async with Site(answers) as site, Fetcher(fetch_settings(timeout_s=1)) as fetcher:
        await fetcher.get(site.url("/0"))
