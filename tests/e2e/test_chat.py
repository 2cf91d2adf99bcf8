"""`dateline chat` as somebody uses it: typed at a terminal, stopped, killed and gone on with."""

import json
import signal
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from at_a_terminal import CTRL_C, CTRL_D, PASTE, PASTED, READY, to_the_end, typed_at, until
from command_line import Dateline, copy_index, write_jsonl
from scripted_model import KEY, MODEL, Request, ScriptedModel

WHO = "Who led the talks in Doha?"


@pytest.fixture
def dateline(indexed_folder: Path, tmp_path: Path) -> Dateline:
    """The program, with a small index."""
    return Dateline(tmp_path, indexed_folder)


@contextmanager
def chatting(dateline: Dateline, *arguments: str, **environment: str) -> Iterator[Any]:
    """Talk; what is kept lies in the working folder."""
    state = {"XDG_STATE_HOME": str(dateline.folder / "state"), "NO_COLOR": "1"}
    with typed_at(dateline, "chat", *arguments, environment=state | environment) as child:
        until(child, READY)
        yield child


def say(child: Any, line: str, *, expect: str) -> None:
    """Type a line, and wait for a text and the next prompt."""
    child.send(f"{line}\r")
    until(child, expect)
    until(child, READY)


def test_a_conversation(dateline: Dateline) -> None:
    """A follow-up is understood; sources, grounds, time and export are to be had; mistakes are told; Ctrl-D ends it."""
    export = dateline.folder / "talk.md"
    with chatting(dateline) as child:
        say(child, "/sources", expect="Nothing has been asked yet.")
        say(child, WHO, expect="weeks.¹")
        say(child, "and who was consulted?", expect="Searched as: On the talks in Doha")
        say(child, "/why", expect="a single source: [1] Example Wire")
        say(child, "/sources", expect="article ")
        say(child, "/read 1", expect=">>> ")
        say(child, "/read 9", expect="no source 9")
        say(child, "/as-of 2025-01-01", expect="nothing published later is known.")
        say(child, WHO, expect="The indexed articles don't say.")
        say(child, "/as-of", expect="All articles are known.")
        say(child, "/as-of soonish", expect="is no date")
        say(child, f"/export {export}", expect="Written:")
        say(child, f"/export {export}", expect="already.")
        say(child, "/nothing", expect="/help names what there is.")
        child.send(CTRL_D)
        assert to_the_end(child)[1] == 0
    document = export.read_text(encoding="utf-8")
    assert document.count("\n## ") == 3
    assert "> The US envoy for hostage affairs, Adam Boehler, led the talks" in document
    assert "](https://wire.example/2025/03/05/doha-talks_%28hostages%29)" in document


def test_keys(dateline: Dateline) -> None:
    """A pasted text is one question, Ctrl-C clears the line alone, and an arrow brings the last line back."""
    with chatting(dateline) as child:
        child.send(f"{PASTE}Who led the talks\nin Doha?{PASTED}\r")
        until(child, "weeks.¹")
        until(child, READY)
        child.send(f"half a line{CTRL_C}")
        until(child, READY)
        say(child, "/quitt", expect="There is no /quitt.")
        child.send("\x1b[A\x7f\r")  # up, and the last letter away
        assert to_the_end(child)[1] == 0


def test_a_killed_conversation_is_resumed(dateline: Dateline) -> None:
    """After kill -9 the conversation is there: its files are private, "he" is still understood, and it has a name."""
    with chatting(dateline) as child:
        say(child, WHO, expect="weeks.¹")
        child.kill(signal.SIGKILL)
        child.wait()
    files = [file for file in (dateline.folder / "state").rglob("*") if file.is_file()]
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    (name,) = [file.stem for file in files if file.suffix == ".jsonl"]
    state = {"XDG_STATE_HOME": str(dateline.folder / "state")}
    assert dateline("chat", "--list", environment=state).succeeded().told.startswith(name)
    with chatting(dateline, "--resume", name) as child:
        say(child, "/why", expect="a single source: [1] Example Wire")
        say(child, "and who is he?", expect="Searched as:")
    assert "no conversation “other”" in dateline("chat", "--resume", "other", environment=state).err


def test_what_is_indexed_meanwhile_is_found(dateline: Dateline, tmp_path: Path) -> None:
    """Another process adds an article: the next question finds it."""
    own = Dateline(tmp_path, copy_index(dateline.data_dir or tmp_path, tmp_path / "own"))
    article = {
        "url": "https://quay.example/lighthouse",
        "title": "Lighthouse keeper Tilda Moorcroft retires",
        "text": "Tilda Moorcroft, the last keeper of the Skerry lighthouse, retired on Monday after forty years.",
        "published_at": "2025-05-05",
    }
    with chatting(own, "--private") as child:
        say(child, "Who retired from the Skerry lighthouse?", expect="The indexed articles don't say.")
        own("index", write_jsonl(tmp_path / "more.jsonl", [article])).succeeded()
        say(child, "Who retired from the Skerry lighthouse?", expect="Tilda Moorcroft, the last keeper")
    assert not (tmp_path / "state").exists()


def test_lines_come_from_a_pipe_too(dateline: Dateline) -> None:
    """Without a terminal each line is a question, and the answers are plain text."""
    state = {"XDG_STATE_HOME": str(dateline.folder / "state")}
    run = dateline("chat", "--private", stdin=f"{WHO}\n\n/why\n", environment=state).succeeded()
    assert "over the past weeks. [1]" in run.told
    assert "Searched for: Who led the talks in Doha?" in run.out
    assert "\x1b" not in run.out


def test_ctrl_c_stops_an_answer(dateline: Dateline, tmp_path: Path) -> None:
    """What a model says is shown as it is checked; Ctrl-C stops it, nothing is kept of it, and the next is answered."""
    pytest.importorskip("llama_index.llms.openai_like", reason='needs pip install "dateline-news[llm]"')
    claim = "The US envoy for hostage affairs, Adam Boehler, led the talks in Doha over the past weeks."

    def script(request: Request) -> None:
        request.begin()
        request.say(f"{claim} And then ")
        if len(model.requests) == 1:
            model.over.wait(60)
        request.end()

    with ScriptedModel(script) as model:
        settings = {"provider": "openai-compatible", "base_url": f"{model.url}/v1", "model": MODEL, "timeout_s": 60}
        lines = [f"{key} = {json.dumps(value)}" for key, value in settings.items()]
        (tmp_path / "dateline.toml").write_text("\n".join(["[llm]", *lines, 'api_key_env = "MODEL_KEY"']))
        with chatting(dateline, MODEL_KEY=KEY) as child:
            child.send(f"{WHO}\r")
            until(child, "weeks.¹")
            child.send(CTRL_C)
            until(child, "Stopped.")
            until(child, READY)
            say(child, "/why", expect="Nothing has been asked yet.")
            say(child, WHO, expect="Washington confirms direct talks with Hamas")
            child.send(CTRL_D)
            assert to_the_end(child)[1] == 0
