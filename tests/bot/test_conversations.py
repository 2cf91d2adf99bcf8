"""What is kept of conversations in a terminal: private, bounded, whole after kill -9, and resumed as it was."""

import stat
import subprocess
import sys
from pathlib import Path

import pytest
from test_discord_memory import answer

from bot.chat import conversations as module
from bot.chat.conversations import Conversation, Conversations
from bot.written import written
from index_store import DatelineError


def test_a_conversation_is_resumed_as_it_was(tmp_path: Path) -> None:
    """By its name, or as the latest: all answers are there, in order, and it goes on in the same file."""
    kept = Conversations(tmp_path / "new")
    first = kept.new()
    asked = [answer("Who?", article_ids=("a",), said="Ada."), answer("And he?")]
    for one in asked:
        first.add(one)
    again = kept.resumed()
    assert (again.name, again.answers) == (first.name, tuple(asked))
    again.add(answer("When?"))
    assert [one.question.text for one in kept.resumed(first.name).answers] == ["Who?", "And he?", "When?"]
    assert [(one.name, one.question) for one in kept.listed()] == [(first.name, "Who?")]


def test_what_is_kept_is_for_its_owner_alone(tmp_path: Path) -> None:
    """Nobody else can open the folder or the file; one that says nothing leaves no file."""
    kept = Conversations(tmp_path / "new")
    conversation = kept.new()
    assert not (tmp_path / "new").exists()
    conversation.add(answer())
    (file,) = (tmp_path / "new").iterdir()
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o700
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


@pytest.mark.parametrize("torn", [b'{"question": {"te', b"\xff\xfe\n", b"[1]\n", b"[" * 5_000])
def test_half_a_line_costs_nothing_else(torn: bytes, tmp_path: Path) -> None:
    """What a killed process or another version left is passed over; what is added later stands on its own line."""
    kept = Conversations(tmp_path)
    kept.new().add(answer("one"))
    (file,) = tmp_path.iterdir()
    with file.open("ab") as out:
        out.write(torn)
    kept.resumed().add(answer("two"))
    assert [one.question.text for one in kept.resumed().answers] == ["one", "two"]


@pytest.mark.parametrize("name", ["../secret", "nothing", ".hidden", "a/b", "", "x" * 300, "\x1b[2J"])
def test_only_conversations_are_opened(name: str, tmp_path: Path) -> None:
    """A name leads to no other file; what there is none of is told, with what to do."""
    (tmp_path / "secret.jsonl").write_text("")
    kept = Conversations(tmp_path / "conversations")
    with pytest.raises(DatelineError, match="There is no conversation") as error:
        kept.resumed(name)
    assert "dateline chat" in (error.value.remedy or "")
    assert "\x1b" not in error.value.message


def test_conversations_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file is cut to its latest answers when it is too large, and of too many conversations the oldest goes."""
    monkeypatch.setattr(module, "MOST_BYTES", 10 * len(written(answer("question 00"))))
    monkeypatch.setattr(module, "MOST_CONVERSATIONS", 3)
    kept = Conversations(tmp_path)
    conversation = kept.new()
    for number in range(60):
        conversation.add(answer(f"question {number}"))
        assert sum(file.stat().st_size for file in tmp_path.iterdir()) <= 11 * len(written(answer("question 00")))
    assert kept.resumed().answers[-1].question.text == "question 59"
    names = []
    for _ in range(5):
        one = kept.new()
        one.add(answer())
        names.append(one.name)
    assert len(list(tmp_path.iterdir())) == 3
    assert kept.resumed().name == names[-1]


def test_a_private_conversation_is_not_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It goes on, and is written nowhere."""
    monkeypatch.chdir(tmp_path)
    conversation = Conversation(None)
    conversation.add(answer("Who?"))
    assert [one.question.text for one in conversation.answers] == ["Who?"]
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_is_told(tmp_path: Path) -> None:
    """What cannot be kept is said, with a way out, and the conversation knows the answer even so."""
    (tmp_path / "file").write_text("")
    conversation = Conversations(tmp_path / "file" / "folder").new()
    with pytest.raises(DatelineError, match="cannot be kept") as error:
        conversation.add(answer())
    assert "--private" in (error.value.remedy or "")
    assert len(conversation.answers) == 1


KEEPING = """
import sys
from pathlib import Path
from bot.answering import Answer, Question
from bot.chat.conversations import Conversations
conversation = Conversations(Path(sys.argv[1])).new()
for n in range(100_000):
    conversation.add(Answer(Question(f"question {n}"), "q", (), (), "No.", (), "extractive", 1.0))
    print(n, flush=True)
"""


def test_a_killed_conversation_is_whole(tmp_path: Path) -> None:
    """After kill -9 in the middle, every answer that was kept is there, each once."""
    with subprocess.Popen([sys.executable, "-c", KEEPING, tmp_path], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        numbers = [int(process.stdout.readline()) for _ in range(50)]
        process.kill()
    kept = [one.question.text for one in Conversations(tmp_path).resumed().answers]
    assert kept[:50] == [f"question {n}" for n in numbers]
    assert len(set(kept)) == len(kept)
