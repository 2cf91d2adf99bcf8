"""A real small model, which invents facts freely: none gets through."""

from collections.abc import Iterator

import pytest

pytest.importorskip("llama_index.llms.openai_like", reason='needs pip install "dateline-news[llm]"')

from bridge import HONEST, QUESTION
from small_index import answerer_over
from small_model import MISSING, serving, weights

from bot.answering import Answerer, Question
from bot.llm.client import Client
from bot.llm.tokens import tokens
from bot.llm.wording import ModelWording
from bot.settings import LlmSettings
from index_store import PassageEncoder

QUESTIONS = (QUESTION, "How many people crossed the Quayport bridge?")


@pytest.fixture(scope="module")
def wording() -> Iterator[ModelWording]:
    """The real client, speaking to the real model."""
    pytest.importorskip("xllamacpp", reason=MISSING)
    file = weights()
    if file is None:
        pytest.skip(MISSING)
    with serving(file) as url:
        settings = {"provider": "openai-compatible", "base_url": url, "model": "smollm2", "max_tokens": 50}
        yield ModelWording(Client.open(LlmSettings.model_validate(settings | {"timeout_s": 120})))


def test_nothing_that_a_small_model_invents_gets_through(
    wording: ModelWording, tmp_path_factory: pytest.TempPathFactory, encoder: PassageEncoder
) -> None:
    """Every claim rests on an exact quote that holds its names and numbers, word for word; the rest was dropped."""
    with answerer_over(HONEST, tmp_path_factory.mktemp("small"), encoder) as quoting:
        answerer = Answerer(quoting._index, wording)
        for question in QUESTIONS:
            answer = answerer.ask(Question(question))
            quotes = {citation.n: citation.quote for citation in answer.citations}
            assert answer.claims
            for claim in answer.claims:
                held = [{token.word for token in tokens(quotes[n])} | {"the", "a", "an"} for n in claim.citations]
                assert any({token.word for token in tokens(claim.text)} <= words for words in held)
    assert wording.kept + wording.dropped.total() > 0
