"""Checks of a data folder around its stores: who writes to it, what lies about, room, the compiled model."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from index_store.care.compiled_model import fault_of
from index_store.care.findings import Finding, note, ok, problem
from index_store.care.sizes import free_bytes, readable_bytes, sizes
from index_store.care.unfinished import RESTORE_DRAFT
from index_store.copies import leftovers
from index_store.copy_places import Copy
from index_store.errors import IndexStoreError
from index_store.lock import NOTE, is_held, noted_writer

_LEAST_FREE_BYTES = 200_000_000  # a batch of an index run takes less


def check_writer(folder: Path) -> Finding:
    """Tell whether a process is writing; one that died has left a note and, to be cleared away, what it had begun."""
    writer = noted_writer(folder)
    if writer is None and (folder / NOTE).exists():  # a writer has not finished its note, or it is not a writer's
        told = "a process is writing" if is_held(folder) else "no process is writing"
        return note("writer", f"{told}; {NOTE} names none, and the next writer replaces it")
    if writer is None:
        return ok("writer", "no process is writing")
    if writer.is_alive:
        return ok("writer", f"process {writer.pid} has been writing since {writer.since}")
    told = f"process {writer.pid}, which began at {writer.since}, was killed; the next writer clears up after it"
    return note("writer", told)


def check_drafts(folder: Path, copies: Sequence[Copy]) -> Finding:
    """Tell of drafts of copies, as far as these can be looked at, and of what a killed restore left."""
    names = [RESTORE_DRAFT] if (folder / RESTORE_DRAFT).exists() else []
    for copy in copies:
        with suppress(IndexStoreError):  # a server that cannot be reached is told by the check of Chroma
            names += leftovers([copy])
    if not names:
        return ok("drafts", "none")
    return note(
        "drafts",
        f"{', '.join(names)}: being made, or left by a killed `dateline rebuild` or `dateline restore`",
        remedy="If no process is writing, `dateline rebuild` clears them away.",
    )


def check_unfinished(folder: Path) -> Iterator[Finding]:
    """Tell of a restore that has not put its catalog in place, if there is one."""
    if (folder / RESTORE_DRAFT).exists():
        yield note(
            "drafts",
            f"{RESTORE_DRAFT}: a restore is at work here, or was killed",
            remedy="If no process is writing, run `dateline restore FILE` again, which clears it away.",
        )


def check_room(folder: Path) -> Finding:
    """Compare what is free on the disk with what writing, and making the copies anew, will take."""
    free, measured = free_bytes(folder), sizes(folder)
    copies = measured["chroma"] + measured["words"]
    told = f"{readable_bytes(free)} free"
    if free < _LEAST_FREE_BYTES:
        return problem("disk", told, remedy="Make room: the next index run may fill the disk.")
    if free < copies:
        return note("disk", f"{told}, less than the {readable_bytes(copies)} that `dateline rebuild` needs meanwhile")
    return ok("disk", told)


def check_sizes(folder: Path) -> Finding:
    """Tell how large the parts are."""
    measured = sizes(folder)
    parts = ", ".join(f"{part} {readable_bytes(count)}" for part, count in measured.items() if count)
    return ok("size", f"{readable_bytes(sum(measured.values()))}: {parts}")


def check_encoder(folder: Path, *, dimensions: int | None) -> Finding:
    """Encode a question with the compiled model; its vector must be as long as the index's, where that has any."""
    if not (folder / "encoder" / "model.onnx").exists():
        return note(
            "encoder",
            "the model is not compiled, so a question takes seconds longer",
            remedy="`dateline rebuild` compiles it, if it can be compiled.",
        )
    fault = fault_of(folder / "encoder", dimensions=dimensions)
    if fault:
        return problem("encoder", fault, remedy="Run `dateline rebuild`, which compiles the model anew.")
    return ok("encoder", "the compiled model encodes questions")
