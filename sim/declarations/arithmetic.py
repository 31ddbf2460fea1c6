"""The arithmetic that equations and rules share: the same bits in plain Python and compiled."""


def clip(value: float, low: float, high: float) -> float:
    """Return the value, at least `low` and at most `high`."""
    at_least = value if value > low else low
    return at_least if at_least < high else high


def larger(first: float, second: float) -> float:
    """Return the larger of two numbers."""
    return first if first > second else second


def smaller(first: float, second: float) -> float:
    """Return the smaller of two numbers."""
    return first if first < second else second
