"""The curated claims that guides and protocols lean on, in one line each."""

from __future__ import annotations

from functools import cache

from hepatica.errors import KnowledgeError
from hepatica.evidence.cited import caveat
from hepatica.evidence.curated import Claim, CuratedSource
from hepatica.evidence.knowledge_files import read
from hepatica.evidence.mechanisms import KNOWLEDGE

__all__ = ["claim_line"]


@cache
def claim_line(name: str) -> str:
    """The statement of the claim `name` with its source, and where it was read if not there.

    Reads the claim's own files only. KnowledgeError where there is no such claim.
    """
    path = next((KNOWLEDGE / "claims").rglob(f"{name}.yaml"), None)
    if path is None:
        raise KnowledgeError(f"no claim {name!r}; expected a file under claims/")
    claim = read(path, Claim, root=KNOWLEDGE)
    source = read(KNOWLEDGE / "sources" / f"{claim.source}.yaml", CuratedSource, root=KNOWLEDGE)
    year = f", {source.year}" if source.year else ""
    told = f"; {reserve}" if (reserve := caveat(claim)) else ""
    return f"{claim.statement} ({source.title.rstrip('.')}{year}{told})"
