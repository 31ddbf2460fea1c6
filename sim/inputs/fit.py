"""What parameters were fitted to: a hindcast of the same waves is then in-sample."""

import json
from pathlib import Path

from sim.inputs.errors import InputError
from sim.inputs.parameters import find_parameters
from sim.system.libraries import pa, pq

FITTED_TO = b"fitted_to"
"""Key of a posterior's Parquet metadata: a JSON list of the waves, each as `wave_name` writes it."""


def wave_name(hindcast: str, wave: object) -> str:
    """Return how a wave is named among those that parameters were fitted to: ``europe-2025 2025-09-04``."""
    return f"{hindcast} {wave}"


def fitted_to(parameters: Path | None) -> tuple[str, ...] | None:
    """Return the waves that a file of parameters was fitted to.

    Parameters
    ----------
    parameters
        As for `load_parameters`.

    Returns
    -------
    tuple[str, ...] | None
        Empty for a point (TOML): it is set by hand. None for draws that do not say what they were fitted to.

    Raises
    ------
    InputError
        If the file cannot be read, or says it in another way.
    """
    path = find_parameters(parameters)
    if path.suffix != ".parquet":
        return ()
    try:
        metadata = pq.read_schema(path).metadata or {}
    except (OSError, pa.ArrowException) as error:
        raise InputError(f"is not readable as Parquet: {error}", file=path) from None
    return _waves(metadata[FITTED_TO], path) if FITTED_TO in metadata else None


def _waves(text: bytes, path: Path) -> tuple[str, ...]:
    try:
        waves = json.loads(text)
    except ValueError:
        waves = None
    if not isinstance(waves, list) or not all(isinstance(wave, str) for wave in waves):
        raise InputError("must be a JSON list of texts", file=path, key=FITTED_TO.decode())
    return tuple(waves)
