"""The vectors are an ordinary Chroma collection in LlamaIndex's format."""

from pathlib import Path

import chromadb
import pytest
from llama_index.core import VectorStoreIndex
from llama_index.core.embeddings import BaseEmbedding
from llama_index.core.schema import NodeWithScore
from llama_index.vector_stores.chroma import ChromaVectorStore
from shelf import RECIPE, article, put, reader, vector_of

from index_store import NewsRetriever, open_writer

DATED = article("ferry", "The ferry leaves at nine.", "Tickets cost four euros.")
UNDATED = article("bridge", "The bridge is closed.", published_at=None, publisher=None)


class TextEmbedding(BaseEmbedding):
    """Gives LlamaIndex the vector of a chunk with the same text."""

    def _get_query_embedding(self, query: str) -> list[float]:
        return [float(x) for x in vector_of(query)]

    _get_text_embedding = _get_query_embedding

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return self._get_query_embedding(query)


@pytest.fixture
def collection(tmp_path: Path) -> chromadb.Collection:
    """The collection as any Chroma client opens it."""
    with open_writer(tmp_path, recipe=RECIPE) as writer:
        put(writer, [DATED, UNDATED])
    client = chromadb.PersistentClient(tmp_path / "chroma", settings=chromadb.Settings(anonymized_telemetry=False))
    return client.get_collection("dateline", embedding_function=None)


def test_a_chroma_client_can_search_it(collection: chromadb.Collection) -> None:
    """A plain client finds a chunk by the cosine to its vector, with its text and what is known of its article."""
    asked = vector_of("Tickets cost four euros.")
    found = collection.query(query_embeddings=[asked.tolist()], n_results=3)
    texts, distances = found["documents"][0], found["distances"][0]  # type: ignore[index]
    assert (found["ids"][0][0], texts[0]) == (f"{DATED.article_id}.1.1", "Tickets cost four euros.")
    assert distances == pytest.approx([1 - float(asked @ vector_of(text)) for text in texts], abs=1e-5)
    known = found["metadatas"][0][0]  # type: ignore[index]
    assert (known["title"], known["url"], known["publisher"]) == (DATED.title, DATED.url, "Example News")
    assert known["published"] == 1_741_132_800  # 5 March 2025 in seconds since 1970


def test_a_chroma_client_can_filter_it(collection: chromadb.Collection) -> None:
    """Dates are numbers that Chroma compares; an article without one, or without a publisher, has no such key."""
    since = collection.get(where={"published": {"$gte": 1_741_132_800}})["ids"]
    assert sorted(since) == [f"{DATED.article_id}.1.0", f"{DATED.article_id}.1.1"]
    (known,) = collection.get(ids=[f"{UNDATED.article_id}.1.0"])["metadatas"]  # type: ignore[misc]
    assert not {"published", "publisher"} & known.keys()


def test_llama_index_can_search_it(collection: chromadb.Collection) -> None:
    """LlamaIndex finds nodes with the chunk's key, text, span, source article and an exact match's score of one."""
    index = VectorStoreIndex.from_vector_store(ChromaVectorStore(collection), embed_model=TextEmbedding())
    best, *others = index.as_retriever(similarity_top_k=3).retrieve("Tickets cost four euros.")
    assert (best.node.node_id, best.node.get_content()) == (f"{DATED.article_id}.1.1", "Tickets cost four euros.")
    assert best.node.ref_doc_id == DATED.article_id
    assert DATED.text[best.node.start_char_idx : best.node.end_char_idx] == best.node.get_content()
    assert best.node.metadata["title"] == DATED.title
    assert best.score == pytest.approx(1.0, abs=1e-3)
    assert all(other.score < best.score for other in others)


def test_both_ways_lead_to_the_same_nodes(tmp_path: Path, collection: chromadb.Collection) -> None:
    """A node of the collection and one of `NewsRetriever` agree in key, text, span and source article."""
    index = reader(tmp_path)
    ours = NewsRetriever(index, limit=3).retrieve("Tickets cost four euros.")
    theirs = VectorStoreIndex.from_vector_store(ChromaVectorStore(collection), embed_model=TextEmbedding())
    others = theirs.as_retriever(similarity_top_k=3).retrieve("Tickets cost four euros.")

    def known(found: list[NodeWithScore]) -> set[tuple[object, ...]]:
        nodes = [one.node for one in found]
        return {(n.node_id, n.get_content(), n.start_char_idx, n.end_char_idx, n.ref_doc_id) for n in nodes}

    assert known(ours) == known(others)
    assert len(ours) == 3
    index.close()


def test_others_find_nothing_that_was_replaced_or_removed(tmp_path: Path) -> None:
    """Once a run is done, the collection holds the live chunks and no others."""
    with open_writer(tmp_path, recipe=RECIPE) as writer:
        put(writer, [DATED, UNDATED])
        put(writer, [article("ferry", "The ferry leaves at ten.")])
        writer.remove([UNDATED.article_id])
    client = chromadb.PersistentClient(tmp_path / "chroma", settings=chromadb.Settings(anonymized_telemetry=False))
    assert client.get_collection("dateline", embedding_function=None).get()["documents"] == ["The ferry leaves at ten."]
