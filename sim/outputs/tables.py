"""Tables for the terminal."""

from typing import TYPE_CHECKING, Any

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Column, Table
from rich.text import Text

from sim.declarations.words import ASSUMED
from sim.experiments.rests_on import FORCE_MET, verdicts
from sim.inputs.evidence import (
    CovariateEvidence,
    Evidence,
    ForceEvidence,
    PositionEvidence,
    SensitivityEvidence,
    Source,
)
from sim.model.setup import extrapolated
from sim.outputs.course import UNTOLD, WORTH_NAMING, ever_enough, peak, who_left
from sim.outputs.whole_table import WholeTable
from sim.outputs.words import (
    RESTS_ON,
    counted,
    kinds_in_words,
    mark,
    parameter_note,
    percent,
    percent_interval,
    reason_words,
    signed,
    thousands,
)

if TYPE_CHECKING:
    import pandas as pd

    from sim.experiments.results import RunResult


LEGEND = (
    "[ ] is the 95 % interval of an estimate from so many runs; for numbers of nations and for soldiers, the "
    "range of 90 % of the runs. P(land): declares soldiers on land; P(any): contributes any military means. "
    "Joined: median date of declaring soldiers, among the runs in which the nation did, where these are a "
    "tenth or more. Held back by: what alone would let it in if it were gone, demands first; else its own "
    "position; share of the runs in which the nation is out. Range of a kind: all nations at the low, or the "
    f"high, end of what is known of them. {RESTS_ON} Of other days than the last that is not analysed: the "
    "worst is said."
)


def run_report(result: "RunResult") -> RenderableType:
    """Return what the runs of a scenario say: the coalition first, then nation by nation."""
    runs = f"{counted(result.number_of_runs, 'run')}, seed {result.seed}."
    return Group(
        Text(result.case.scenario.title, style="bold"),
        _coalition(result),
        _nations(result),
        Text(f"{runs} {parameter_note(result.case.parameters.draws)} {LEGEND}{_beyond(result)}", style="dim"),
    )


def _beyond(result: "RunResult") -> str:
    """Return what lies beyond all past coalitions."""
    found = extrapolated(result.case.scenario, result.case.roster, result.case.timeline)
    return f" Extrapolated: {'; '.join(found)}." if found else ""


def _coalition(result: "RunResult") -> RenderableType:
    """Return size, force and whether it is enough, at the end."""
    end = result.rounds.iloc[-1]
    required = thousands(result.case.scenario.force_required)
    told = verdicts(result.rests_on)
    lines = Table.grid(*(Column(overflow="fold") for _ in range(3)), padding=(0, 2))
    lines.add_row(
        "at the end", f"{end.date:%-d %B %Y}, after {counted(result.case.scenario.rounds, 'round')}"
    )
    declare, contribute = (f"{_nations_range(end, name)} nations" for name in ("size", "contributors"))
    lines.add_row("declare soldiers on land", declare, mark(told["size"]))
    _add_peak(lines, result, "size")
    lines.add_row("contribute any military means", contribute, mark(told["contributors"]))
    _add_peak(lines, result, "contributors")
    if by_kind := kinds_in_words(result.kinds):
        lines.add_row("of these, by kind", by_kind, mark(ASSUMED))
    lines.add_row("soldiers pledged on land", _soldiers_range(end, "force"), mark(told["force"]))
    _add_peak(lines, result, "force")
    lines.add_row("of them in the field at a time", _soldiers_range(end, "fielded"), mark(told["fielded"]))
    _add_peak(lines, result, "fielded")
    lines.add_row(
        f"P(pledged >= {required})",
        f"{percent(end.p_force_met)} [{percent_interval(end.p_force_met_low, end.p_force_met_high)}]",
        mark(told[FORCE_MET]),
    )
    lines.add_row("... at any time", ever_enough(result), UNTOLD)
    if left := who_left(result):
        names = ", ".join(f"{name} {percent(share)}" for name, share in left)
        lines.add_row("were in, and out at the end", names, UNTOLD)
    return Padding(lines, (0, 0, 1, 0))


def _add_peak(lines: Table, result: "RunResult", name: str) -> None:
    """Add a line with the most that a number came to, where that is worth telling."""
    row = peak(result.rounds, name)
    if row is not None:
        shown = _soldiers_range(row, name) if name in SOLDIERS else f"{_nations_range(row, name)} nations"
        lines.add_row(f"  most, on {row.date:%-d %B %Y}", shown, UNTOLD)


