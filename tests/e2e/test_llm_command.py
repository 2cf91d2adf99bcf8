"""`dateline ask` with a language model, from the settings file to the terminal."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from command_line import ANSWER, Dateline, misfits
from scripted_model import KEY, MODEL, ScriptedModel, saying

pytest.importorskip("llama_index.llms.openai_like", reason='needs pip install "dateline-news[llm]"')

BOEHLER = "Who led the talks in Doha?"
CLAIM = "The US envoy for hostage affairs, Adam Boehler, led the talks in Doha over the past weeks."
ENVIRONMENT = {"MODEL_KEY": KEY}


@pytest.fixture
def model() -> Iterator[ScriptedModel]:
    """A model that says one true sentence and one that it invented."""
    with ScriptedModel(saying(f"{CLAIM} He was paid 20 million dollars by Otto Krell.")) as api:
        yield api


@pytest.fixture
def dateline(indexed_folder: Path, tmp_path: Path, model: ScriptedModel) -> Dateline:
    """The program, with an index and a model."""
    lines = ("[llm]", 'provider = "openai-compatible"', f'base_url = "{model.url}/v1"', f'model = "{MODEL}"')
    (tmp_path / "dateline.toml").write_text("\n".join([*lines, 'api_key_env = "MODEL_KEY"']), encoding="utf-8")
    return Dateline(tmp_path, indexed_folder)


def test_claims_are_printed_as_they_are_checked(dateline: Dateline) -> None:
    """`--stream` prints what was checked, then the sources; nothing of what was invented."""
    run = dateline("ask", BOEHLER, "--stream", environment=ENVIRONMENT).succeeded()
    assert run.told.startswith(f"{CLAIM} [1]")
    assert run.told.count(CLAIM) == 2  # once said, and once in the quote
    assert "Washington confirms direct talks with Hamas" in run.told
    assert "Krell" not in run.told


def test_json_says_how_it_was_worded(dateline: Dateline) -> None:
    """The JSON has the fields of the contract, the mode "llm", and is the same with `--stream`."""
    answers = [dateline("ask", BOEHLER, "--json", *more, environment=ENVIRONMENT).record for more in ([], ["--stream"])]
    for answer in answers:
        assert misfits(answer, ANSWER) == []
        assert (answer["mode"], answer["note"]) == ("llm", None)
        (claim,) = answer["claims"]
        assert (claim["text"], claim["citations"], claim["support"]) == (CLAIM, [1], "single-source")
        assert answer["citations"][0]["quote"] == CLAIM


def test_a_model_that_fails_leaves_quotes_and_a_reason(dateline: Dateline, model: ScriptedModel) -> None:
    """A server in trouble is no failure of Dateline's: the quotes are printed, and why."""
    model.script = lambda request: request.error(500, KEY)
    run = dateline("ask", BOEHLER, "--stream", environment=ENVIRONMENT).succeeded()
    assert run.told.startswith(f"{CLAIM} [1]")
    assert "Quoted word for word: the model's server answered with HTTP status 500." in run.told
    assert KEY not in run.out + run.err


def test_without_its_key_nothing_is_asked(dateline: Dateline, model: ScriptedModel) -> None:
    """A key that is not set is named by its variable, with what to do."""
    run = dateline("ask", BOEHLER)
    assert run.status == 1
    assert "MODEL_KEY holds no key" in run.err
    assert "llm.api_key_env" in run.err
    assert model.requests == []


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ('provider = "openai-compatible"', "Setting llm.model is missing."),
        (f'api_key = "{KEY}"', "Unknown setting: llm.api_key. Did you mean api_key_env?"),
        (f'api_key_env = "{KEY}"', "Setting llm.api_key_env has a value that is not allowed"),
        ('api_key_env = "DATELINE_KEY"', "begins with DATELINE_"),
        ('provider = "openai"', "Setting llm.provider is 'openai', which is not allowed"),
        ('base_url = "http://user:secret@host/v1"', "Setting llm.base_url"),
        ("timeout_s = 0", "Setting llm.timeout_s is 0, which is not allowed"),
    ],
)
def test_settings_that_cannot_be(tmp_path: Path, lines: str, told: str) -> None:
    """A wrong setting is named; a key that somebody wrote into the file is not repeated."""
    (tmp_path / "dateline.toml").write_text(f"[llm]\n{lines}\n", encoding="utf-8")
    run = Dateline(tmp_path)("ask", "anything")
    assert run.status == 1
    assert told in run.err
    assert KEY not in run.err
    assert "secret" not in run.err
