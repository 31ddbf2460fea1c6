"""Tables of the model: parameters, constants, levels, keys of files, scenarios."""

from collections.abc import Iterator
from typing import Any

from pieces import code, number, options_as_code, safe, table, together
from pydantic import BaseModel

from sim.declarations.kinds import Prior
from sim.declarations.levels import LEVELS, PERCEIVED
from sim.declarations.parameters import PARAMETERS
from sim.inputs.bundled import bundled_scenarios, find_roster
from sim.inputs.coalitions.asked_file import AskedFile
from sim.inputs.factors import Factor
from sim.inputs.hindcast_file import Hindcast
from sim.inputs.patterns_file import Patterns
from sim.inputs.prior import Marginal
from sim.inputs.questions import Questions
from sim.inputs.roster_file import vocabulary_of
from sim.inputs.scenario import load_scenario, scenario_type
from sim.inputs.situation import AT_START, event_type, situation_keys, written
from sim.inputs.sweep_file import Sweep, load_sweep, sweeps_folder
from sim.inputs.trigger import COMPARISONS, QUANTITIES, STATES
from sim.model import rules

VOCABULARY = vocabulary_of(find_roster("europe-2025"))

Row = tuple[str, str, str, str]
"""A key, what it may be, its default, its meaning."""


def parameters() -> str:
    """Return every behavioural parameter: default, range, unit, meaning, what it rests on, source."""
    rows = [
        (
            code(each.name),
            number(each.value),
            together(" to ".join(map(number, each.range))),
            each.unit,
            safe(each.meaning),
            each.rests_on,
            safe(each.source),
        )
        for each in PARAMETERS.values()
    ]
    return table(("parameter", "default", "allowed", "unit", "meaning", "rests on", "source"), rows)


def priors() -> str:
    """Return what is believed of every parameter before any outcome is looked at, and why."""
    rows = [
        (code(each.name), _distribution(each.prior), safe(each.prior.reason))
        for each in PARAMETERS.values()
        if each.prior
    ]
    return table(("parameter", "prior", "why"), rows)


def _distribution(prior: Prior) -> str:
    if prior.distribution is None:
        return "fixed"
    numbers = (f"{name} {number(value)}" for name, value in prior.numbers.items())
    return f"{prior.distribution.replace('_', '-')}: {', '.join(map(together, numbers))}"


def levers() -> str:
    """Return what each level is on the scale of past coalitions, and whether it is a lever."""
    rows = []
    for name, level in LEVELS.items():
        if level.cases:
            points = "; ".join(f"{number(here)} is {number(there)}" for here, there in level.cases.points)
            moves = ("in time" if name in PERCEIVED else "at once") if level.cases.lever else "no lever"
            rows.append((code(name), code(level.cases.name), points, moves))
    header = ("level", "of past coalitions", "here is there, linear between", "its changes are seen")
    return table(header, rows)


def policies() -> str:
    """Return the constants of the policies that a scenario may choose."""
    rows = []
    for actor, key in VOCABULARY.keys.items():
        for constant, field in AT_START[actor].model_fields.items():
            if isinstance(field.default, float):
                rows.append((code(f"{key}.{constant}"), number(field.default), field.description or ""))
    return table(("key", "default", "meaning"), rows)


def constants() -> str:
    """Return the numbers that stand in the code because nobody should want to change them."""
    declared = (
        ("a demand begins to be met below its threshold by", "SOFTNESS", "of the level"),
        ("tolerance of a demand that is met in full", "CONDITION_TOLERANCE", "of the level"),
        ("share of a change that is seen in a round", "ATTENTION", ""),
        ("share of the effect of visits left after a round", "LOBBY_DECAY", ""),
        ("a reading between the ends is a rung off", "MISREAD_BETWEEN", "probability"),
        ("a reading at the ends is a rung off", "MISREAD_AT_ENDS", "probability"),
        ("share of a pledge in the field at a time", "IN_THE_FIELD", ""),
        ("a ceasefire holds from", "CEASEFIRE_HOLDS", "of the level"),
        ("least that can be deployed", "LEAST_DEPLOYED", "of what is coded"),
        ("most likely", "LIKELIEST_DEPLOYED", "of what is coded"),
        ("most that can be deployed", "MOST_DEPLOYED", "of what is coded"),
    )
    rows = [
        (meaning, number(getattr(rules, name)), unit, code(f"rules.{name}"))
        for meaning, name, unit in declared
    ]
    centres = zip(("opposed", "undecided", "open", "committed"), rules.CENTRES, strict=True)
    rows += [
        (
            f"willingness of those who speak from the rung {rung}",
            number(centre),
            "log-odds",
            code("rules.CENTRES"),
        )
        for rung, centre in centres
    ]
    rows.append(("grid of logarithms and powers", "2⁻⁴⁰", "", code("indicators.GRID")))
    return table(("constant", "value", "unit", "name in the code"), rows)


