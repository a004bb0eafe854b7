"""What `hepatica ingest` was asked to read: files, folders, and queries to services."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from hepatica.errors import InputError, MissingExtraError, SourceError
from hepatica.evidence.fetch import SERVICES, fetch, is_spec, parse
from hepatica.evidence.model import Document, Rejection
from hepatica.evidence.store.records import Origin, Settle

if TYPE_CHECKING:
    from hepatica.evidence.fetch.http import Client

Record = Document | Rejection | Origin | Settle


def check_targets(targets: Iterable[str]) -> None:
    """Raises InputError for a target that is neither there nor a query to a service."""
    for target in targets:
        if Path(target).exists():
            continue
        if not is_spec(target):
            raise InputError(
                f"{target!r} is no file or folder and no query; a query begins with one of "
                + ", ".join(f"{service}:" for service in SERVICES)
            )
        parse(target)


def records(
    targets: Iterable[str], *, store: Path, limit: int | None, client: Client | None = None
) -> Iterator[Record]:
    """All records of the targets, each file's led by an Origin; at most `limit` a target.

    A file or folder that cannot be read is a Rejection. Raises FetchError when a service fails;
    the same fetch then goes on where it stopped, by a note that it keeps in the folder `store`.
    """
    for target in targets:
        if Path(target).exists():
            yield from _limited(_from_path(Path(target), store), limit)
        else:
            yield from _from_service(target, store, limit, client)


def files_in(path: Path, *, without: Path) -> Iterator[Path | Rejection]:
    """The file itself, or the files of a folder in sorted order, without hidden ones and without
    what stands in the folder `without`. What cannot be opened, such as a pipe, is a Rejection."""
    if path.is_file():
        yield path
    elif not path.is_dir():
        yield Rejection(where=str(path), reason="no file and no folder; expected one of them")
    elif path.resolve() != without.resolve():
        try:
            entries = sorted(path.iterdir())
        except OSError as error:
            yield Rejection(where=str(path), reason=f"cannot be read: {error.strerror}")
            return
        for entry in entries:
            if not entry.name.startswith(".") and (entry.is_file() or not entry.is_symlink()):
                yield from files_in(entry, without=without)


def _limited(found: Iterator[Record], limit: int | None) -> Iterator[Record]:
    if limit is None:
        yield from found
        return
    taken = 0
    for record in found:
        if not isinstance(record, Origin):
            if taken == limit:
                return
            taken += 1
        yield record


def _from_path(path: Path, store: Path) -> Iterator[Record]:
    from hepatica.evidence.readers import read_path
    from hepatica.evidence.readers._text import one_line

    for file in files_in(path, without=store):
        if isinstance(file, Rejection):
            yield Rejection(where=one_line(file.where), reason=file.reason)
            continue
        yield Origin(one_line(str(file)))
        try:
            yield from read_path(file)
        except (SourceError, MissingExtraError) as error:
            yield _rejection(str(file), error)
        except OSError as error:
            yield Rejection(where=one_line(str(file)), reason=f"cannot be read: {error.strerror}")


def _from_service(
    spec: str, store: Path, limit: int | None, client: Client | None
) -> Iterator[Record]:
    from hepatica.evidence.readers import read_bytes

    notes = store / "fetch"
    notes.mkdir(exist_ok=True)
    note = notes / f"{sha256(f'{spec} {limit}'.encode()).hexdigest()[:16]}.json"
    for fetched in fetch(spec, client=client, limit=limit, state=note):
        yield Origin(fetched.name)
        try:
            yield from read_bytes(fetched.data, name=fetched.name)
        except (SourceError, MissingExtraError) as error:
            yield _rejection(fetched.name, error)
        # The fetch notes an answer as done when it is asked for the next one.
        yield Settle()


def _rejection(where: str, error: Exception) -> Rejection:
    from hepatica.evidence.readers._text import one_line

    where = one_line(where)
    return Rejection(where=where, reason=str(error).removeprefix(f"{where}: "))
