"""Everything Hepatica raises on purpose.

HepaticaError           one line: what is wrong, the value, what was expected, what to do
├── InputError          exit 2: a question, option or patient file that cannot be used
├── SourceError         exit 3: bytes that no reader can turn into a source
│   └── UnsafeSourceError   entity bombs, archives that explode, depth or size beyond the limits
├── KnowledgeError      exit 4: a curated file that breaks its schema or its contract
├── CitationError       exit 4: a quote that does not stand at its offsets
├── StoreError          exit 5: a store that is corrupt, locked, of another version, or out of disk
├── FetchError          exit 6: a remote service that refused, failed or timed out
└── MissingExtraError   exit 7: an optional dependency that is not installed
"""

from __future__ import annotations


class HepaticaError(Exception):
    """Base of all errors raised on purpose; `str(error)` is one line fit for a user."""

    exit_code = 1


class InputError(HepaticaError):
    exit_code = 2


class SourceError(HepaticaError):
    exit_code = 3


class UnsafeSourceError(SourceError):
    pass


class KnowledgeError(HepaticaError):
    exit_code = 4


class CitationError(HepaticaError):
    exit_code = 4


class StoreError(HepaticaError):
    exit_code = 5


class FetchError(HepaticaError):
    exit_code = 6


class MissingExtraError(HepaticaError):
    exit_code = 7

    def __init__(self, *, what: str, extra: str) -> None:
        super().__init__(f"{what} needs an optional part: pip install 'hepatica[{extra}]'")
