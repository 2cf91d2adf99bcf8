"""
The embedding model compiled to ONNX, as onnxruntime runs it: for questions, and for the first passages of a run.

It lies in a folder of three files: the model, its tokenizer, and the recipe that says how to feed it.
"""

import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from index_store.errors import EncoderError, first_line
from index_store.models import Model, sha256_of
from index_store.records import Vectors

if TYPE_CHECKING:
    from onnxruntime import InferenceSession
    from tokenizers import Tokenizer

MODEL, TOKENIZER, RECIPE = "model.onnx", "tokenizer.json", "recipe.json"


@dataclass(frozen=True, slots=True)
class Recipe:
    """
    How to feed a compiled model.

    Attributes:
        window: Most word pieces that it reads, its special ones included.
        inputs: Names of its inputs, in their order.
        prompt: What goes before a question.
        passage_prompt: What goes before a passage.
        fingerprint: Of the model that was compiled; "" for one compiled before this was noted.
        sha256: Digest of the compiled model; "" for one compiled before this was noted.
    """

    window: int
    inputs: tuple[str, ...]
    prompt: str
    passage_prompt: str = ""
    fingerprint: str = ""
    sha256: str = ""

    @classmethod
    def read(cls, folder: Path) -> Self:
        """Read the recipe of a compiled model."""
        return cls(**json.loads((folder / RECIPE).read_text(encoding="utf-8")))

    def write(self, folder: Path) -> None:
        """Write it beside the compiled model."""
        (folder / RECIPE).write_text(json.dumps(asdict(self)), encoding="utf-8")


class CompiledModel:
    """The compiled model: half a second from a cold start to the first vector."""

    batch_size = 2  # as fast as 8 on two cores, and a hundred megabytes less

    def __init__(self, folder: Path) -> None:
        """
        Load what `Transformer.export` wrote.

        Raises:
            EncoderError: If there is no compiled model in `folder`, or it cannot be read.
        """
        self._folder = folder
        with self._translated_errors():
            self._recipe = Recipe.read(folder)
            self._tokenizer = _tokenizer(folder, window=self._recipe.window)
            self._session = _session(folder / MODEL)

    @property
    def window(self) -> int:
        """Most word pieces that the model reads, its special ones included."""
        return self._recipe.window

    def pieces(self, text: str) -> list[int]:
        """Cut a text into the ids of its word pieces, without special ones."""
        return list(self._unbounded.encode(text, add_special_tokens=False).ids)

    def encode_question(self, question: str) -> Vectors:
        """
        Return the question's vector: shape (dimensions,), of unit length.

        Raises:
            EncoderError: If the compiled model does not take what its recipe says.
        """
        vector: Vectors = self._encode([self._recipe.prompt + question])[0]
        return vector

    def encode_batch(self, passages: Sequence[str]) -> Vectors:
        """
        Return the passages' vectors: shape (len(passages), dimensions), rows of unit length.

        Raises:
            EncoderError: As `encode_question`.
        """
        return self._encode([self._recipe.passage_prompt + passage for passage in passages])

    def check_unaltered(self) -> None:
        """
        Make sure that the file is as it was compiled, where its digest was noted.

        Raises:
            EncoderError: If it is not.
        """
        with self._translated_errors():
            if self._recipe.sha256 and self._recipe.sha256 != sha256_of(self._folder / MODEL):
                raise ValueError(f"{MODEL} is not as it was compiled")

    def _encode(self, texts: list[str]) -> Vectors:
        with self._translated_errors():
            encodings = self._tokenizer.encode_batch(texts)
            features = {
                "input_ids": [one.ids for one in encodings],
                "attention_mask": [one.attention_mask for one in encodings],
                "token_type_ids": [one.type_ids for one in encodings],
            }
            batch = {name: np.asarray(features[name], dtype=np.int64) for name in self._recipe.inputs}
            return np.asarray(self._session.run(["vector"], batch)[0], dtype=np.float32)

    @cached_property
    def _unbounded(self) -> "Tokenizer":
        """The tokenizer without the window; only who cuts texts needs it."""
        return unbounded(self._tokenizer)

    @contextmanager
    def _translated_errors(self) -> Iterator[None]:
        try:
            yield
        except Exception as error:  # onnxruntime and tokenizers raise bare exceptions of their own
            raise EncoderError(
                f"There is no usable compiled model in {self._folder}: {first_line(error)}",
                remedy="Questions take seconds longer until `dateline rebuild` compiles it anew.",
            ) from error


def is_compiled_of(model: Model, folder: Path) -> bool:
    """Whether the recipe in a folder says that it was compiled of this model, by a version that notes digests."""
    try:
        return Recipe.read(folder).fingerprint == model.fingerprint
    except (OSError, ValueError, TypeError):
        return False


def unbounded(tokenizer: "Tokenizer") -> "Tokenizer":
    """Copy a tokenizer without its window and padding."""
    from tokenizers import Tokenizer  # 0.1 s, and only to encode

    copy = Tokenizer.from_str(tokenizer.to_str())
    copy.no_truncation()
    copy.no_padding()
    return copy


def _tokenizer(folder: Path, *, window: int) -> "Tokenizer":
    """Load the tokenizer, to cut texts at the window and to fill up the shorter ones of a batch, as the model wants."""
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(folder / TOKENIZER))
    filling: dict[str, Any] = tokenizer.padding or {}
    tokenizer.enable_truncation(window)
    tokenizer.enable_padding(**{**filling, "length": None})
    return tokenizer


def _session(file: Path) -> "InferenceSession":
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"  # before the import, which opens a database of events otherwise
    import onnxruntime  # 0.3 s

    onnxruntime.disable_telemetry_events()
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = min(2, os.cpu_count() or 1)  # more threads were no faster for one question
    # Or a thread spins until the next question, and takes a core from the rest of the search and from all else.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.enable_mem_pattern = False  # it plans memory for each shape of batch anew, and keeps sixty megabytes more
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])
