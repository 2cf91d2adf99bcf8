"""Command line options that several commands share, and how dates are read."""

import calendar
import functools
import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol, TypeVar

import click

from index_store.completing import complete_publishers
from index_store.configuration import Configuration
from index_store.records import Filters

LONGEST_QUESTION_CHARS = 2_000
MOST_EARLIER_QUESTIONS = 20

Command = TypeVar("Command", bound=Callable[..., Any])

_YEAR = re.compile(r"\d{4}$")


class ConfigurationLoader(Protocol):
    """What the program hands to its commands: reads the settings once a command knows its options."""

    def __call__(self, *, data_dir: str | None, config: Path | None) -> Configuration:
        """Load the settings; what a command was not given falls back to what the program was given."""


def configured(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options --data-dir and --config, and the `Configuration` in force as its first argument."""

    @click.option("--data-dir", type=click.Path(file_okay=False), help="Folder of the index.")
    @click.option("--config", type=click.Path(path_type=Path, dir_okay=False), help="Settings file.")
    @click.pass_obj
    @functools.wraps(command)
    def run(
        load: ConfigurationLoader,
        /,
        *args: Any,  # noqa: ANN401 - whatever the command takes
        data_dir: str | None,  # text, since no path is empty
        config: Path | None,
        **options: Any,  # noqa: ANN401 - the same
    ) -> None:
        command(load(data_dir=data_dir, config=config), *args, **options)

    return run


class UnreadableDateError(ValueError):
    """A text that is no date; the message says what would be one."""


def parse_when(text: str, *, last_moment: bool, now: datetime | None = None) -> datetime:
    """
    Read a time as people write it: 2025-03-05, 2025-03-05T18:40Z, yesterday, 3 days ago, March 2025.

    Args:
        text: What was written.
        last_moment: Whether a day, week, month or year means its last second ("until") or its first ("since").
        now: What "yesterday" is counted from; None means the clock.

    Returns:
        Time zone aware; UTC where no zone is named.

    Raises:
        UnreadableDateError: If it is no date.
    """
    now = (now or datetime.now(UTC)).astimezone(UTC)
    try:
        moment, period = _read(text.strip(), now)
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        moment = _end(moment, period) if last_moment else _start(moment, period)
        moment.astimezone(UTC)  # a day at either end of the calendar may lie outside it
    except (ValueError, OverflowError) as error:
        raise UnreadableDateError(
            f"“{text[:40]}” is no date. Write 2025-03-05, 2025-03-05T18:40Z, March 2025, yesterday or 3 days ago."
        ) from error
    return moment


def _read(text: str, now: datetime) -> tuple[datetime, str]:
    """Return a moment and the period that it names: "time", "day", "week", "month" or "year"."""
    if text.casefold() == "now":
        return now, "time"
    for read, period in _ISO:
        with suppress(ValueError):
            return read(text), period
    return _read_spoken(text, now)


# Of ISO 8601, the day first: as a time, a bare day would be its midnight.
_ISO: tuple[tuple[Callable[[str], datetime], str], ...] = (
    (lambda text: datetime.strptime(text, "%Y-%m-%d"), "day"),  # noqa: DTZ007 - the zone is added later
    (lambda text: datetime.strptime(text, "%Y%m%d") if len(text) == 8 else _refuse(text), "day"),  # noqa: DTZ007
    (lambda text: datetime.strptime(text, "%Y-%m"), "month"),  # noqa: DTZ007 - the same
    (lambda text: datetime.strptime(f"{text}-1", "%G-W%V-%u"), "week"),  # noqa: DTZ007 - the same
    (datetime.fromisoformat, "time"),
)


def _refuse(text: str) -> datetime:
    raise ValueError(text)


def _read_spoken(text: str, now: datetime) -> tuple[datetime, str]:
    from dateparser.date import DateDataParser  # only what is not ISO 8601 needs it

    # Without a word in it, only a year is beyond doubt: 05/03/2025 is a day in May or in March.
    if len(text) > 60 or not (any(map(str.isalpha, text)) or _YEAR.match(text)):
        raise ValueError(text)
    settings = {
        "RELATIVE_BASE": now.replace(tzinfo=None),
        "PREFER_DATES_FROM": "past",
        "RETURN_TIME_AS_PERIOD": True,
    }
    found = DateDataParser(languages=["en"], settings=settings).get_date_data(text)
    if found.date_obj is None:
        raise ValueError(text)
    return found.date_obj, found.period


def _start(moment: datetime, period: str) -> datetime:
    if period == "time":
        return moment
    day = moment.replace(hour=0, minute=0, second=0, microsecond=0)
    if period == "week":
        return day - timedelta(days=day.weekday())
    return day.replace(day=1 if period in {"month", "year"} else day.day, month=1 if period == "year" else day.month)


def _end(moment: datetime, period: str) -> datetime:
    if period == "time":
        return moment
    start = _start(moment, period)
    days = {
        "week": 7,
        "month": calendar.monthrange(start.year, start.month)[1],
        "year": 366 if calendar.isleap(start.year) else 365,
    }
    return start + timedelta(days=days.get(period, 1), seconds=-1)


class When(click.ParamType[datetime]):
    """A date on the command line."""

    name = "when"

    def __init__(self, *, last_moment: bool) -> None:
        self._last_moment = last_moment

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """Read the date; a wrong one is wrong usage."""
        if isinstance(value, datetime):
            return value
        try:
            return parse_when(str(value), last_moment=self._last_moment)
        except UnreadableDateError as error:
            self.fail(str(error), param, ctx)


def filter_options(command: Command) -> Command:
    """Add --as-of, --since, --until and --source; `filters_from` makes `Filters` of their values."""
    options = (
        click.option("--as-of", type=When(last_moment=True), metavar="WHEN", help="Know nothing published later."),
        click.option("--since", type=When(last_moment=False), metavar="WHEN", help="Only articles from then on."),
        click.option("--until", type=When(last_moment=True), metavar="WHEN", help="Only articles up to then."),
        click.option(
            "--source",
            "publishers",
            multiple=True,
            metavar="NAME",
            shell_complete=complete_publishers,
            help="Only this publisher; repeatable.",
        ),
    )
    for option in reversed(options):
        command = option(command)
    return command


def filters_from(
    *, as_of: datetime | None, since: datetime | None, until: datetime | None, publishers: tuple[str, ...]
) -> Filters:
    """
    Make `Filters` of the values of `filter_options`.

    Raises:
        click.UsageError: If no article could ever pass.
    """
    if since and until and since > until:
        raise click.UsageError(f"--since {since:%Y-%m-%d} is later than --until {until:%Y-%m-%d}.")
    names = tuple(whole_characters(name) for name in publishers)
    return Filters(since=since, until=until, as_of=as_of, publishers=names)


def whole_characters(text: str) -> str:
    """Replace halves of characters, which a command line or JSON can hold and no store accepts."""
    return text.encode("utf-8", "replace").decode("utf-8")


def checked_question(text: str) -> str:
    """
    Return a question that every step can work with: not empty, not endless, no half characters.

    Raises:
        ValueError: If it is empty or too long; the message says so.
    """
    question = whole_characters(text)
    if not question.strip():
        raise ValueError("the question is empty")
    if len(question) > LONGEST_QUESTION_CHARS:
        raise ValueError(f"the question has {len(question):,} characters, and at most {LONGEST_QUESTION_CHARS:,} fit")
    return question


def question_from(question: str | None, batch: str | None) -> str:
    """
    Check what was asked on the command line: a question or a batch, never both.

    Returns:
        The question; empty for a batch.

    Raises:
        click.UsageError: If neither or both were given, or the question is empty or too long.
    """
    if (question is None) == (batch is None):
        raise click.UsageError('Give either a question in quotes, as in "who led the Doha talks?", or --batch FILE.')
    try:
        return "" if question is None else checked_question(question)
    except ValueError as error:
        raise click.UsageError(f"{str(error).capitalize()}.") from error


def earlier_questions(texts: Sequence[str]) -> tuple[str, ...]:
    """
    Check what was asked before, on the command line.

    Raises:
        click.UsageError: If one is empty or too long, or they are too many.
    """
    try:
        return checked_conversation(texts)
    except ValueError as error:
        raise click.UsageError(f"--follows: {error}.") from error


def checked_conversation(texts: Sequence[str]) -> tuple[str, ...]:
    """
    Check what was asked before; see `checked_question`.

    Raises:
        ValueError: If one is empty or too long, or they are too many; the message says so.
    """
    if len(texts) > MOST_EARLIER_QUESTIONS:
        raise ValueError(f"{len(texts):,} questions were asked before, and at most {MOST_EARLIER_QUESTIONS} fit")
    return tuple(checked_question(text) for text in texts)
