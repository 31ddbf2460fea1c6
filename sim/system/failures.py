"""Failures of what is outside the process, each in one line: where, what, and the way on."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager


class Failure(Exception):  # noqa: N818 - the field's word; subclasses name what failed
    """Something outside the process did not do what was asked of it.

    Parameters
    ----------
    place
        The file, folder or address that it is about.
    problem
        What is wrong, in words.
    way_on
        What the user can do, or what the program does instead.
    """

    def __init__(self, place: object, problem: str, way_on: str) -> None:
        self.place, self.problem, self.way_on = place, problem, way_on
        super().__init__(f"{place}: {problem}; {way_on}")


class Refused(Failure):
    """The system refused to read or write something."""


WRITING, READING = "cannot be written to", "cannot be read"

CLOSE = "close other programs and repeat the command"
ANOTHER = "choose another folder"
ELSEWHERE = "choose a folder that you may write to"
WAYS_ON = {
    errno.ENOSPC: "make room on that disk and repeat the command",
    errno.EDQUOT: "make room on that disk and repeat the command",
    errno.EACCES: ELSEWHERE,
    errno.EPERM: ELSEWHERE,
    errno.EROFS: ELSEWHERE,
    errno.ENOENT: ANOTHER,
    errno.ENOTDIR: ANOTHER,
    errno.EEXIST: ANOTHER,
    errno.EISDIR: ANOTHER,
    errno.ENAMETOOLONG: "choose a shorter name",
    errno.EMFILE: "allow more open files (ulimit -n) and repeat the command",
    errno.ENFILE: CLOSE,
    errno.EIO: "the disk may be failing: repeat the command, or choose another disk",
}
READABLE = "see that you may read it"
WAYS_ON_OF_READING = {errno.EACCES: READABLE, errno.EPERM: READABLE}


def refused(place: object, doing: str, error: OSError | MemoryError) -> Refused:
    """Return the failure for what the system refused."""
    if isinstance(error, MemoryError):
        return Refused(place, f"{doing}: not enough memory", CLOSE)
    return Refused(place, f"{doing}: {error.strerror or error}", way_on(error, doing))


def way_on(error: OSError, doing: str) -> str:
    """Return what the user can do where the system refuses to read or write."""
    ways = {**WAYS_ON, **WAYS_ON_OF_READING} if doing == READING else WAYS_ON
    return ways.get(error.errno or 0, "repeat the command")


@contextmanager
def named(place: object, doing: str = WRITING) -> Iterator[None]:
    """Say of what the system refuses where it is, and what the user can do."""
    try:
        yield
    except (OSError, MemoryError) as error:
        raise refused(place, doing, error) from None
