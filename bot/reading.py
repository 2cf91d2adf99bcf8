"""The command `read`, and how an article is put before somebody's eyes."""

import os
import re
import sys
from contextlib import closing
from shutil import get_terminal_size

import click

from bot.render.article_text import article_on_screen, article_text
from bot.render.screen import Screen, screen_of
from index_store import Configuration, Span, StoreSettings, Version, complete_articles, configured, open_catalog

_SPAN = re.compile(r"(\d{1,9}):(\d{1,9})")


class SpanType(click.ParamType[Span]):
    """A span of an article's text, as answers in JSON give it: START:END, counted in characters from 0."""

    name = "span"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> Span:
        """Read the span; a wrong one is wrong usage."""
        if isinstance(value, Span):
            return value
        match = _SPAN.fullmatch(str(value))
        if not match or int(match[1]) >= int(match[2]):
            self.fail("Write START:END, as in 120:260; an answer's JSON has both.", param, ctx)
        return Span(int(match[1]), int(match[2]))


@click.command("read")
@click.argument("article_id", metavar="ID", shell_complete=complete_articles)
@click.option("--version", "number", type=click.IntRange(min=1), help="An older version instead of the live one.")
@click.option("--span", type=SpanType(), metavar="START:END", help="Mark what an answer quotes.")
@click.option("--no-pager", is_flag=True, help="Print a long article at once.")
@configured
def read_command(
    configuration: Configuration, article_id: str, *, number: int | None, span: Span | None, no_pager: bool
) -> None:
    """
    Show an article to be read, with a quoted span marked; a long one page by page.

    For reading with one's eyes: lines are broken, and at a terminal the quote is coloured. `dateline articles show` is
    for programs and records: the text to the letter, its versions, and what has changed between them.

    \b
    Examples:
      dateline read 5f2c9a1b7e3d4c60
      dateline read 5f2c9a1b7e3d4c60 --version 1 --span 120:260
    """
    with closing(open_catalog(configuration.section(StoreSettings).data_dir)) as catalog:
        version = catalog.version(article_id, number)
    length = len(version.article.text)
    if span and span.end > length:
        raise click.UsageError(f"--span ends at {span.end:,}, and version {version.number} has {length:,} characters.")
    show_article(version, span, screen_of(sys.stdout), paged=not no_pager)


def show_article(version: Version, span: Span | None, screen: Screen | None, *, paged: bool) -> None:
    """Print an article; on a screen that is too small for it in the user's pager, from the quote on."""
    if screen is None:
        click.echo(article_text(version, span))
        return
    page, line = article_on_screen(version, span, screen)
    if not paged or not sys.stdin.isatty() or not sys.stdout.isatty() or _fits(page.plain):
        screen.show(page)
        return
    with screen.console.capture() as written:
        screen.show(page)
    os.environ.setdefault(
        "LESS", f"RFX+{line}g"
    )  # colours, from the quote on; who has settings of their own keeps them
    click.echo_via_pager(written.get(), color=screen.console.color_system is not None)


def _fits(text: str) -> bool:
    return text.count("\n") + 2 < get_terminal_size().lines
