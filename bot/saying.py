"""Printing answers, for a screen or as plain text."""

from collections.abc import Sequence
from datetime import UTC, datetime

import click

from bot.answering import Answer, Claim
from bot.render.answer_screen import answer_page, claim_page, sources_page
from bot.render.excerpts import Excerpt, excerpts
from bot.render.screen import Screen
from bot.render.terminal import answer_text, claim_text, sources_text
from index_store import NewsIndex


class Saying:
    """One answer that is printed, its claims perhaps before it is whole."""

    def __init__(self, screen: Screen | None) -> None:
        """
        Print.

        Args:
            screen: Where it is shown; None for plain text.
        """
        self._screen = screen
        self._heard: list[Claim] = []

    def hear(self, claim: Claim) -> None:
        """Print a claim as soon as it is checked."""
        self._heard.append(claim)
        if self._screen:
            self._screen.show(claim_page(claim, self._screen))
        else:
            click.echo(claim_text(claim))

    def quotes(self, answer: Answer, index: NewsIndex) -> tuple[Excerpt, ...]:
        """Put the quotes of an answer into their contexts, which plain text does without."""
        return excerpts(answer, stored=index.find_version, terms=index.terms) if self._screen else ()

    def say(self, answer: Answer, quotes: Sequence[Excerpt]) -> None:
        """
        Print an answer; of one whose claims were heard as they are, the sources alone.

        Args:
            answer: The answer.
            quotes: Its quotes in context.
        """
        heard = bool(self._heard) and tuple(self._heard) == answer.claims
        if self._screen is None:
            click.echo(sources_text(answer) if heard else answer_text(answer))
            return
        now = answer.question.filters.as_of or datetime.now(UTC)
        self._screen.show((sources_page if heard else answer_page)(answer, quotes, self._screen, now=now))
