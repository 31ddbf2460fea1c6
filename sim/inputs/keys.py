"""Keys: what can be set, in a scenario, by an option, by a sweep; the one spelling of each."""

PARAMETER_PREFIX = "parameters."
EVENTS = "events"
"""Where keys of events begin."""


class Key(str):
    """The dotted path of a value that can be set: ``washington.involvement``, ``parameters.followership``.

    Made once, where a user names it, of either spelling: two underscores stand for a dot where Python allows
    none, as in ``washington__involvement=0.75``. Keys are compared, stored and shown in dots.
    """

    __slots__ = ()

    def __new__(cls, text: str) -> "Key":
        """Read a key in either spelling."""
        return super().__new__(cls, text.strip().replace("__", "."))

    @property
    def path(self) -> tuple[str, ...]:
        """The keys on the way to the value."""
        return tuple(self.split("."))

    @property
    def parameter(self) -> str:
        """The name of the behavioural parameter that it is, empty if it is none."""
        return self.removeprefix(PARAMETER_PREFIX) if self.startswith(PARAMETER_PREFIX) else ""

    @property
    def is_of_event(self) -> bool:
        """Whether it is about an event of a scenario, not about the situation or a setting."""
        return self.path[0] == EVENTS


def parameter_key(name: str) -> Key:
    """Return the key of a behavioural parameter."""
    return Key(f"{PARAMETER_PREFIX}{name}")
