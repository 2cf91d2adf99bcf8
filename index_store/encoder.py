"""
Texts become vectors: questions by the compiled model, passages by it or by the original, whichever costs less.

Importing sentence-transformers takes five to ten seconds, which neither a question nor a few articles should pay. So
the model is compiled once beside the index and compared with the original; both give a text the same vector, but for
the seventh decimal.
"""

import logging
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Protocol

import numpy as np

from index_store.compiled import MODEL, CompiledModel, is_compiled_of
from index_store.errors import EncoderError
from index_store.models import Model
from index_store.records import Vectors
from index_store.transformer import Transformer

MOST_COMPILED_PASSAGES = 192  # a run; onnxruntime is a fifth slower, and 850 passages of that cost what the import does
_log = logging.getLogger(__name__)


class QuestionEncoder(Protocol):
    """Anything that turns a question into a vector."""

    def encode_question(self, question: str) -> Vectors:
        """Return the question's vector: shape (dimensions,), of unit length."""


class PassageEncoder:
    """The encoder of one run: the compiled model for its first passages, the original once there are many."""

    def __init__(self, model: Model, compiled: Path | None = None) -> None:
        """
        Open the compiled model; where that cannot be used, load the original and compile it.

        Args:
            model: Which one.
            compiled: The folder of the compiled model; None for the original alone.

        Raises:
            EncoderError: If the original is needed and cannot be loaded, or its weights are not the published ones.
        """
        self.model = model
        self.compiled = compiled
        self._encoded = 0
        self._in_use: CompiledModel | Transformer = (compiled and _unaltered(compiled, model)) or Transformer(model)
        if compiled and not isinstance(self._in_use, CompiledModel):
            self._in_use.export(compiled)

    @property
    def window(self) -> int:
        """Most word pieces that the model reads, its special ones included."""
        return self._in_use.window

    def pieces(self, text: str) -> list[int]:
        """Cut a text into the ids of its word pieces, without special ones."""
        return self._in_use.pieces(text)

    def encode_passages(self, texts: Sequence[str], *, done: Callable[[int], None] | None = None) -> Vectors:
        """
        Encode passages.

        Args:
            texts: What to encode; beyond `window` word pieces a text is cut off.
            done: Called after each batch with the number of texts it held.

        Returns:
            Shape (len(texts), dimensions), float32, rows of unit length, in the order given.
        """
        self._encoded += len(texts)
        if self._encoded > MOST_COMPILED_PASSAGES:  # what would go beyond is left to the original whole
            self._use_original()
        order = sorted(range(len(texts)), key=lambda i: len(texts[i]))  # texts of like length share a batch
        vectors: list[Vectors] = []
        size = self._in_use.batch_size
        for first in range(0, len(order), size):
            batch = [texts[i] for i in order[first : first + size]]
            vectors.append(self._encode_batch(batch))
            if done:
                done(len(batch))
        return np.concatenate(vectors)[np.argsort(order)]

    def _encode_batch(self, batch: Sequence[str]) -> Vectors:
        try:
            return self._in_use.encode_batch(batch)
        except EncoderError:
            return self._use_original().encode_batch(batch)

    def _use_original(self) -> Transformer:
        """From now on: once it is loaded, nothing is cheaper."""
        if isinstance(self._in_use, CompiledModel):
            self._in_use = Transformer(self.model)
        return self._in_use


def _unaltered(folder: Path, model: Model) -> CompiledModel | None:
    """Open the compiled model if its vectors may be kept: it is of this model, and as it was compiled."""
    if not is_compiled_of(model, folder):
        return None
    with suppress(EncoderError):
        compiled = CompiledModel(folder)
        compiled.check_unaltered()
        return compiled
    return None


def open_question_encoder(folder: Path, model: Model) -> QuestionEncoder:
    """Use the compiled model where there is one that can be used, else sentence-transformers itself."""
    if (folder / MODEL).exists():
        try:
            compiled = CompiledModel(folder)
            compiled.encode_question("?")  # what is wrong with its inputs shows only now
        except EncoderError as error:
            _log.warning("%s", error)
        else:
            return compiled
    return Transformer(model)
