"""A readable copy of an index whose folder cannot be written, made of links."""

from __future__ import annotations

import os
import shutil
import weakref
from pathlib import Path
from tempfile import mkdtemp


class Mirror:
    """Tantivy locks a file in the index folder even to read. Where that is not allowed it gets a
    temporary folder with links to the segments, and its own copy of the list of segments."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.folder = Path(mkdtemp(prefix="hepatica-index-"))
        weakref.finalize(self, shutil.rmtree, self.folder, ignore_errors=True)
        self.update()

    def update(self) -> None:
        """Links what is new. Raises OSError where the index cannot be read."""
        for path in sorted(self._folder.iterdir()):
            place = self.folder / path.name
            if path.suffix == ".json" or path.name == ".managed.json":
                shutil.copyfile(path, place)
            elif path.suffix != ".lock" and not place.is_symlink():
                place.symlink_to(path.absolute())


def needs_mirror(folder: Path) -> bool:
    return folder.is_dir() and not os.access(folder, os.W_OK)
