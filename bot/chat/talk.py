"""What each line of a conversation does: a question is answered, a word behind a slash is obeyed."""

import sys
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial
from pathlib import Path

import click

from bot.answering import Answer, Answerer, Question
from bot.chat.conversations import Conversation, Conversations
from bot.reading import show_article
from bot.render.grounds import HELP, source_lines, why_lines
from bot.render.markdown import conversation_markdown
from bot.render.screen import Screen, laid_out, screen_of, text_of
from bot.render.terminal import one_line, wrapped
from bot.saying import Saying
from index_store import (
    DatelineError,
    Filters,
    Span,
    UnreadableDateError,
    checked_question,
    day,
    parse_when,
)

_MOST_TURNS = 5  # before a question that it is understood by


class Talk:
    """A conversation that goes on: what it is about, and what was said."""

    def __init__(
        self, answerer: Answerer, filters: Filters, conversation: Conversation, *, begin: Callable[[], Conversation]
    ) -> None:
        """
        Talk.

        Args:
            answerer: Answers; closed by who opened it.
            filters: What answers may draw on, to begin with.
            conversation: What is gone on with.
            begin: Makes a new conversation.
        """
        self._answerer, self._filters = answerer, filters
        self._conversation, self._begin = conversation, begin
        self._commands: dict[str, Callable[[str], None]] = {
            "/sources": lambda _: self._print(source_lines(self._last())),
            "/read": self._read,
            "/why": lambda _: self._tell(why_lines(self._last())),
            "/as-of": self._know,
            "/export": self._export,
            "/new": lambda _: self._renew(),
            "/help": lambda _: self._print(HELP),
        }

    @property
    def prompt(self) -> str:
        """What stands before the line that is typed: as of when is asked, if not of now."""
        return f"as of {day(self._filters.as_of)} > " if self._filters.as_of else "> "

    @property
    def words(self) -> tuple[str, ...]:
        """What may stand behind a slash."""
        return (*self._commands, "/quit")

    def take(self, line: str) -> bool:
        """
        Do what a line asks for; what cannot be done is told.

        Returns:
            Whether the conversation goes on.
        """
        asked = line.strip()
        word, _, rest = asked.partition(" ")
        if word in ("/quit", "/exit"):
            return False
        try:
            if asked.startswith("/"):
                self._obey(word, rest.strip())
            elif asked:
                self._answer(asked)
        except DatelineError as error:
            self._tell(filter(None, (error.message, error.remedy)))
        return True

    def _obey(self, word: str, rest: str) -> None:
        command = self._commands.get(word)
        if command is None:
            raise DatelineError(f"There is no {one_line(word)[:40]}.", remedy="/help names what there is.")
        command(rest)

    def _answer(self, asked: str) -> None:
        try:
            turns = tuple(answer.turn for answer in self._conversation.answers[-_MOST_TURNS:])
            question = Question(checked_question(asked), self._filters, conversation=turns)
        except ValueError as error:
            raise DatelineError(f"{str(error).capitalize()}.", remedy="Ask in fewer words.") from error
        saying = Saying(self._screen())
        answer = self._answerer.ask(question, saying.hear)
        saying.say(answer, self._answerer.from_index(partial(saying.quotes, answer)))
        click.echo()
        self._conversation.add(answer)

    def _last(self) -> Answer:
        if not self._conversation.answers:
            raise DatelineError("Nothing has been asked yet.", remedy="Ask something first.")
        return self._conversation.answers[-1]

    def _read(self, rest: str) -> None:
        citations = {str(citation.n): citation for citation in self._last().citations}
        if not citations:
            raise DatelineError("The last answer quotes nothing.", remedy="Ask something else first.")
        citation = citations.get(rest or "1")
        if citation is None:
            raise DatelineError(
                f"The last answer has no source {rest[:20]}.", remedy=f"Say one of {', '.join(citations)}."
            )
        version = self._answerer.from_index(lambda index: index.find_version(citation.article_id, citation.version))
        if version is None:
            raise DatelineError("This article is not in the index any more.", remedy=f"It stood at {citation.url}.")
        quoted = version.article.text[citation.start : citation.end] == citation.quote
        show_article(version, Span(citation.start, citation.end) if quoted else None, self._screen(), paged=True)

    def _know(self, rest: str) -> None:
        try:
            as_of = None if rest in ("", "now") else parse_when(rest, last_moment=True)
        except UnreadableDateError as error:
            raise DatelineError(str(error)) from error
        self._filters = replace(self._filters, as_of=as_of)
        self._tell([f"As of {day(as_of)}: nothing published later is known." if as_of else "All articles are known."])

    def _export(self, rest: str) -> None:
        self._last()
        if not rest:
            raise DatelineError("Say into which file, as in /export doha.md.")
        file = Path(rest).expanduser()
        text = conversation_markdown(self._conversation.answers, title="A conversation with Dateline")
        try:
            with file.open("x", encoding="utf-8", errors="replace") as out:
                out.write(text)
        except FileExistsError as error:
            raise DatelineError(f"{file} is there already.", remedy="Choose another name, or delete it.") from error
        except (OSError, ValueError) as error:
            told = getattr(error, "strerror", None) or error
            raise DatelineError(f"{one_line(rest)[:200]} cannot be written: {told}.") from error
        self._tell([f"Written: {file}"])

    def _renew(self) -> None:
        self._conversation = self._begin()
        self._tell(["A new conversation."])

    def _screen(self) -> Screen | None:
        return screen_of(sys.stdout)  # each time, since a window can be made wider

    def _print(self, lines: Iterable[str]) -> None:
        """Print lines as they stand."""
        click.echo("\n".join(lines))

    def _tell(self, lines: Iterable[str]) -> None:
        """Print lines, broken where they are too long."""
        screen = self._screen()
        for line in lines:
            if screen:
                screen.show(laid_out(screen, text_of(line)))
            else:
                click.echo(wrapped(line))


def opened(resume: str | None, *, private: bool) -> tuple[Conversation, Callable[[], Conversation]]:
    """
    Open the conversation that is wanted, and tell how another begins.

    Args:
        resume: Name of an earlier one; "" for the latest, None for a new one.
        private: Whether nothing is to be kept.

    Raises:
        DatelineError: If there is none to resume.
    """
    conversations = Conversations.of_user()
    begin: Callable[[], Conversation] = partial(Conversation, None) if private else conversations.new
    return (begin() if resume is None else conversations.resumed(resume)), begin
