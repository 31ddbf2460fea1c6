"""Where this package and matplotlib keep between commands what takes a while to make."""

import os
import stat
import tempfile
from contextlib import suppress
from pathlib import Path

from platformdirs import user_cache_path

from sim.system.calls import call
from sim.system.failures import Failure

WHOLLY_OWN = 0o700
"""Nobody else reads, or puts files into, a folder of ours."""


class NotOwn(Failure):
    """A file or folder that another user wrote, or could have written."""


def user_cache() -> Path:
    """Return the user's folder for caches of this package; it need not be there.

    Raises
    ------
    RuntimeError
        If the user has no home.
    """
    return user_cache_path("coalition-sim").expanduser()


def temporary_cache() -> Path:
    """Return a folder of this user for where there is no home, or none that can be written to."""
    user = os.getuid() if hasattr(os, "getuid") else os.environ.get("USERNAME", "user")
    try:
        temporary = tempfile.gettempdir()
    except OSError:  # none can be written to, nor can this one
        temporary = os.path.sep
    return Path(temporary) / f"coalition-sim-{user}"


@call
def make_own_folder(folder: Path) -> None:
    """Make a folder that nobody else may look into; it may be there.

    Raises
    ------
    OSError
        If it cannot be made.
    """
    folder.mkdir(mode=WHOLLY_OWN, parents=True, exist_ok=True)


@call
def check_own_folder(folder: Path, way_on: str) -> None:
    """Refuse what others may have put into a folder.

    Raises
    ------
    NotOwn
        If another user owns it or may write into it; `way_on` says what is done then.
    OSError
        If it is not there, or cannot be looked at.
    """
    if problem := others_rule(folder.stat()):
        raise NotOwn(folder, problem, way_on)


def others_rule(status: os.stat_result) -> str:
    """Return in what way others could have written a file or folder; empty if in none."""
    if not hasattr(os, "geteuid"):  # Windows: folders of a user are the user's
        return ""
    if status.st_uid != os.geteuid():
        return f"belongs to another user (number {status.st_uid})"
    return "can be written to by others" if status.st_mode & (stat.S_IWGRP | stat.S_IWOTH) else ""


def settle_environment() -> None:
    """Let libraries draw into files alone, and give them a place of the user's own where there is no home.

    Notebooks set a backend for what is started from them, and it need not be installed here.
    """
    os.environ["MPLBACKEND"] = "Agg"
    if _has_home():
        return
    own = temporary_cache()
    with suppress(OSError, NotOwn):  # then each library says what it does instead
        make_own_folder(own)
        check_own_folder(own, "it is not used")
        os.environ.setdefault("HOME", str(own))
        os.environ.setdefault("MPLCONFIGDIR", str(own / "matplotlib"))


def _has_home() -> bool:
    try:
        return os.access(Path.home(), os.W_OK)
    except RuntimeError:
        return False
