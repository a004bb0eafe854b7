"""An assessment as JSON: the whole object, with each claim's citation."""

from __future__ import annotations

from typing import Any

import msgspec

from hepatica.clinic.assess.model import Assessment

SCHEMA_ID = "hepatica-assessment-1"


def render(found: Assessment) -> str:
    """The assessment as JSON text; `schema` describes it."""
    data = {"schema": SCHEMA_ID, **msgspec.to_builtins(found)}
    return msgspec.json.format(msgspec.json.encode(data), indent=2).decode() + "\n"


def schema() -> dict[str, Any]:
    """The JSON Schema of what `render` writes."""
    described = msgspec.json.schema(Assessment)
    top = described["$defs"]["Assessment"]
    top["properties"] = {"schema": {"const": SCHEMA_ID}, **top["properties"]}
    top["required"] = ["schema", *top["required"]]
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **described}
