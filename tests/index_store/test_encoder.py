"""The embedding model and its compiled copy are one model."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from index_store import EncoderError, PassageEncoder
from index_store.encoder import Model, OnnxQuestionEncoder, open_question_encoder

QUESTIONS = ("who led the Doha talks?", "x", "Où est Zoë?", "地震 2025", "a very long question about trade " * 80, "")


def test_the_compiled_model_agrees_with_the_original(encoder: PassageEncoder, tmp_path: Path) -> None:
    """Questions of any kind get the same vector from both, and it has unit length."""
    assert encoder.export(tmp_path / "encoder")
    compiled = open_question_encoder(tmp_path / "encoder", encoder.model)
    assert isinstance(compiled, OnnxQuestionEncoder)
    for question in QUESTIONS:
        vector = compiled.encode_question(question)
        assert float(vector @ encoder.encode_question(question)) >= 0.9999
        assert float(np.linalg.norm(vector)) == pytest.approx(1.0, abs=1e-5)


def test_a_compiled_model_that_disagrees_is_not_used(
    encoder: PassageEncoder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An export that misses the required cosine leaves nothing behind."""
    monkeypatch.setattr("index_store.encoder._LEAST_COSINE", 1.5)
    assert not encoder.export(tmp_path / "encoder")
    assert list(tmp_path.iterdir()) == []


def test_passages_keep_their_order(encoder: PassageEncoder) -> None:
    """Passages of mixed lengths come back in the order given, each of unit length."""
    texts = [f"Passage {n} " + "on trade and tariffs " * (n % 7) for n in range(70)]
    counted: list[int] = []
    vectors = encoder.encode_passages(texts, done=counted.append)
    assert sum(counted) == 70
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-5)
    for n in (0, 6, 69):
        assert float(vectors[n] @ encoder.encode_passages([texts[n]])[0]) > 0.9999


def test_altered_weights_are_refused(tmp_path: Path) -> None:
    """A packaged model whose weights are not the published ones is never loaded."""
    packaged = Model.from_setting("")
    shutil.copytree(packaged.address, tmp_path / "model")
    weights = tmp_path / "model" / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1] + b"\x00")
    with pytest.raises(EncoderError, match="not the published"):
        PassageEncoder(Model(str(tmp_path / "model"), packaged.name, packaged.fingerprint))


def test_a_model_that_is_not_there_is_named(tmp_path: Path) -> None:
    """A folder without a model fails with its name and the setting."""
    (tmp_path / "empty").mkdir()
    with pytest.raises(EncoderError, match=r"empty.*embedding_model"):
        PassageEncoder(Model.from_setting(str(tmp_path / "empty")))
