"""Guides, protocols, markers and pathway; they live beside the other records, see there."""

from __future__ import annotations

from hepatica.evidence.laboratory import (
    Guide,
    Marker,
    Node,
    Outcome,
    Pathway,
    Protocol,
    Setting,
)
from hepatica.evidence.laboratory_files import guides, markers, pathway, protocols

__all__ = [
    "Guide", "Marker", "Node", "Outcome", "Pathway", "Protocol", "Setting", "guides", "markers",
    "pathway", "protocols",
]  # fmt: skip
