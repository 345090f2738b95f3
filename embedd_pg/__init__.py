"""Embedding sync and semantic search for PostgreSQL tables."""

__version__ = "0.1.0"