def levels() -> str:
    """Return the names that levels may be given by."""
    rows = [
        (
            code(".".join(written(level.key, VOCABULARY))),
            ", ".join(f"`{name}` {number(value)}" for name, value in VOCABULARY.steps(level.name).items()),
        )
        for level in LEVELS.values()
        if VOCABULARY.steps(level.name)
    ]
    return table(("level", "names"), rows)


def keys_of_scenarios() -> str:
    """Return every key of a scenario file; those of events stand apart."""
    return _keys(_rows(scenario_type(VOCABULARY), apart=("events",)))


def keys_of_events() -> str:
    """Return the keys that only an event has."""
    return _keys(_rows(event_type(VOCABULARY), apart=situation_keys(VOCABULARY)))


def conditions_of_events() -> str:
    """Return what a condition of an event may be about."""
    comparisons = ", ".join(map(code, COMPARISONS))
    quantities = [
        (code(name), f"{meaning}; with one of {comparisons} and a number")
        for name, meaning in QUANTITIES.items()
    ]
    meaning = (
        f"how the world is, whoever moved it last; with one of {comparisons} and a number from 0 to 1, or "
        "the name that the roster gives to one"
    )
    level = (f"a level, such as {code('washington.involvement')}", meaning)
    states = [(code(f"NATION {state}"), meaning) for state, meaning in STATES.items()]
    return table(("condition", "what it looks at"), [*quantities, level, *states])


def keys_of_sweeps() -> str:
    """Return the keys of a sweep file; those of factors stand apart."""
    return _keys(_rows(Sweep, apart=("levers", "uncertainties")))


def keys_of_factors() -> str:
    """Return the keys of a factor."""
    return _keys(_rows(Factor))


def keys_of_hindcasts() -> str:
    """Return the keys of a hindcast file."""
    return _keys(_rows(Hindcast))


def keys_of_priors() -> str:
    """Return the keys of a parameter's prior."""
    return _keys(_rows(Marginal))


def keys_of_questions() -> str:
    """Return the keys of a file of questions; those of factors stand apart."""
    return _keys(_rows(Questions, apart=("levers",)))


def keys_of_forecasts() -> str:
    """Return the keys of a file that asks who takes part in a coalition."""
    return _keys(_rows(AskedFile))


def keys_of_patterns() -> str:
    """Return the keys of a file of patterns."""
    return _keys(_rows(Patterns))


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


def figures_of_a_run() -> str:
    """Return the names of the figures of a run."""
    from sim.outputs.figures import FIGURES

    return f"{', '.join(map(code, FIGURES))}.\n"


def _keys(rows: Iterator[Row]) -> str:
    return table(("key", "what it may be", "default", "meaning"), rows)


def _rows(model: type[BaseModel], apart: tuple[str, ...] = ()) -> Iterator[Row]:
    """Yield a row a key of a file; what stands apart is not unfolded, nor shown if it says nothing."""
    schema = model.model_json_schema()
    yield from _properties(schema, schema.get("$defs", {}), "", apart, needed=True)


def _properties(
    schema: dict[str, Any], definitions: dict[str, Any], prefix: str, apart: tuple[str, ...], *, needed: bool
) -> Iterator[Row]:
    """Yield a row a key; those of tables within the table follow under their path."""
    required = schema.get("required", [])
    for name, given in schema["properties"].items():
        inner, must_be_given = _table_within(given, definitions), needed and name in required
        if inner and name not in apart:
            path = f"{prefix}{name}{_place_of(given)}."
            yield from _properties(inner, definitions, path, apart, needed=must_be_given)
        elif _meaning(given):
            default = "must be given" if must_be_given else _default(given)
            yield code(prefix + name), _allowed(given, definitions), default, _meaning(given)


def _place_of(given: dict[str, Any]) -> str:
    """Say how a table of a collection is named: by a nation's code, or not at all in a list."""
    if given.get("additionalProperties"):
        return ".NATION"
    return "[]" if "items" in given else ""


def _table_within(given: dict[str, Any], definitions: dict[str, Any]) -> dict[str, Any] | None:
    """Return the table that a key holds, one or many, if it holds any."""
    within = given.get("additionalProperties") or given.get("items") or given
    choices = [within, *within.get("anyOf", []), *within.get("allOf", [])] if isinstance(within, dict) else []
    for choice in choices:
        name = choice.get("$ref", "").rpartition("/")[2]
        if name and "properties" in definitions[name]:
            return dict(definitions[name])
    return None


def _meaning(given: dict[str, Any]) -> str:
    """Say what a key means; backticks in descriptions are meant."""
    found = [given, *given.get("anyOf", [])]
    meaning = next((choice["description"] for choice in found if "description" in choice), "")
    return options_as_code(safe(meaning).replace("\\`", "`"))


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
    """Say between which bounds a number lies, if any are given."""
    low, above, high = (given.get(name) for name in ("minimum", "exclusiveMinimum", "maximum"))
    least = (
        f" from {number(low)}" if low is not None else f" above {number(above)}" if above is not None else ""
    )
    most = f" to {number(high)}" if high is not None else ""
    return least + most
