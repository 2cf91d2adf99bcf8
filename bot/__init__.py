"""From a question to a cited answer: the core in `answering`, and its front ends. Knows nothing of `ingest`."""
