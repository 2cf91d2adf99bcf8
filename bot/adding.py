"""Single articles added on request: read and indexed by processes of their own, as `bot` and `ingest` never meet."""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bot.discord_token import environment_without_token
from index_store import DiscordError

MOST_LINKS = 5
_READ_WITHIN_S = 180.0
_INDEX_WITHIN_S = 300.0
_TRIES = 4  # another run may be writing
_BETWEEN_TRIES_S = 15.0
_MOST_OUTPUT_BYTES = 50_000_000

Versions = Callable[[Sequence[str]], Awaitable[Mapping[str, int]]]

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Outcome:
    """
    What became of a link.

    Attributes:
        link: The link.
        told: In words: what became of its article, or why there is none.
        is_indexed: Whether its article is in the index now.
    """

    link: str
    told: str
    is_indexed: bool


@dataclass(frozen=True, slots=True)
class _Ended:
    status: int
    output: str
    errors: str


async def add_articles(command: Sequence[str], links: Sequence[str], versions: Versions) -> tuple[Outcome, ...]:
    """
    Fetch pages and index the articles on them; feeds and sitemaps are refused, as they name more than was asked for.

    Args:
        command: How Dateline is started over the data folder.
        links: At most `MOST_LINKS`; private addresses are refused by the fetcher.
        versions: Looks up which version of each article is live (0 for none), by their ids.

    Returns:
        An outcome a link, in their order.

    Raises:
        DiscordError: If nothing could be read or the index cannot be written to, or it takes too long.
    """
    ended = await _run([*command, "extract", "--json", "--", *links], within_s=_READ_WITHIN_S)
    records = _records(ended.output)
    if len(records) != len(links):
        logger.warning("links could not be read: %s", ended.errors.strip())
        raise DiscordError("The links could not be read; it has been logged.", remedy="Please try again later.")
    read = [record for record in records if "article_id" in record]
    ids = [record["article_id"] for record in read]
    before = await versions(ids)
    report = await _index(command, read) if read else {}
    after = await versions(ids)
    return tuple(
        _indexed(link, record, before, after, report) if record in read else _unread(link, record)
        for link, record in zip(links, records, strict=True)
    )


async def _index(command: Sequence[str], articles: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Index articles that were read; waits a little for another run that is writing."""
    with TemporaryDirectory(prefix="dateline-") as folder:
        file = Path(folder) / "added.jsonl"
        lines = "".join(f"{json.dumps(article)}\n" for article in articles)
        await asyncio.to_thread(file.write_text, lines, encoding="utf-8")
        for attempt in range(_TRIES):
            ended = await _run([*command, "index", "--json", "--quiet", str(file)], within_s=_INDEX_WITHIN_S)
            reports = _records(ended.output)
            if reports:
                return reports[-1]
            if attempt + 1 < _TRIES:
                await asyncio.sleep(_BETWEEN_TRIES_S)
    logger.warning("articles could not be added: %s", ended.errors.strip())
    raise DiscordError(
        "The articles were read, but the index cannot be written to right now.",
        remedy="Another run may be writing; please try again in some minutes.",
    )


async def _run(command: Sequence[str], *, within_s: float) -> _Ended:
    """
    Run a process to its end.

    Raises:
        DiscordError: If it takes too long, or writes too much.
    """
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        *command, stdin=asyncio.subprocess.DEVNULL, stdout=pipe, stderr=pipe, env=environment_without_token()
    )
    try:
        async with asyncio.timeout(within_s):
            output, errors = await process.communicate()
    except TimeoutError as error:
        raise DiscordError("Reading the articles took too long.", remedy="Please try fewer links.") from error
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if len(output) > _MOST_OUTPUT_BYTES:
        raise DiscordError("The articles are too long to be added here.")
    return _Ended(process.returncode or 0, output.decode("utf-8", "replace"), errors.decode("utf-8", "replace"))


def _records(output: str) -> list[dict[str, Any]]:
    records = list[dict[str, Any]]()
    for line in output.splitlines():
        try:
            record = json.loads(line)
        except ValueError:
            continue
        records += [record] if isinstance(record, dict) else []
    return records


def _unread(link: str, record: Mapping[str, Any]) -> Outcome:
    return Outcome(link, f"It {record.get('error') or 'could not be read'}.", is_indexed=False)


def _indexed(
    link: str, record: Mapping[str, Any], before: Mapping[str, int], after: Mapping[str, int], report: Mapping[str, Any]
) -> Outcome:
    """Tell what became of an article, by its live version before and after."""
    title, old, new = f"“{record['title']}”", before[record["article_id"]], after[record["article_id"]]
    if not new:
        reasons = "; it ".join(str(failure.get("reason")) for failure in report.get("failures", ()))
        return Outcome(link, f"{title} was not indexed: it {reasons or 'may be a copy'}.", is_indexed=False)
    if not old:
        return Outcome(link, f"{title} is indexed now.", is_indexed=True)
    told = "was indexed already" if new == old else f"has changed: version {new} is indexed now"
    return Outcome(link, f"{title} {told}.", is_indexed=True)