SOLDIERS = ("force", "fielded")

NUMBER_WORDS = {
    "size": "nations that declare soldiers on land",
    "contributors": "nations that contribute any military means",
    "force": "soldiers pledged",
    "fielded": "soldiers in the field at a time",
}


def added_report(added: "pd.DataFrame") -> RenderableType:
    """Return what assumed mechanisms add, a line a mechanism and number."""
    rows: list[Any] = list(added.itertuples())
    lines = [
        f"of which {row.mechanism}: {signed(row.mean, 1)} [{signed(row.q05)} to {signed(row.q95)}] "
        f"{NUMBER_WORDS[row.number]} {mark(ASSUMED)}"
        for row in rows
    ]
    note = "The same runs with and without it; [ ]: 90 % of the runs."
    return Group(*(Text(line) for line in lines), Text(note, style="dim"))


def _nations_range(end: Any, name: str) -> str:
    mean, low, high = (end[f"{name}_{column}"] for column in ("mean", "q05", "q95"))
    return f"{mean:.1f} [{low:.0f}-{high:.0f}]"


def _soldiers_range(end: Any, name: str) -> str:
    mean, low, high = (thousands(end[f"{name}_{column}"]) for column in ("mean", "q05", "q95"))
    return f"{mean} [{low}-{high}]"


def _nations(result: "RunResult") -> WholeTable:
    """Return a row a nation, the surest members first."""
    table = WholeTable()
    table.add_column("nation", no_wrap=True)
    table.add_column("position")
    table.add_column("P(land)", justify="right", no_wrap=True)
    table.add_column("P(any)", justify="right", no_wrap=True)
    table.add_column("joined", no_wrap=True)
    table.add_column("troops", justify="right", no_wrap=True)
    table.add_column("P(land) rests on", no_wrap=False)
    table.add_column("held back by")
    told = verdicts(result.rests_on)
    rows = result.summary.sort_values(
        ["p_committed", "p_ever_joined", "name"], ascending=[False, False, True]
    )
    vocabulary = result.case.roster.vocabulary
    row: Any
    for row in rows.itertuples():
        table.add_row(
            Text(str(row.name)),
            row.position,
            f"{percent(row.p_committed)} [{percent_interval(row.p_committed_low, row.p_committed_high)}]",
            f"{percent(row.p_contributes)} "
            f"[{percent_interval(row.p_contributes_low, row.p_contributes_high)}]",
            _joined(row, result),
            _troops(row),
            told[str(row.Index)],
            "; ".join(
                f"{reason_words(name, vocabulary)} ({percent(share)})" for name, share in row.held_back_by
            ),
        )
    return table


def _joined(row: Any, result: "RunResult") -> str:
    """Return when a nation joined, unless it hardly ever did."""
    if row.p_ever_joined < WORTH_NAMING:
        return "-"
    return "at the start" if row.joined.date() == result.case.scenario.start else f"{row.joined:%-d %b %Y}"


def _troops(row: Any) -> str:
    """Return the expected troops, with their interval."""
    if row.troops_mean == 0.0:
        return "0"
    return (
        f"{thousands(row.troops_mean)} [{thousands(row.troops_mean_low)}-{thousands(row.troops_mean_high)}]"
    )


def evidence_report(evidence: Evidence) -> RenderableType:
    """Return what the model knows of a nation, and where from."""
    return Group(
        Text(f"{evidence.name} ({evidence.iso3}){', lead nation' if evidence.leads else ''}", style="bold"),
        _heading("Stated positions on sending own troops"),
        *(_position(position) for position in evidence.positions),
        _heading("Stated conditions"),
        *(_conditions(evidence) or [_item("none")]),
        _heading("What past coalitions ask of it: willingness to contribute, and how that answers levels"),
        *(_covariate(covariate) for covariate in evidence.covariates),
        _heading("How fast it sees what others do, 0 to 1 over the nations"),
        *(_sensitivity(sensitivity) for sensitivity in evidence.sensitivities),
        _heading(f"Soldiers that it can send: {thousands(evidence.deployable.soldiers)}, the largest of"),
        *(_force(force) for force in evidence.deployable.columns),
        _heading("At home"),
        *_at_home(evidence),
        _heading("Missing"),
        *([_item(text) for text in evidence.missing] or [_item("nothing")]),
    )


