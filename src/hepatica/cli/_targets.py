"""What `hepatica ingest` was asked to read: files, folders, and queries to services."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from hepatica.errors import InputError, MissingExtraError, SourceError
from hepatica.evidence.model import Document, Rejection
from hepatica.evidence.store.records import Origin

SPEC = re.compile(r"(pubmed|pmid|dailymed|openfda|ctgov|pmc):(.*\S)", re.DOTALL)

Record = Document | Rejection | Origin


def check_targets(targets: Iterable[str]) -> None:
    """Raises InputError for a target that is neither there nor a query to a service."""
    for target in targets:
        if not Path(target).exists() and not SPEC.fullmatch(target):
            raise InputError(
                f"{target!r} is no file or folder and no query; a query looks like pubmed:QUERY, "
                "pmid:N, dailymed:NAME, openfda:NAME, ctgov:QUERY or pmc:ID"
            )


def files_in(path: Path, *, without: Path) -> Iterator[Path]:
    """The file itself, or the files of a folder in sorted order, without hidden ones and without
    what stands in the folder `without`."""
    if path.is_file():
        yield path
        return
    if path.resolve() == without.resolve():
        return
    for entry in sorted(path.iterdir()):
        if not entry.name.startswith(".") and (entry.is_file() or not entry.is_symlink()):
            yield from files_in(entry, without=without)


def records(targets: Iterable[str], *, store: Path, limit: int | None) -> Iterator[Record]:
    """All records of the targets, each file's led by an Origin; at most `limit` a target.

    A file or folder that cannot be read is a Rejection. Raises FetchError when a service fails.
    """
    for target in targets:
        if Path(target).exists():
            yield from _limited(_from_path(Path(target), store), limit)
        else:
            yield from _limited(_from_service(target, store, limit), limit)


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

    try:
        for file in files_in(path, without=store):
            yield Origin(str(file))
            try:
                yield from read_path(file)
            except (SourceError, MissingExtraError) as error:
                yield _rejection(str(file), error)
    except OSError as error:
        yield Rejection(where=str(path), reason=f"cannot be read: {error.strerror}")


def _from_service(spec: str, store: Path, limit: int | None) -> Iterator[Record]:
    from hepatica.evidence.fetch import fetch
    from hepatica.evidence.readers import read_bytes

    for fetched in fetch(spec, limit=limit, state=store / "fetch"):
        yield Origin(fetched.name)
        try:
            yield from read_bytes(fetched.data, name=fetched.name)
        except (SourceError, MissingExtraError) as error:
            yield _rejection(fetched.name, error)


def _rejection(where: str, error: Exception) -> Rejection:
    return Rejection(where=where, reason=str(error).removeprefix(f"{where}: "))
