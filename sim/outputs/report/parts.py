"""Sections that reports of several kinds share: what was assumed, what the data are, how to do it again."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import reduce
from io import BytesIO
from operator import getitem
from shlex import quote
from typing import TYPE_CHECKING, Any

from sim.declarations.kinds import ADVERSARY, PATRON
from sim.inputs.bundled import bundled_scenarios
from sim.inputs.roster_file import Vocabulary
from sim.outputs.report.changes import changes_table
from sim.outputs.report.page import Cell, Link, Picture, Section
from sim.outputs.words import counted

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Manifest = Mapping[str, Any]

RESOLUTION = 110
"""Pixels an inch: sharp at the width of a page, and on paper."""

LIMITS = (
    "The model forecasts declarations, not deployments, and is no forecast of what a government will do: it "
    "says what follows from stated positions, public indicators and a few mechanisms."
)


def picture(figure: "Figure") -> Picture:
    """Return a figure as a picture whose words are its title and its notes."""
    from sim.outputs.style import figure_style

    content = BytesIO()
    with figure_style():
        figure.savefig(content, format="png", dpi=RESOLUTION, metadata={"Software": None})
    width, height = (round(float(inches) * RESOLUTION) for inches in figure.get_size_inches())
    words = [" ".join(text.get_text().split()) for text in figure.texts[:2]]
    return Picture(content.getvalue(), ". ".join(word.rstrip(".") for word in words if word), width, height)


def pictures(figures: Iterable[Callable[[], "Figure"]]) -> list[Picture]:
    """Draw figures one after the other."""
    return [picture(draw()) for draw in figures]


def number(value: float, text: str) -> Cell:
    """Return a cell that is sorted by a number."""
    return Cell(text, float(value))


def word(text: str) -> Cell:
    """Return a cell that is sorted by what it says."""
    return Cell(text, text)


def scenario_section(manifest: Manifest) -> Section:
    """Return what a scenario supposes: the situation at the start, and the events with their sources."""
    scenario = manifest["scenario"]
    events = [
        Link(f"{event['date']}: {event['title']}", address(event["source"]))
        for event in manifest["events"]
        if event["round"] <= scenario["rounds"]
    ]
    changes = changes_table(manifest)
    return Section(
        heading=f"The scenario: {manifest['title']}",
        paragraphs=[manifest["description"], *_other_values(manifest)],
        facts=list(_situation(scenario, Vocabulary.model_validate(manifest["vocabulary"]))),
        points=events,
        tables=[changes] if changes.rows else [],
    )


def _situation(scenario: Manifest, vocabulary: Vocabulary) -> Iterator[tuple[str, str]]:
    rounds, days = scenario["rounds"], scenario["days_per_round"]
    yield "from", f"{scenario['start']}, {counted(rounds, 'round')} of {counted(days, 'day')}"
    yield "mandate", f"{scenario['mandate']['purpose']} ({scenario['mandate']['policy']})"
    for level in vocabulary.all_levels.values():
        policy = scenario[level.key[0]]["policy"] if level.key[0] in {PATRON, ADVERSARY} else ""
        yield (
            vocabulary.in_words(level.words),
            _level(_value_at(scenario, level.key), vocabulary.steps(level.name), policy),
        )
    yield "force required", f"{scenario['force_required']:,.0f} soldiers"
    if scenario["level_half_width"]:
        yield "levels", f"drawn in each run within {scenario['level_half_width']:g} of what is given"


def _value_at(scenario: Manifest, key_path: Sequence[str]) -> float:
    return float(reduce(getitem, key_path, scenario))  # type: ignore[arg-type]


def _level(value: float, steps: Mapping[str, float], policy: str) -> str:
    named = [name.replace("_", " ") for name, step in steps.items() if step == value]
    words = ", ".join([*named, *([policy.replace("_", " ")] if policy else [])])
    return f"{value:g} ({words})" if words else f"{value:g}"


def _other_values(manifest: Manifest) -> Iterator[str]:
    given = manifest["scenario"]["parameters"]
    if given:
        values = ", ".join(f"{name} = {value:g}" for name, value in given.items())
        yield f"Behavioural parameters other than usual: {values}."


def data_section(manifest: Manifest) -> Section:
    """Return what a reader must know of the data and of the model."""
    return Section(
        heading="Assumptions and cautions",
        paragraphs=[f"Data: {manifest['roster']}."],
        points=[Link(text) for text in (*manifest["cautions"], LIMITS)],
    )


def reproduce_section(manifest: Manifest, command: str) -> Section:
    """Return how to make the results again, and with what they were made."""
    return Section(
        heading="How to reproduce this",
        paragraphs=["The same command gives the same numbers, bit for bit, on any machine."],
        code=command,
        facts=list(_work(manifest)),
    )


def _work(manifest: Manifest) -> Iterator[tuple[str, str]]:
    """Yield what a manifest tells of how results were made; kinds of results differ in it."""
    for key in ("seed", "runs", "points"):
        if isinstance(manifest.get(key), int):
            yield key, f"{manifest[key]:,}" if key != "seed" else f"{manifest[key]}"
    if "digest" in manifest:
        yield "digest of the inputs", manifest["digest"]
    for name, digest in manifest.get("digests", {}).items():
        yield f"digest: {name}", str(digest)
    if "versions" in manifest:
        yield "versions", ", ".join(f"{name} {version}" for name, version in manifest["versions"].items())
    if "started" in manifest:
        yield "made", f"{manifest['started']} on {manifest['platform']}, in {manifest['seconds']:g} s"


def run_command(manifest: Manifest) -> str:
    """Return the command that runs a scenario as it was run."""
    name = manifest["scenario"]["name"]
    source = name if name in bundled_scenarios() else f"{name}.toml"
    options = " ".join(_quoted(option) for option in manifest["set"])
    which = f"coalition run {quote(source)} --runs {manifest['runs']} --seed {manifest['seed']}"
    return f"{which} {options}".strip()


def _quoted(option: str) -> str:
    """Return an option as a shell takes it; those given from Python have no dashes."""
    setting = option.removeprefix("--set ")
    return f"--set {quote(setting.replace('__', '.') if setting == option else setting)}"


def address(source: str) -> str:
    """Return the first web address in a source; other texts are no links."""
    found = [part for part in source.split() if part.startswith(("https://", "http://"))]
    return found[0] if found else ""


def together(names: Sequence[str]) -> str:
    """Return names as a sentence lists them."""
    return ", ".join(names[:-1]) + " and " + names[-1] if len(names) > 1 else "".join(names)
