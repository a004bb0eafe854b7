"""Types of arrays, in one place."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["Array", "Floats"]

Floats = NDArray[np.float64]
Array = NDArray[Any]  # real or complex: models are differentiated by complex steps
