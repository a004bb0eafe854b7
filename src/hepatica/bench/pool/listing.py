"""What can be pooled: settings, and families with at least one study that has events and totals."""

from __future__ import annotations

import msgspec

from hepatica.bench.pool.document import Document, Section, Table, as_markdown, as_text
from hepatica.bench.pool.select import select, setting_for
from hepatica.bench.pool.settings import Pooling
from hepatica.errors import InputError
from hepatica.evidence.knowledge import Knowledge

__all__ = ["listing"]


def listing(knowledge: Knowledge, pooling: Pooling, shape: str) -> str:
    """The list as "text", "markdown" or "json"."""
    rows: list[tuple[str, int, int, str]] = []
    for name in sorted({*pooling.settings, *knowledge.families}):
        setting = setting_for(name, knowledge, pooling)
        try:
            counted = select(setting, knowledge, pooling, single=True, cohorts=True)
            further = select(setting, knowledge, pooling, single=True, cohorts=True, derived=True)
        except InputError:
            continue
        if further.studies:
            two = sum(len(study.arms) > 1 for study in counted.studies)
            more = sum(len(study.arms) > 1 for study in further.studies) - two
            kind = "network" if setting.network else ""
            rows.append((name, two, more, f"{kind}: {setting.title}" if kind else setting.title))
    if shape == "json":
        data = [
            {"name": name, "comparative_studies": two, "more_with_derived": more, "title": title}
            for name, two, more, title in rows
        ]
        return msgspec.json.format(msgspec.json.encode(data), indent=2).decode() + "\n"
    table = Table(
        ("name", "title", "comparisons", "more with --derived"),
        tuple((name, title, str(two), str(more)) for name, two, more, title in rows),
        left=2,
    )
    document = Document(
        "What can be pooled",
        "Families of claims with events and totals; `hepatica pool NAME`.",
        (Section("Families", table),),
    )
    return as_markdown(document) if shape == "markdown" else as_text(document)
