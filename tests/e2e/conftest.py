"""What the end-to-end tests share: one small index, made once with the real command."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from command_line import Dateline, copy_index
from linked_model import link_model
from running_bot import REPOSITORY

ARTICLES = (
    {
        "url": "https://wire.example/2025/03/05/doha-talks_(hostages)",
        "title": "Washington confirms direct talks with Hamas",
        "publisher": "Example Wire",
        "published_at": "2025-03-05T18:30:00Z",
        "text": "The White House confirmed on Wednesday that American officials have been talking to Hamas directly. "
        "The US envoy for hostage affairs, Adam Boehler, led the talks in Doha over the past weeks. "
        "Five American citizens were still being held in Gaza at the time. "
        "Israel said that it had been consulted and had made its view known.",
    },
    {
        "url": "https://harbour.example/ferry",
        "title": "Ferry [timetable](http://evil.example) changes for @everyone",
        "publisher": "Harbour **Post**",
        "published_at": "2025-04-11",
        "text": "The island ferry will leave Port Maren every forty minutes from May. "
        "Harbour master Ines Caldeira said: **book early** at [our site](http://evil.example) or ask <@1>. "
        "A return ticket costs 9 euros and bicycles travel free.",
    },
    {
        "url": "https://science.example/glacier",
        "title": "Survey finds that the Valdren glacier lost a tenth of its ice",
        "publisher": "Science Courier",
        "published_at": "2025-02-20T09:00:00Z",
        "text": "The Valdren glacier lost ten per cent of its ice between 2015 and 2024, a survey has found. "
        "Glaciologist Mara Lindqvist, who led the survey, called the loss faster than expected. "
        "Her team measured the ice with radar from a helicopter.",
    },
)


@pytest.fixture(scope="session")
def indexed_folder(tmp_path_factory: pytest.TempPathFactory, compiled_model: Path) -> Path:
    """A data folder in which `dateline index` has indexed three short articles."""
    folder = tmp_path_factory.mktemp("dateline")
    articles = folder / "articles.jsonl"
    articles.write_text("".join(json.dumps(article) + "\n" for article in ARTICLES), encoding="utf-8")
    index = link_model(compiled_model, folder / "index")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("DATELINE_")}
    subprocess.run(
        [sys.executable, "-m", "bot.cli", "--data-dir", index, "index", articles],
        check=True,
        cwd=folder,
        env=environment | {"PYTHONPATH": str(REPOSITORY)},
        timeout=300,
    )
    return index


@pytest.fixture
def dateline(indexed_folder: Path, tmp_path: Path) -> Dateline:
    """The program, with an index of three articles that nobody changes."""
    return Dateline(tmp_path, indexed_folder)


@pytest.fixture
def own(indexed_folder: Path, tmp_path: Path) -> Dateline:
    """The program, with a copy of the index that a test may change."""
    return Dateline(tmp_path, copy_index(indexed_folder, tmp_path / "own"))
