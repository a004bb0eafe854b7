"""Where the store stands when nobody says."""

from __future__ import annotations

import os
import sys
from pathlib import Path


def default_folder() -> Path:
    """$HEPATICA_STORE, or `hepatica` in the folder where this platform keeps a user's data."""
    if chosen := os.environ.get("HEPATICA_STORE"):
        return Path(chosen).expanduser()
    home = Path.home()
    if sys.platform == "darwin":
        return home / "Library" / "Application Support" / "hepatica"
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", home / "AppData" / "Local")) / "hepatica"
    return Path(os.environ.get("XDG_DATA_HOME") or home / ".local" / "share") / "hepatica"
