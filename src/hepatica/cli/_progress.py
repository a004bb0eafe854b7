"""How far an ingestion is, on standard error."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol

from hepatica.cli.output import printable

EVERY_SECONDS = 5.0
LONGEST_NAME = 30


class Progress(Protocol):
    """What the ingestion tells."""

    def reading(self, name: str) -> None:
        """A file or a batch of a service is being read."""

    def settled(self, records: int) -> None:
        """So many records are committed."""


def progress(*, quiet: bool) -> AbstractContextManager[Progress]:
    """A bar on a terminal, a line now and then elsewhere, nothing when `quiet`."""
    if quiet:
        return _silent()
    return _bar() if sys.stderr.isatty() else _lines()


@contextmanager
def counted(what: str, total: int) -> Iterator[Callable[[int], None]]:
    """Tells on standard error how many of `total` are done and how long the rest will take.

    Every few seconds on a terminal and elsewhere; nothing for what is done before.
    """
    began = last = time.monotonic()

    def told(done: int) -> None:
        nonlocal last
        now = time.monotonic()
        if done and now - last >= EVERY_SECONDS:
            last = now
            left = (now - began) / done * (total - done)
            print(f"{done} of {total} {what}, about {left:.0f} s left", file=sys.stderr, flush=True)

    yield told


def _tail(name: str) -> str:
    return printable(" ".join(name.split()))[-LONGEST_NAME:]


class _Silent:
    def reading(self, name: str) -> None:
        pass

    def settled(self, records: int) -> None:
        pass


class _Lines:
    def __init__(self) -> None:
        self._last = time.monotonic()

    def reading(self, name: str) -> None:
        pass

    def settled(self, records: int) -> None:
        if time.monotonic() - self._last >= EVERY_SECONDS:
            self._last = time.monotonic()
            print(f"{records} records", file=sys.stderr, flush=True)


@contextmanager
def _silent() -> Iterator[Progress]:
    yield _Silent()


@contextmanager
def _lines() -> Iterator[Progress]:
    yield _Lines()


@contextmanager
def _bar() -> Iterator[Progress]:
    from rich.console import Console
    from rich.markup import escape
    from rich.progress import BarColumn, SpinnerColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as RichProgress

    columns = (
        SpinnerColumn(),
        BarColumn(bar_width=20),
        TextColumn("{task.completed:,.0f} records"),
        TimeElapsedColumn(),
        TextColumn("{task.description}"),
    )
    with RichProgress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None)

        class _Bar:
            def reading(self, name: str) -> None:
                # The end of a path or address tells it from the others.
                bar.update(task, description=escape(_tail(name)))

            def settled(self, records: int) -> None:
                bar.update(task, completed=records)

        yield _Bar()
