"""Embedding sync and semantic search for PostgreSQL tables."""

__version__ = "0.2.0"
