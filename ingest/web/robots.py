"""robots.txt: what publishers ask of programs that visit them (RFC 9309)."""

import asyncio
import re
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from yarl import URL

from ingest.web.records import FetchError, UnreachableError

if TYPE_CHECKING:
    from protego import Protego

_READ_BYTES = 512_000  # of a longer one the beginning counts, as RFC 9309 asks
_KEPT_S = 3_600.0
_FAILURE_KEPT_S = 300.0
_MOST_KEPT = 500  # sites
_LONGEST_DELAY_S = 30.0
_MOST_WORK = 200_000  # see `_work`; 0.3 s
_RULE = re.compile(r"\s*(?:dis)?allow\s*:", re.IGNORECASE)
_AGENT = re.compile(r"\s*user-agent\s*:", re.IGNORECASE)
_MAYBE_AGENT = re.compile(r"\s*user", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Rules:
    """What one site asks; `failure` says why that is not known, and then nothing is fetched there."""

    until: float
    robots: "Protego"
    failure: FetchError | None = None


class Robots:
    """
    The robots.txt of all sites visited, each read once an hour at most.

    Args:
        read: Fetches a robots.txt; raises `FetchError`.
        user_agent: The User-Agent that requests carry; sites know us by the name it begins with.
        known: What was read before, and where what is read is put; None begins anew.
        clock: The time in seconds, from any start.
    """

    def __init__(
        self,
        read: Callable[[URL], Awaitable[bytes]],
        *,
        user_agent: str,
        known: "dict[URL, Rules] | None" = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._read, self._clock = read, clock
        self._agent = re.split(r"[/\s(]", user_agent, maxsplit=1)[0] or user_agent
        self._rules = {} if known is None else known
        self._reading: dict[URL, asyncio.Lock] = {}

    async def ask(self, url: URL) -> float:
        """
        Ask whether a page may be fetched.

        Returns:
            How many seconds should lie between two visits of its host, as the site wishes; half a minute at most.

        Raises:
            FetchError: If it may not, or the site's robots.txt cannot be read now.
        """
        rules = await self._rules_of(url.origin())
        if rules.failure:
            raise rules.failure.with_traceback(None)  # kept and raised many times: without the earlier ones' traces
        if not rules.robots.can_fetch(str(url), self._agent):
            raise FetchError("is disallowed by its robots.txt")
        return min(rules.robots.crawl_delay(self._agent) or 0.0, _LONGEST_DELAY_S)

    async def _rules_of(self, origin: URL) -> Rules:
        async with self._reading.setdefault(origin, asyncio.Lock()):  # others that want it wait for the first
            known = self._rules.get(origin)
            if known is None or known.until < self._clock():
                known = self._rules[origin] = await self._read_rules(origin)
                self._forget_the_oldest()
        return known

    async def _read_rules(self, origin: URL) -> Rules:
        try:
            return self._kept(_parsed(await self._read(origin / "robots.txt")))
        except UnreachableError as error:
            return self._kept(failure=error)  # of the host, not of its robots.txt
        except FetchError as error:
            if error.status and 400 <= error.status < 500 and error.status != 429:
                return self._kept()  # there is none
            message = f"has a robots.txt that {error.message}; nothing is fetched there until it can be read"
            return self._kept(failure=FetchError(message, retry_after_s=error.retry_after_s))

    def _kept(self, robots: "Protego | None" = None, *, failure: FetchError | None = None) -> Rules:
        for_s = min(_FAILURE_KEPT_S, failure.retry_after_s or _FAILURE_KEPT_S) if failure else _KEPT_S
        return Rules(self._clock() + for_s, robots or _parsed(b""), failure)

    def _forget_the_oldest(self) -> None:
        while len(self._rules) > _MOST_KEPT:
            oldest = next(iter(self._rules))
            del self._rules[oldest]
            if oldest in self._reading and not self._reading[oldest].locked():
                del self._reading[oldest]


def _parsed(content: bytes) -> "Protego":
    from protego import Protego

    text = _beginning(content).decode("utf-8-sig", errors="replace")
    if _work(text) > _MOST_WORK:
        raise FetchError("holds too many rules to be read")
    return Protego.parse(text)


def _beginning(content: bytes) -> bytes:
    """Return whole lines up to the limit: half a rule could forbid, or allow, much more than it."""
    return content if len(content) <= _READ_BYTES else content[:_READ_BYTES].rpartition(b"\n")[0]


def _work(text: str) -> int:
    """Bound what the parser keeps from above: it copies a rule to each agent of its group, in all a billion times."""
    work = agents = 0
    in_rules = False
    for line in text.splitlines():
        if in_rules and _AGENT.match(line):  # only what surely begins a new group makes the count smaller
            agents, in_rules = 0, False
        agents += bool(_MAYBE_AGENT.match(line))
        in_rules = in_rules or bool(_RULE.match(line))
        work += agents
    return work
