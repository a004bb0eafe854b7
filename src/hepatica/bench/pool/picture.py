"""Figures without a display, the same bytes for the same result."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hepatica.errors import InputError, MissingExtraError

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["FORMATS", "drawing", "ratio_ticks", "save"]

FORMATS = (".svg", ".png", ".pdf")
_SETTINGS: Any = {
    "font.size": 9,
    "text.parse_math": False,  # a study's name is the user's text, a $ in it a dollar
    "axes.spines.top": False,
    "axes.spines.right": False,
    "svg.hashsalt": "hepatica",
    "svg.fonttype": "none",
}


@contextmanager
def drawing(width: float, height: float) -> Iterator[Figure]:
    """An empty figure of that size in inches, to be drawn on in the block.

    Raises MissingExtraError without matplotlib.
    """
    try:
        import matplotlib
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
    except ModuleNotFoundError as error:
        raise MissingExtraError(what="a figure", extra="assay") from error
    with matplotlib.rc_context(_SETTINGS):
        figure = Figure(figsize=(width, height))
        FigureCanvasAgg(figure)
        yield figure


def save(figure: Figure, path: Path) -> None:
    """Write `figure` in the format of the file's ending, in one step; InputError if it cannot."""
    ending = path.suffix.lower()
    if ending not in FORMATS:
        raise InputError(f"{path.name!r}: expected a file ending in {', '.join(FORMATS)}")
    import matplotlib

    from hepatica.files import write_bytes

    metadata: dict[str, dict[str, Any]] = {
        ".svg": {"Date": None, "Creator": "hepatica"},
        ".pdf": {"CreationDate": None, "Producer": "hepatica", "Creator": "hepatica"},
        ".png": {"Software": "hepatica"},
    }
    held = io.BytesIO()
    with matplotlib.rc_context(_SETTINGS):
        figure.savefig(held, format=ending[1:], dpi=150, metadata=metadata[ending])
    write_bytes(held.getvalue(), path)


def ratio_ticks(axes: Axes) -> None:
    """Plain numbers on a logarithmic x axis of ratios: 0.2, 0.5, 1, 2; closer where it is short."""
    from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

    low, high = axes.get_xlim()
    marks = [m * 10.0**k for k in range(-4, 5) for m in (1, 2, 5)]
    inside = [x for x in marks if low <= x <= high]
    if len(inside) < 3:
        finer = (0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.2, 1.4, 1.6, 1.8, 2, 2.5, 3, 4, 5)
        every = {m * 10.0**k for k in range(-3, 4) for m in finer}
        inside = sorted(x for x in every if low <= x <= high)
    axes.xaxis.set_major_locator(FixedLocator(inside))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{x:g}"))
    axes.xaxis.set_minor_locator(NullLocator())
