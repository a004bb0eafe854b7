"""Evidence on liver failure and hepatorenal syndrome that can be checked sentence by sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hepatica.clinic.score import score

__version__ = "0.1.0"
__all__ = ["__version__", "score"]


def __getattr__(name: str) -> Any:
    if name == "score":  # imported on first use, so that `import hepatica` stays light
        from hepatica.clinic.score import score

        return score
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
