"""
The real bot in front of an answerer that fails in the ways real ones do, by the words of the question.

Started as a program: everything but the answers is what `dateline bot` runs.
"""

import os
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.answering import Answer, Question
from bot.discord.app import Home, run_bot
from bot.settings import DiscordSettings
from index_store import ArticleSummary, DatelineError, EmptyIndexError, Filters, load_configuration


class ScriptedAnswerer:
    """Abstains, unless the question says otherwise."""

    def ask(self, question: Question) -> Answer:
        """Crash, find nothing, or hold until somebody presses Enter, as asked."""
        if "crash" in question.text:
            raise RuntimeError("the secret of the crash")
        if "empty" in question.text:
            raise EmptyIndexError("Nothing is indexed yet.", remedy="Run `dateline index`.")
        if "hold" in question.text:
            sys.stderr.write("holding\n")
            sys.stdin.readline()
        if "slow" in question.text:
            time.sleep(0.2)
        return Answer(question, question.text, (), (), "The indexed articles don't say.", (), "extractive", 1.0)

    def about(self, topic: str, filters: Filters, *, limit: int) -> tuple[ArticleSummary, ...]:  # noqa: ARG002 -- as the real one
        """Find nothing."""
        return ()


def main() -> None:
    """Run the bot as `dateline bot` does, failures in words included."""
    settings = load_configuration([DiscordSettings], flags={}).section(DiscordSettings)
    with TemporaryDirectory(prefix="dateline-") as folder:
        home = Home(Path(folder), ())
        try:
            run_bot(
                ScriptedAnswerer(),
                settings,
                os.environ["DISCORD_TOKEN"],
                home=home,
                indexed_at=lambda: time.time() - 60,
            )
        except DatelineError as error:
            sys.exit(f"Error: {error}")


if __name__ == "__main__":
    main()
