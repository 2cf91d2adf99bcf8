"""Printing answers, for a screen or as plain text."""

from collections.abc import Sequence
from datetime import UTC, datetime

import click

from bot.answering import Answer, Claim
from bot.render.answer_screen import answer_page, claim_page, sources_page
from bot.render.excerpts import Excerpt
from bot.render.screen import Screen
from bot.render.terminal import answer_text, claim_text, sources_text


def claim_said(claim: Claim, screen: Screen | None) -> None:
    """Print a claim as soon as it is checked."""
    if screen:
        screen.show(claim_page(claim, screen))
    else:
        click.echo(claim_text(claim))


def said(answer: Answer, quotes: Sequence[Excerpt], screen: Screen | None, *, heard: bool) -> None:
    """
    Print an answer.

    Args:
        answer: The answer.
        quotes: Its quotes in context, for a screen.
        screen: Where it is shown; None for plain text.
        heard: Whether its claims are printed already.
    """
    if screen is None:
        click.echo(sources_text(answer) if heard else answer_text(answer))
        return
    now = answer.question.filters.as_of or datetime.now(UTC)
    screen.show((sources_page if heard else answer_page)(answer, quotes, screen, now=now))
