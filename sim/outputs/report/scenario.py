"""Sections on the inputs: the scenario, the data, and how to do it again."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from functools import reduce
from operator import getitem

from sim.declarations.kinds import ADVERSARY, PATRON
from sim.inputs.roster_file import Vocabulary
from sim.outputs.report.changes import changes_table, when_in_words
from sim.outputs.words import counted, date_words, without_addresses
from sim.results.document import Code, Fact, Facts, Point, Points, Section, points
from sim.results.reading import Manifest

LIMITS = (
    "The model forecasts declarations, not deployments, and is no forecast of what a government will do: it "
    "says what follows from stated positions, public indicators and a few mechanisms."
)


def scenario_section(manifest: Manifest) -> Section:
    """Return what a scenario supposes: the situation at the start, and the events with their sources."""
    scenario = manifest["scenario"]
    events = tuple(
        Point(f"{_day(event['date'])}: {event['title']}", address(event["source"]))
        for event in manifest["events"]
        if event["round"] <= scenario["rounds"]
    )
    events += tuple(
        Point(f"{when_in_words(event)}: {event['title']}", address(event["source"]))
        for event in manifest.get("possible_events", [])
    )
    changes = changes_table(manifest)
    return Section(
        f"The scenario: {manifest['title']}",
        (
            *([manifest["description"]] if manifest["description"] else []),
            *_other_values(manifest),
            Facts(tuple(_situation(scenario, Vocabulary.model_validate(manifest["vocabulary"])))),
            *_source_of_requirement(manifest),
            *([Points(events)] if events else []),
            *([changes] if changes.rows else []),
        ),
    )


def _situation(scenario: Manifest, vocabulary: Vocabulary) -> Iterator[Fact]:
    rounds, days = scenario["rounds"], scenario["days_per_round"]
    yield Fact("from", f"{_day(scenario['start'])}, {counted(rounds, 'round')} of {counted(days, 'day')}")
    yield Fact("mandate", f"{scenario['mandate']['purpose']} ({scenario['mandate']['policy']})")
    for level in vocabulary.all_levels.values():
        policy = scenario[level.key[0]]["policy"] if level.key[0] in {PATRON, ADVERSARY} else ""
        value = _level(_value_at(scenario, level.key), vocabulary.steps(level.name), policy)
        yield Fact(vocabulary.in_words(level.words), value)
    yield Fact("soldiers required", f"{scenario['force_required']:,.0f}")
    if scenario["level_half_width"]:
        half_width = f"{scenario['level_half_width']:g}"
        yield Fact("levels", f"drawn in each run within {half_width} of what the scenario says")


def _source_of_requirement(manifest: Manifest) -> Iterator[Points]:
    if source := manifest.get("force_required_source"):
        text = f"Why {manifest['scenario']['force_required']:,.0f} soldiers: {without_addresses(source)}"
        yield Points((Point(text, address(source)),))


def _day(date: str) -> str:
    return date_words(dt.date.fromisoformat(date))


def _value_at(scenario: Manifest, key_path: Sequence[str]) -> float:
    return float(reduce(getitem, key_path, scenario))  # type: ignore[arg-type]


def _level(value: float, steps: Mapping[str, float], policy: str) -> str:
    named = [name.replace("_", " ") for name, step in steps.items() if step == value]
    words = ", ".join([*named, *([policy.replace("_", " ")] if policy else [])])
    return f"{value:g} ({words})" if words else f"{value:g}"


def _other_values(manifest: Manifest) -> Iterator[str]:
    parameters = manifest["scenario"]["parameters"]
    if parameters:
        values = ", ".join(f"{name} = {value:g}" for name, value in parameters.items())
        yield f"Behavioural parameters other than usual: {values}."


def data_section(manifest: Manifest) -> Section:
    """Return what a reader must know of the data and of the model."""
    cautions = points([*manifest["cautions"], LIMITS])
    return Section("Assumptions and cautions", (f"Data: {manifest['roster']}.", cautions))


def reproduce_section(manifest: Manifest, command: str) -> Section:
    """Return how to make the results again, and with what they were made."""
    same = "The same command gives the same numbers, bit for bit, on any machine."
    again = (same, Code(command)) if command else ()
    return Section("How to reproduce this", (*again, Facts(tuple(_work(manifest)))))


def _work(manifest: Manifest) -> Iterator[Fact]:
    """Yield what a manifest says of how results were made; kinds of results differ in it."""
    for key in ("seed", "runs", "points"):
        if isinstance(manifest.get(key), int):
            yield Fact(key, f"{manifest[key]:,}" if key != "seed" else f"{manifest[key]}")
    if "digest" in manifest:
        yield Fact("digest of the inputs", manifest["digest"])
    for name, digest in manifest.get("digests", {}).items():
        yield Fact(f"digest: {name}", str(digest))
    if "versions" in manifest:
        versions = ", ".join(f"{name} {version}" for name, version in manifest["versions"].items())
        yield Fact("versions", versions)
    if "started" in manifest:
        where = f"{manifest['started']} on {manifest['platform']}, in {manifest['seconds']:g} s"
        yield Fact("made", where)


def address(source: str) -> str:
    """Return the first web address in a source; other texts are no links."""
    return next((part for part in source.split() if part.startswith(("https://", "http://"))), "")
