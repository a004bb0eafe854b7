"""The evidence store: SQLite is the record, a Tantivy index beside it is derived from it."""

from hepatica.evidence.store.location import default_folder
from hepatica.evidence.store.records import (
    Hit,
    IngestReport,
    Origin,
    ReviewRow,
    Settle,
    SourceRow,
    StoredPassage,
)
from hepatica.evidence.store.store import Store

__all__ = [
    "Hit",
    "IngestReport",
    "Origin",
    "ReviewRow",
    "Settle",
    "SourceRow",
    "Store",
    "StoredPassage",
    "default_folder",
]
