"""The scenarios that come with the program."""

from pathlib import Path

from sim.inputs.errors import InputError, near_match


def scenarios_folder() -> Path:
    """Return the folder of the bundled scenarios, rosters, sweeps and parameters.

    It is ``sim/scenarios`` in an installed wheel and ``scenarios`` beside ``sim`` in a checkout.
    """
    package = Path(__file__).resolve().parent.parent
    installed = package / "scenarios"
    return installed if installed.is_dir() else package.parent / "scenarios"


def bundled_scenarios() -> dict[str, Path]:
    """Return the bundled scenario files by name (``brussels-2025-04``), in alphabetical order."""
    return {path.stem: path for path in sorted(scenarios_folder().glob("*.toml"))}


def find_scenario(source: Path | str, folder: Path = Path()) -> Path:
    """Return the file of a scenario given as a path or as the name of a bundled one.

    Parameters
    ----------
    source
        A path, or a name such as ``brussels-2025-04``.
    folder
        Where a relative path begins.

    Raises
    ------
    InputError
        If there is neither; the message names the nearest match.
    """
    path, bundled = folder / source, bundled_scenarios()
    name = path.name.removesuffix(".toml")
    is_bundled = name in bundled and _is_bundled_reference(Path(source))
    # Results stand in folders named after their scenarios: such a folder is not what is meant.
    if exists(path) and not (is_bundled and path.is_dir()):
        return path
    if is_bundled:
        return bundled[name]
    known = [*bundled, *_neighbours(path)]
    nearest = near_match(path.name, known) or near_match(name, known)
    names = ", ".join(bundled)
    raise InputError(f"no such file, and no bundled scenario of this name: {names}{nearest}", file=path)


def find_roster(source: Path | str) -> Path:
    """Return the folder of a roster given as a path or as the name of a bundled one.

    Raises
    ------
    InputError
        If there is neither; the message names the nearest match.
    """
    path = Path(source)
    bundled = {
        folder.name: folder for folder in sorted(scenarios_folder().glob("rosters/*")) if folder.is_dir()
    }
    if not exists(path) and str(source) not in bundled:
        nearest = near_match(str(source), bundled)
        raise InputError(
            f"no such folder, and no bundled roster of this name: {', '.join(bundled)}{nearest}", file=path
        )
    return path if exists(path) else bundled[str(source)]


def find_bundled(source: Path | str, folder: str, what: str) -> Path:
    """Return the file of what a folder of the bundled ones holds, given as a path or as its name there.

    Parameters
    ----------
    source
        A path, or a name such as ``us-by-clarity``.
    folder
        Where the bundled ones are: ``sweeps``.
    what
        What messages call one of them: ``sweep``.

    Raises
    ------
    InputError
        If there is neither; the message names the nearest match.
    """
    path = Path(source)
    if exists(path):
        return path
    bundled = {file.stem: file for file in sorted((scenarios_folder() / folder).glob("*.toml"))}
    name = path.name.removesuffix(".toml")
    if name in bundled and str(path.parent) in {".", folder, f"scenarios/{folder}"}:
        return bundled[name]
    names = f"{', '.join(bundled)}{near_match(name, bundled)}"
    raise InputError(f"no such file, and no bundled {what} of this name: {names}", file=path)


def _is_bundled_reference(path: Path) -> bool:
    """Tell whether a path is a bare name, or written as in a checkout: ``scenarios/NAME.toml``."""
    return str(path.parent) in {".", "scenarios"}


def _neighbours(path: Path) -> list[str]:
    try:
        return [file.name for file in path.parent.glob("*.toml")]
    except OSError:
        return []


def exists(path: Path) -> bool:
    """Tell whether there is a file or folder, as far as can be known; a name that cannot be is none."""
    try:
        return path.exists()
    except PermissionError:
        return True  # it may be there: opening it says what is the matter
    except (OSError, ValueError):  # a name that is too long, or holds a null byte
        return False
