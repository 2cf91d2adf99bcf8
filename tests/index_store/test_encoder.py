"""The embedding model and its compiled copy are one model."""

import json
import shutil
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from index_store import EncoderError, PassageEncoder, Vectors
from index_store.compiled import CompiledModel
from index_store.encoder import open_question_encoder
from index_store.models import Model
from index_store.transformer import Transformer

PACKAGED = Model.from_setting("")
QUESTIONS = ("who led the Doha talks?", "x", "Où est Zoë?", "地震 2025", "a very long question about trade " * 80, "")


@pytest.fixture(scope="module")
def original() -> Transformer:
    """The model as sentence-transformers runs it."""
    return Transformer(PACKAGED)


@pytest.fixture
def compiled(compiled_model: Path, tmp_path: Path) -> Path:
    """A copy of the compiled model, which a test may damage."""
    return shutil.copytree(compiled_model, tmp_path / "encoder")


def test_the_compiled_model_agrees_with_the_original(original: Transformer, compiled_model: Path) -> None:
    """Questions of any kind get the same vector from both, and it has unit length."""
    compiled = open_question_encoder(compiled_model, PACKAGED)
    assert isinstance(compiled, CompiledModel)
    for question in QUESTIONS:
        vector = compiled.encode_question(question)
        assert float(vector @ original.encode_question(question)) >= 0.9999
        assert float(np.linalg.norm(vector)) == pytest.approx(1.0, abs=1e-5)


def test_passages_get_the_same_vectors_from_both(original: Transformer, compiled_model: Path) -> None:
    """Passages of any kind and length, in batches or alone, differ by less than 0.00001 in each number."""
    compiled = CompiledModel(compiled_model)
    expected = np.concatenate([original.encode_batch([text]) for text in QUESTIONS])
    assert np.abs(compiled.encode_batch(QUESTIONS) - expected).max() < 1e-5
    assert np.abs(np.concatenate([compiled.encode_batch([text]) for text in QUESTIONS]) - expected).max() < 1e-5


@settings(max_examples=200)
@given(text=st.text(st.characters(codec="utf-8"), max_size=400))
@example("word " * 2_000)
@example("a" * 5_000)
@example("[CLS] [SEP] [MASK] [PAD] ##ing \u200b\u00ad\ufeff\x00\ud7ff \u0130\ufb01 e\u0301 \U0001f469\u200d\U0001f680")
def test_both_cut_alike(original: Transformer, compiled_model: Path, text: str) -> None:
    """Any text, however long or odd, has the same word pieces by both, so a run cuts chunks alike all through."""
    assert compiled_at(compiled_model).pieces(text) == original.pieces(text)


@cache
def compiled_at(folder: Path) -> CompiledModel:
    """Load a compiled model once."""
    return CompiledModel(folder)


def test_both_read_as_much(original: Transformer, compiled_model: Path) -> None:
    """The window is the same."""
    assert compiled_at(compiled_model).window == original.window


def test_many_passages_are_left_to_the_original(
    original: Transformer, compiled_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Up to a number of passages a run loads nothing but the compiled model; beyond it the original, and once only."""
    loaded = []
    monkeypatch.setattr("index_store.encoder.Transformer", lambda model: loaded.append(model) or original)
    monkeypatch.setattr("index_store.encoder.MOST_COMPILED_PASSAGES", 5)
    encoder = PassageEncoder(PACKAGED, compiled_model)
    few = encoder.encode_passages(QUESTIONS[:5])
    assert loaded == []
    many = encoder.encode_passages(QUESTIONS)
    encoder.encode_passages(QUESTIONS)
    assert loaded == [PACKAGED]
    assert np.abs(many[:5] - few).max() < 1e-5


def test_a_compiled_model_that_was_altered_encodes_no_passage(
    original: Transformer, compiled: Path, compiled_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One bit in its weights, another model's name, or no recipe: the original encodes, and is compiled anew."""
    monkeypatch.setattr("index_store.encoder.Transformer", lambda _: original)
    monkeypatch.setattr(original, "export", lambda folder: exported.append(folder))
    exported: list[Path] = []
    for damage in (name_another_model, lambda folder: (folder / "recipe.json").unlink(), flip_a_bit):
        shutil.copyfile(compiled_model / "recipe.json", compiled / "recipe.json")
        damage(compiled)
        assert PassageEncoder(PACKAGED, compiled).encode_passages(["one"]).shape == (1, 384)
        assert exported.pop() == compiled


def flip_a_bit(folder: Path) -> None:
    """Change a weight."""
    with (folder / "model.onnx").open("r+b") as file:
        file.seek(40_000_000)
        byte = file.read(1)[0]
        file.seek(40_000_000)
        file.write(bytes([byte ^ 1]))


def name_another_model(folder: Path) -> None:
    """Say that another model was compiled."""
    recipe = json.loads((folder / "recipe.json").read_text())
    (folder / "recipe.json").write_text(json.dumps(recipe | {"fingerprint": "another@0"}))


def test_a_compiled_model_that_fails_on_passages_stops_no_run(
    original: Transformer, compiled_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where onnxruntime fails on what a run encodes, the original does it."""

    def fails(*_: object) -> Vectors:
        raise EncoderError("no memory", remedy="none")

    monkeypatch.setattr("index_store.encoder.Transformer", lambda _: original)
    monkeypatch.setattr(CompiledModel, "encode_batch", fails)
    vectors = PassageEncoder(PACKAGED, compiled_model).encode_passages(QUESTIONS)
    assert np.abs(vectors - original.encode_batch(QUESTIONS)).max() < 1e-5


def test_a_compiled_model_that_disagrees_is_not_used(
    original: Transformer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An export that misses the required cosine leaves nothing behind."""
    monkeypatch.setattr("index_store.transformer._LEAST_COSINE", 1.5)
    assert not original.export(tmp_path / "encoder")
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
    packaged = PACKAGED
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