def _heading(text: str) -> Text:
    return Text(f"\n{text}", style="bold")


def _item(text: str, indent: int = 2) -> Padding:
    return Padding(Text(text), (0, 0, 0, indent))


def _position(position: PositionEvidence) -> RenderableType:
    """Return a position, its source, and what contradicts it."""
    lines = [_item(f"{position.wave:%-d %b %Y}: {position.position}{_said(position)}")]
    lines += [
        _item(f"contradicted: {other.position}{_said(other)}", indent=4) for other in position.contradicted_by
    ]
    return Group(*lines)


def _said(position: PositionEvidence) -> str:
    words = f", {_part(position)}" if position.contributes is not None else ""
    words += f" - {position.condition}" if position.condition else ""
    origin = [position.statement_date, position.source, position.url, position.status]
    if position.quality:
        origin.append(f"quality {position.quality}")
    return f"{words} ({'; '.join(part for part in origin if part)})"


def _part(position: PositionEvidence) -> str:
    """Return in words which part in the mission a nation named, if it did not refuse any."""
    if not position.contributes:
        return "refuses any part"
    return f"names a part: {', '.join(position.kinds) or 'kind not coded'}"


def _conditions(evidence: Evidence) -> list[Padding]:
    return [
        _item(
            f"{condition.variable} >= {condition.at_least:g} +- {condition.half_width:g}, known from "
            f"{condition.known_from:%-d %b %Y}: {condition.statement} ({condition.status})"
        )
        for condition in evidence.conditions
    ]


def _covariate(covariate: CovariateEvidence) -> Padding:
    """Return what past coalitions ask of a nation, with what is done to it."""
    treatment = f" ({covariate.treatment})" if covariate.treatment else ""
    value = covariate.raw or "missing, counts as the mean of past candidates"
    told = [value, covariate.meaning, _origin(covariate.source), covariate.source.note]
    return _item(f"{covariate.name}, {covariate.column}{treatment}: {'. '.join(filter(None, told))}")


def _sensitivity(sensitivity: SensitivityEvidence) -> Padding:
    told = sensitivity.attribute if sensitivity.is_known else f"{sensitivity.attribute} is not known"
    return _item(f"what {sensitivity.actor} does: {sensitivity.value:.2f} ({told})")


def _force(force: ForceEvidence) -> Padding:
    share = f" times {force.share:g}" if force.share != 1 else ""
    soldiers = "missing" if force.soldiers is None else thousands(force.soldiers)
    told = [soldiers, _origin(force.source), force.source.note]
    return _item(f"{force.column}{share}: {'. '.join(filter(None, told))}")


def _origin(source: Source) -> str:
    """Return where a column comes from, nothing where the roster does not say."""
    named = ", ".join(filter(None, (source.source, source.year)))
    return f"{named} ({source.status})".strip() if source.status else named


def _at_home(evidence: Evidence) -> list[Padding]:
    """Return the weeks of its parliament, and the mandate that it prefers."""
    preferred = ", ".join(f"{purpose} {share:.2f}" for purpose, share in evidence.preferred_mandate.items())
    ratification = evidence.ratification
    origin = _origin(ratification.source)
    return [
        _item(
            f"approval takes {counted(ratification.rounds, 'round')} from declaring soldiers to sending them "
            f"({ratification.column}: {ratification.word or 'unknown'}){f'. {origin}' if origin else ''}"
        ),
        _item(f"prefers {preferred}"),
    ]


def scenarios_table(rows: list[tuple[str, str, str]]) -> WholeTable:
    """Return the bundled scenarios: name, title, description."""
    table = WholeTable()
    for column in ("name", "title", "description"):
        table.add_column(column, no_wrap=column == "name")
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    return table


def print_table(renderable: RenderableType) -> None:
    """Print to standard output; where that is no terminal, at a width that keeps rows on a line."""
    as_given: Any = {"markup": False, "emoji": False}  # a nation may be called [bold] or :flag:
    console = Console(**as_given)
    if not console.is_terminal:
        console = Console(width=120, **as_given)
    console.print(renderable)
