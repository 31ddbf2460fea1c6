"""Tables of the model: parameters, constants, levels, keys of files, scenarios."""

from collections.abc import Iterator
from typing import Any

from markdown import code, number, safe, table
from pydantic import BaseModel

from sim.inputs import indicators, vocabulary
from sim.inputs.bundled import bundled_scenarios
from sim.inputs.factors import Factor
from sim.inputs.parameters import describe_parameters, load_parameters
from sim.inputs.scenario import Scenario, load_scenario
from sim.inputs.situation import SITUATION, Event, Moscow, Washington
from sim.inputs.sweep_file import Sweep, load_sweep, sweeps_folder
from sim.model import rules


def parameters() -> str:
    """Return every behavioural parameter: default, range, unit, meaning, source."""
    rows = [
        (
            code(each.name),
            number(each.value),
            f"{number(each.low)} to {number(each.high)}",
            each.unit,
            safe(each.meaning),
            safe(each.source),
        )
        for each in describe_parameters()
    ]
    return table(("parameter", "default", "allowed", "unit", "meaning", "source"), rows)


def anchor_bands() -> str:
    """Return where the willingness of a nation lies at the start, by its position."""
    bands = load_parameters().bands.tolist()
    rows = [
        (code(position), number(low), number(high))
        for position, (low, high) in zip(vocabulary.POSITIONS, bands, strict=True)
    ]
    return table(("position", "willingness from", "to"), rows)


def policies() -> str:
    """Return the constants of the policies that a scenario may choose."""
    rows = []
    for name, model in (("washington", Washington), ("moscow", Moscow)):
        for key, field in model.model_fields.items():
            if isinstance(field.default, float):
                rows.append((code(f"{name}.{key}"), number(field.default), field.description or ""))
    return table(("key", "default", "meaning"), rows)


def constants() -> str:
    """Return the numbers that stand in the code because nobody should want to change them."""
    rows = [
        ("least hysteresis", number(rules.LEAST_HYSTERESIS), "log-odds", code("rules.LEAST_HYSTERESIS")),
        (
            "tolerance of a condition",
            number(rules.CONDITION_TOLERANCE),
            "of the level",
            code("rules.CONDITION_TOLERANCE"),
        ),
        (
            "half-width of an attribute, all indicators present",
            number(indicators.BASE_HALF_WIDTH),
            "of 0 to 1",
            code("indicators.BASE_HALF_WIDTH"),
        ),
        (
            "added to it if all are missing",
            number(indicators.MISSING_HALF_WIDTH),
            "of 0 to 1",
            code("indicators.MISSING_HALF_WIDTH"),
        ),
        ("grid of ties and log-odds", "2⁻⁴⁰", "", code("indicators.GRID")),
    ]
    return table(("constant", "value", "unit", "name in the code"), rows)


def levels() -> str:
    """Return the names that levels may be given by."""
    named = {
        "washington.involvement": vocabulary.INVOLVEMENT_LEVELS,
        "moscow.pressure": vocabulary.PRESSURE_LEVELS,
        "mandate.authority": vocabulary.AUTHORITY_LEVELS,
    }
    rows = [
        (code(key), ", ".join(f"`{name}` {number(value)}" for name, value in names.items()))
        for key, names in named.items()
    ]
    return table(("level", "names"), rows)


def keys_of_scenarios() -> str:
    """Return every key of a scenario file."""
    return _keys(Scenario)


def keys_of_events() -> str:
    """Return the keys that only an event has."""
    own = [row for row in _rows(Event) if row[0].strip("`").split(".")[0] not in SITUATION]
    return table(("key", "what it may be", "default", "meaning"), own)


def keys_of_sweeps() -> str:
    """Return the keys of a sweep file, its factors apart."""
    return _keys(Sweep)


def keys_of_factors() -> str:
    """Return the keys of a factor."""
    return _keys(Factor)


def scenarios() -> str:
    """Return the bundled scenarios with what they ask."""
    loaded = {name: load_scenario(path) for name, path in bundled_scenarios().items()}
    rows = [(code(name), safe(found.title), safe(found.description)) for name, found in loaded.items()]
    return table(("name", "title", "what it asks"), rows)


def sweeps() -> str:
    """Return the bundled sweeps with what they ask."""
    loaded = {file.stem: load_sweep(file) for file in sorted(sweeps_folder().glob("*.toml"))}
    rows = [(code(name), found.design, safe(found.description)) for name, found in loaded.items()]
    return table(("name", "design", "what it asks"), rows)


def _keys(model: type[BaseModel]) -> str:
    return table(("key", "what it may be", "default", "meaning"), _rows(model))


def _rows(model: type[BaseModel]) -> Iterator[tuple[str, str, str, str]]:
    schema = model.model_json_schema()
    yield from _properties(schema, schema.get("$defs", {}), "", needed=True)


def _properties(
    schema: dict[str, Any], definitions: dict[str, Any], prefix: str, *, needed: bool
) -> Iterator[tuple[str, str, str, str]]:
    """Yield a row a key; those of tables within the table follow under their path."""
    required = schema.get("required", [])
    for name, given in schema["properties"].items():
        inner, must_be_given = _table_within(given, definitions), needed and name in required
        if inner:
            placeholder = "NATION." if given.get("additionalProperties") else ""
            path = f"{prefix}{name}.{placeholder}"
            yield from _properties(inner, definitions, path, needed=must_be_given)
        elif _meaning(given):
            default = "must be given" if must_be_given else _default(given)
            yield code(prefix + name), _allowed(given, definitions), default, _meaning(given)


def _table_within(given: dict[str, Any], definitions: dict[str, Any]) -> dict[str, Any] | None:
    """Return the table that a key holds, if it is one."""
    within = given.get("additionalProperties") or given
    choices = [within, *within.get("anyOf", []), *within.get("allOf", [])] if isinstance(within, dict) else []
    for choice in choices:
        name = choice.get("$ref", "").rpartition("/")[2]
        if name and "properties" in definitions[name]:
            return dict(definitions[name])
    return None


def _meaning(given: dict[str, Any]) -> str:
    found = [given, *given.get("anyOf", [])]
    return next((safe(choice["description"]) for choice in found if "description" in choice), "")


def _default(given: dict[str, Any]) -> str:
    default = given.get("default")
    if default in (None, "", {}, []):
        return ""
    return number(default) if isinstance(default, int | float) else code(default)


def _allowed(given: dict[str, Any], definitions: dict[str, Any]) -> str:
    """Say what a key may hold, in words."""
    if "anyOf" in given:
        choices = [_allowed(choice, definitions) for choice in given["anyOf"] if choice != {"type": "null"}]
        return ", or ".join(choices)
    if "enum" in given:
        return ", ".join(code(choice) for choice in given["enum"])
    words = {"string": "text", "integer": "whole number", "array": "list", "object": "table"}
    kind = "date" if given.get("format") == "date" else words.get(given.get("type", ""), "number")
    return f"{kind}{_bounds(given)}"


def _bounds(given: dict[str, Any]) -> str:
    low, high = given.get("minimum"), given.get("maximum")
    if low is not None and high is not None:
        return f" from {number(low)} to {number(high)}"
    if low is not None:
        return f" from {number(low)}"
    above = given.get("exclusiveMinimum")
    return f" above {number(above)}" if above is not None else ""
