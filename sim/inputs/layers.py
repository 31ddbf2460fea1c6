"""Settings laid over each other: a base file, what extends it, then a user's own overrides.

Every value remembers the place that it came from, so that a mistake in the base names the base.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import reduce
from pathlib import Path
from typing import Any

from sim.inputs.bundled import find_scenario
from sim.inputs.errors import InputError
from sim.inputs.toml_file import TomlFile, TomlPath, dotted, nearest, read_toml, suffix
from sim.inputs.validation import shown


@dataclass(frozen=True)
class Place:
    """Where a value stands: a line of a file, or an option such as ``--set rounds=10``."""

    file: Path | None = None
    line: int | None = None
    key: str | None = None
    option: str | None = None

    def short(self) -> str:
        """Return the place in a few words, for a message about something else."""
        return self.option or (f"{self.file}:{self.line}" if self.file else f"{self.key}")

    def error(self, problem: str) -> InputError:
        """Return (not raise) the error that says what is wrong here."""
        return InputError(problem, file=self.option or self.file, line=self.line, key=self.key)


@dataclass(frozen=True)
class Layer:
    """Settings and the places that they came from."""

    data: dict[str, Any]
    places: Mapping[TomlPath, Place] = field(default_factory=dict)

    def place(self, key_path: TomlPath) -> Place:
        """Return where a value stands, or else the nearest table around it."""
        place = nearest(self.places, key_path) or Place()
        return place if place.option else Place(place.file, place.line, self._key(key_path))

    def error(self, key_path: TomlPath, problem: str) -> InputError:
        """Return (not raise) the error that says what is wrong with a value."""
        return self.place(key_path).error(problem)

    def _key(self, key_path: TomlPath) -> str:
        """Return a key as its own file writes it: events are numbered anew where layers are merged."""
        for length in range(len(key_path), 0, -1):
            known = self.places.get(key_path[:length])
            if known and known.key:
                return known.key + suffix(key_path[length:])
        return dotted(key_path)


def layer_of(file: TomlFile) -> Layer:
    """Return a file as a layer."""
    places = {path: Place(file.path, line, dotted(path)) for path, line in file.lines.items()}
    return Layer(file.data, {(): Place(file.path, 1), **places})


def read_layers(path: Path) -> list[Layer]:
    """Read a scenario file and what it extends, the outermost base first.

    A base is looked for beside the file that names it, then among the bundled scenarios. What it describes is
    itself: its description is not that of a file that changes it.

    Raises
    ------
    InputError
        If a file cannot be read, or the files extend each other in a circle.
    """
    layers: list[Layer] = []
    chain: list[Path] = []
    while True:
        file = read_toml(path)
        layer = layer_of(file)
        layers.insert(0, replace(layer, data=_without_description(layer.data)) if layers else layer)
        chain.append(path)
        if "extends" not in file.data:
            return layers
        path = _base(file)
        if path.resolve() in {seen.resolve() for seen in chain}:
            circle = " -> ".join(seen.name for seen in [*chain, path])
            raise file.error(("extends",), f"files extend each other in a circle: {circle}")


def _without_description(data: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in data.items() if key != "description"}


def _base(file: TomlFile) -> Path:
    name = file.data["extends"]
    if not isinstance(name, str) or not name:
        raise file.error(("extends",), f"must be the name of a file, not {shown(name)}")
    try:
        return find_scenario(name, file.path.parent)
    except InputError as error:
        raise file.error(("extends",), str(error)) from None


def merged(layers: list[Layer]) -> Layer:
    """Merge layers, later over earlier: tables deeply, ``events`` appended, all else replaced."""
    return reduce(_over, layers)


def _over(base: Layer, top: Layer) -> Layer:
    base_events, top_events = base.data.get("events"), top.data.get("events")
    data = merge_tables(_still_sourced(base.data, top.data), top.data)
    shift = 0
    if isinstance(base_events, list) and isinstance(top_events, list):
        data["events"] = base_events + top_events
        shift = len(base_events)
    return Layer(
        data, {**base.places, **{_shifted(path, shift): place for path, place in top.places.items()}}
    )


def _still_sourced(base: Mapping[str, Any], top: Mapping[str, Any]) -> dict[str, Any]:
    """Return a base without the source of a number that is replaced: it is not where the other is from."""
    replaced = {f"{key}_source" for key in top}
    return {key: value for key, value in base.items() if key not in replaced}


def _shifted(path: TomlPath, shift: int) -> TomlPath:
    match path:
        case ("events", int(position), *rest):
            return ("events", position + shift, *rest)
    return path


def merge_tables(base: Mapping[str, Any], top: Mapping[str, Any]) -> dict[str, Any]:
    """Merge two tables deeply; where both give a value that is no table, the top one counts."""
    both = {
        key: merge_tables(base[key], top[key])
        for key in base.keys() & top.keys()
        if isinstance(base[key], dict) and isinstance(top[key], dict)
    }
    return {**base, **top, **both}
