"""Compiled code kept from one run of the program to the next: used only where it is whole and the user's own.

Numba's own cache unpickles and runs whatever stands in its folder, and is stopped by what is damaged there.
Here any failure is a miss: it is one line of warning, the code is compiled anew and, where that can be, kept.
"""

import hashlib
import logging
import os
import pickle
import stat
import sys
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any
from uuid import uuid4

import numba
from numba.core.compiler import CompileResult
from numba.core.serialize import dumps

from sim.system.caches import (
    NotOwn,
    check_own_folder,
    make_own_folder,
    others_rule,
    temporary_cache,
    user_cache,
)
from sim.system.calls import call
from sim.system.failures import Failure
from sim.system.memory import OutOfMemory, available_memory

COMPILED = "compiled"
"""What the folder is called in that of this package's caches."""

DIGEST = 32
"""Bytes of the digest that a file begins with."""

MOST_BYTES = 2**28
"""Of a file of compiled code."""

COMPILING = 2e8
"""Bytes of memory that Numba takes to compile the model."""

ANEW = "the model is compiled anew, which takes some 10 seconds"
NOT_KEPT = "compiled code is not kept for the next command; NUMBA_CACHE_DIR names another folder"
NOT_RUN = f"what is in it is not run; {NOT_KEPT}"


class DamagedCode(Failure):
    """Compiled code that is not as it was written."""


class Unusable(Failure):
    """A folder or file of compiled code that the system does not let us use."""


@cache
def cache_folder() -> Path:
    """Return where compiled code is kept: below ``NUMBA_CACHE_DIR``, else in the user's folder of caches.

    Where there is no home, or that folder is not the user's own, it is a temporary one that is.
    """
    temporary = temporary_cache() / COMPILED
    instead = f"compiled code is kept in {temporary} instead"
    try:
        folder = _usual_folder()
        make_own_folder(folder)
        check_own_folder(folder, instead)
        return folder
    except RuntimeError:  # no home
        pass
    except NotOwn as error:
        _tell(error)
    except OSError as error:
        _tell(Unusable(folder, _cause(error), instead))
    return temporary


def _usual_folder() -> Path:
    named = numba.config.CACHE_DIR  # type: ignore[attr-defined]
    return Path(named).absolute() / "coalition-sim" if named else user_cache() / COMPILED


class CompiledCache:
    """Keeps what Numba compiles of a function; takes the place of Numba's own cache of it.

    A file holds the code for one signature and processor. It begins with a digest of itself and its name.

    Parameters
    ----------
    folder
        Where the files are; it need not be there.
    source
        A digest of all source that is compiled: code of another source is a miss.
    """

    def __init__(self, folder: Path, source: str) -> None:
        self.cache_path = folder
        self._source = source
        self._is_ours = True

    def load_overload(self, signature: Any, target: Any) -> Any:
        """Return the compiled code for a signature, or None if it has to be compiled."""
        target.refresh()
        file = self._file(signature, target.codegen())
        try:
            check_own_folder(self.cache_path, NOT_RUN)
            return CompileResult._rebuild(target, *pickle.loads(read_sealed(file)))  # noqa: S301 - our own
        except FileNotFoundError:
            logging.getLogger("sim").warning(
                "compiling the model for this machine, once; this takes some 10 seconds"
            )
        except NotOwn as error:
            self._is_ours = error.place != self.cache_path
            _tell(error)
        except DamagedCode as error:
            _tell(error)
        except OSError as error:
            _tell(Unusable(file, _cause(error), ANEW))
        except MemoryError:
            raise
        except Exception as error:  # whole, but of other packages
            _tell(DamagedCode(file, f"cannot be loaded ({type(error).__name__}: {error})", ANEW))
        _check_memory()
        return None

    def save_overload(self, signature: Any, compiled: Any) -> None:
        """Keep compiled code; code that refers to addresses of this process is of no use to another."""
        if not self._is_ours or compiled.library.has_dynamic_globals:
            return
        file = self._file(signature, compiled.codegen)
        try:
            make_own_folder(self.cache_path)
            check_own_folder(self.cache_path, NOT_RUN)
            write_sealed(file, dumps(compiled._reduce()))
        except NotOwn as error:
            _tell(error)
        except OSError as error:
            _tell(Unusable(file, _cause(error), NOT_KEPT))

    def _file(self, signature: Any, codegen: Any) -> Path:
        """Return the file for a signature and a processor, of these sources and versions."""
        made_by = self._source, numba.__version__, sys.implementation.cache_tag, codegen.magic_tuple()
        name = hashlib.blake2b(repr((made_by, signature)).encode(), digest_size=16).hexdigest()
        return self.cache_path / f"{name}.compiled"


def keep_compiled(dispatcher: Any, folder: Path, source: str) -> Any:
    """Return a function that Numba compiles, its code being kept; see `CompiledCache`."""
    dispatcher._cache = CompiledCache(folder, source)
    return dispatcher


def _check_memory() -> None:
    """Refuse to compile where there is not memory enough: LLVM ends the process.

    Raises
    ------
    OutOfMemory
        If it is.
    """
    available = available_memory()
    if available is not None and available < COMPILING:
        raise OutOfMemory("some 0.2 GB are needed to compile the model", "give it more")


def _tell(failure: Failure) -> None:
    logging.getLogger("sim").warning(" ".join(str(failure).split()))


def _cause(error: OSError) -> str:
    return error.strerror or str(error)


# --- files -------------------------------------------------------------------------------------------


@call
def read_sealed(file: Path) -> bytes:
    """Return the content of a file that `write_sealed` wrote; what is looked at is what is returned.

    Raises
    ------
    NotOwn
        If another user owns the file or may write to it.
    Damaged
        If it is not as it was written, or under another name.
    OSError
        If it is not there or cannot be read, or is a link.
    """
    with os.fdopen(_opened(file), "rb") as stream:
        status = os.fstat(stream.fileno())
        if problem := others_rule(status):
            raise NotOwn(file, problem, f"it is not run; {ANEW}")
        if not stat.S_ISREG(status.st_mode) or status.st_size > MOST_BYTES:
            raise DamagedCode(file, "is no compiled code", ANEW)
        digest, content = stream.read(DIGEST), stream.read(status.st_size)
    if digest != _digest(file, content):
        raise DamagedCode(file, "is damaged", ANEW)
    return content


def _opened(file: Path) -> int:
    """Open what is a file itself: a link is refused, and a pipe is not waited for."""
    flags = ("O_NOFOLLOW", "O_NONBLOCK", "O_CLOEXEC", "O_BINARY")
    return os.open(file, os.O_RDONLY | sum(getattr(os, flag, 0) for flag in flags))


@call
def write_sealed(file: Path, content: bytes) -> None:
    """Write a file with a digest; it takes its place whole.

    Raises
    ------
    OSError
        If it cannot be written; then nothing is left.
    """
    draft = file.with_name(f".{file.name}.{uuid4().hex[:8]}")
    try:
        with draft.open("xb") as stream:
            draft.chmod(0o600)
            stream.write(_digest(file, content))
            stream.write(content)
        draft.replace(file)
    except BaseException:
        with suppress(OSError):
            draft.unlink(missing_ok=True)
        raise


def _digest(file: Path, content: bytes) -> bytes:
    """Return a digest of a content under its name: code that is renamed is not what it was either."""
    return hashlib.blake2b(content, key=file.name.encode()[:64], digest_size=DIGEST).digest()
