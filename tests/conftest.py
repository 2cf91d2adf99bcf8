"""What tests of several folders share."""

import os
from pathlib import Path

import pytest
from filelock import FileLock
from hypothesis import settings

from index_store import PassageEncoder
from index_store.models import Model
from index_store.transformer import Transformer

# Half of Hypothesis' own number, so that the suite keeps to ten minutes; `--hypothesis-profile=default` tries all.
settings.register_profile("suite", max_examples=50, deadline=None)
settings.load_profile("suite")


@pytest.fixture(scope="session")
def compiled_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the real model, compiled once for all workers: loading and compiling the original takes 15 s."""
    shared = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent
    with FileLock(shared / "compiled.lock"):
        folder = shared / "compiled"
        assert folder.exists() or Transformer(Model.from_setting("")).export(folder)
    return folder


@pytest.fixture(scope="session")
def encoder(compiled_model: Path) -> PassageEncoder:
    """The real embedding model, loaded once."""
    return PassageEncoder(Model.from_setting(""), compiled_model)


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Number bytes instead of spelling them: gzip writes the time into them, and parallel runs must agree on names."""
    return argname if isinstance(val, bytes) else None
