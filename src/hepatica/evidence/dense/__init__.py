"""Retrieval by meaning, beside retrieval by words. Needs the extra `dense` and a model's files."""
