"""One process writes for a minute, adding, changing and removing, while three others search without a pause."""

import json
import os
import random
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from shelf import RECIPE, article, put

from index_store import Article, IndexWriter, open_writer

MINUTE_S = 60
SEED = 20250305
FRESH_WITHIN_S = 1.0
KINDS = ("resident", "held", "reopened")


@dataclass(slots=True)
class Life:
    """
    When one version of an article was live, by the clock that all processes share.

    Attributes:
        text: Its text.
        begins: Before and after the commit that made it live.
        ends: Before and after the commit that took it out; never, for one that stayed.
    """

    text: str
    begins: tuple[float, float]
    ends: tuple[float, float] = (float("inf"), float("inf"))


@dataclass(slots=True)
class History:
    """All lives of all versions, as the writer saw them: by article and number of the version."""

    lives: dict[tuple[str, int], Life] = field(default_factory=dict)
    live: dict[str, int] = field(default_factory=dict)
    numbers: dict[str, int] = field(default_factory=dict)

    def note(self, put_in: list[Article], taken_out: list[str], at: tuple[float, float]) -> None:
        """Note one commit."""
        for article_id in [*taken_out, *(one.article_id for one in put_in)]:
            if article_id in self.live:
                self.lives[article_id, self.live.pop(article_id)].ends = at
        for one in put_in:
            number = self.numbers[one.article_id] = self.numbers.get(one.article_id, 0) + 1
            self.live[one.article_id] = number
            self.lives[one.article_id, number] = Life(one.text, at)


def write(writer: IndexWriter, history: History, chance: random.Random) -> None:
    """Add or change one to five articles of forty, or remove one or two."""
    began = time.monotonic()
    if history.live and chance.random() < 0.3:
        taken_out = chance.sample(sorted(history.live), min(2, len(history.live)))
        writer.remove(taken_out)
        history.note([], taken_out, (began, time.monotonic()))
    else:
        names = chance.sample(range(40), chance.randint(1, 5))
        changed = [article(str(n), f"The toll of {n} stands at {chance.randrange(10**9)}.") for n in names]
        put(writer, changed)
        history.note(changed, [], (began, time.monotonic()))


@dataclass(frozen=True, slots=True)
class Minute:
    """What was written, what each reader was told, how it ended and what it complained of."""

    history: History
    replies: dict[str, list[dict[str, Any]]]
    ends: dict[str, tuple[int, str]]


@pytest.fixture(scope="module")
def minute(tmp_path_factory: pytest.TempPathFactory) -> Minute:
    """Write for a minute."""
    folder = tmp_path_factory.mktemp("shared")
    history, chance = History(), random.Random(SEED)  # noqa: S311 - moments, not secrets
    here = Path(__file__).parent
    environment = os.environ | {"PYTHONPATH": f"{here}{os.pathsep}{here.parent.parent}", "OMP_NUM_THREADS": "1"}
    with open_writer(folder / "data", recipe=RECIPE) as writer:
        write(writer, history, chance)
        readers = {}
        for kind in KINDS:
            with (folder / kind).open("w") as out, (folder / f"{kind}.err").open("w") as err:
                command = [sys.executable, here / "follower.py", folder / "data", kind]
                readers[kind] = subprocess.Popen(
                    command, stdin=subprocess.PIPE, stdout=out, stderr=err, env=environment
                )
        until = time.monotonic() + MINUTE_S
        while time.monotonic() < until:
            write(writer, history, chance)
        for process in readers.values():
            process.communicate(timeout=60)
    return Minute(
        history,
        {kind: [json.loads(line) for line in (folder / kind).read_text().splitlines()] for kind in KINDS},
        {kind: (process.returncode, (folder / f"{kind}.err").read_text()) for kind, process in readers.items()},
    )


def test_no_reader_ever_sees_an_error(minute: Minute) -> None:
    """Readers end as they should, without a word on standard error, and were answered all the time."""
    assert minute.ends == dict.fromkeys(KINDS, (0, ""))
    assert all(len(replies) > 20 for replies in minute.replies.values())
    assert len(minute.history.lives) > 100


@pytest.mark.parametrize("kind", KINDS)
def test_every_passage_was_live_while_it_was_searched(minute: Minute, kind: str) -> None:
    """No reply names a version that was not yet or no longer live, and its text is whole and that version's."""
    for reply in minute.replies[kind]:
        assert reply["whole"]
        for article_id, number, text in reply["found"]:
            life = minute.history.lives[article_id, number]
            assert text == life.text
            assert life.begins[0] <= reply["ended"]
            assert life.ends[1] >= reply["began"]


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_committed_is_found_within_a_second(minute: Minute, kind: str) -> None:
    """A reply holds each article that was live from a second before it was asked until it was given."""
    for reply in minute.replies[kind]:
        found = {(article_id, number) for article_id, number, _ in reply["found"]}
        for key, life in minute.history.lives.items():
            if life.begins[1] + FRESH_WITHIN_S <= reply["began"] and life.ends[0] >= reply["ended"]:
                assert key in found
