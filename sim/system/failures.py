"""Failures of what is outside the process, told in one line: where, what, and the way on."""


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
