"""What the model knows of a nation, and where from."""

from collections.abc import Iterable, Iterator, Sequence

from sim.inputs.evidence import (
    ConditionEvidence,
    CovariateEvidence,
    Evidence,
    ForceEvidence,
    PositionEvidence,
    SensitivityEvidence,
    Source,
)
from sim.outputs.words import counted, date_words, thousands
from sim.results.document import Block, Details, Document, Points, Section, points

MISSING = "missing"


def evidence_report(evidence: Evidence) -> Document:
    """Return what the model knows of a nation in short, and in details where from."""
    title = f"{evidence.name} ({evidence.iso3}){', lead nation' if evidence.leads else ''}"
    return Document(
        title,
        (
            Section("Stated positions on sending own soldiers", _positions(evidence)),
            Section("Stated conditions", (_list(map(_condition, evidence.conditions)),)),
            Section(
                "What past coalitions ask of it: willingness to contribute, and how that answers levels",
                _covariates(evidence.covariates),
            ),
            Section(
                "How fast it sees what others do, 0 to 1 over the nations",
                (_list(map(_sensitivity, evidence.sensitivities)),),
            ),
            Section(
                f"Soldiers that it can send: {thousands(evidence.deployable.soldiers)}, the largest of",
                _forces(evidence.deployable.columns),
            ),
            Section("At home", (_list(_at_home(evidence)),)),
            Section("Missing", (_list(evidence.missing),)),
        ),
    )


def _list(texts: Iterable[str]) -> Points:
    return points([*texts] or ["nothing"])


def _positions(evidence: Evidence) -> tuple[Block, ...]:
    """Return the positions, below each what contradicts it; then where they are from."""
    stated = [
        (f"{date_words(position.wave)}: {what}", each)
        for position in evidence.positions
        for what, each in (
            (position.position, position),
            *((f"contradicted by {other.position}", other) for other in position.contradicted_by),
        )
    ]
    if not stated:
        return (_list(()),)
    statements = points([f"{what}{_statement(each)}" for what, each in stated])
    origins = [f"{what}, from {origin}" for what, each in stated if (origin := _origin_of(each))]
    return statements, Details((points(origins),))


def _statement(position: PositionEvidence) -> str:
    words = f", {_part(position)}" if position.contributes is not None else ""
    words += f" - {position.condition}" if position.condition else ""
    quality = f"quality {position.quality}" if position.quality else ""
    status = "; ".join(filter(None, (position.status, quality)))
    return f"{words} ({status})" if status else words


def _origin_of(position: PositionEvidence) -> str:
    return "; ".join(filter(None, (position.statement_date, position.source, position.url)))


def _part(position: PositionEvidence) -> str:
    """Return in words which part in the mission a nation named, if it did not refuse any."""
    if not position.contributes:
        return "refuses any part"
    return f"names a part: {', '.join(position.kinds) or 'kind not coded'}"


def _condition(condition: ConditionEvidence) -> str:
    return (
        f"{condition.variable} >= {condition.at_least:g} +- {condition.half_width:g}, known from "
        f"{date_words(condition.known_from)}: {condition.statement} ({condition.status})"
    )


def _covariates(covariates: Sequence[CovariateEvidence]) -> tuple[Block, ...]:
    """Return what past coalitions ask of a nation in short, then one by one."""
    short = ", ".join(f"{each.name} {each.raw or MISSING}" for each in covariates)
    return f"{short}.", Details((_list(map(_covariate, covariates)),))


def _covariate(covariate: CovariateEvidence) -> str:
    """Return what past coalitions ask of a nation, with what is done to it."""
    treatment = f" ({covariate.treatment})" if covariate.treatment else ""
    value = covariate.raw or f"{MISSING}, counts as the mean of past candidates"
    parts = [value, covariate.meaning, _origin(covariate.source), covariate.source.note]
    return f"{covariate.name}, {covariate.column}{treatment}: {'. '.join(filter(None, parts))}"


def _sensitivity(sensitivity: SensitivityEvidence) -> str:
    of = sensitivity.attribute if sensitivity.is_known else f"{sensitivity.attribute} is not known"
    return f"what {sensitivity.actor} does: {sensitivity.value:.2f} ({of})"


def _forces(columns: Sequence[ForceEvidence]) -> tuple[Block, ...]:
    """Return what each column says that a nation can send, then where it is from."""
    origins = [f"{each.column}: {origin}" for each in columns if (origin := _force_origin(each))]
    return f"{', '.join(map(_force, columns))}.", Details((points(origins),))


def _force(force: ForceEvidence) -> str:
    share = f" times {force.share:g}" if force.share != 1 else ""
    return f"{force.column}{share} {MISSING if force.soldiers is None else thousands(force.soldiers)}"


def _force_origin(force: ForceEvidence) -> str:
    return ". ".join(filter(None, (_origin(force.source), force.source.note)))


def _origin(source: Source) -> str:
    """Return where a column comes from, nothing where the roster does not say."""
    named = ", ".join(filter(None, (source.source, source.year)))
    return f"{named} ({source.status})".strip() if source.status else named


def _at_home(evidence: Evidence) -> Iterator[str]:
    """Yield the weeks of its parliament, and the mandate that it prefers."""
    preferred = ", ".join(f"{purpose} {share:.2f}" for purpose, share in evidence.preferred_mandate.items())
    ratification = evidence.ratification
    origin = _origin(ratification.source)
    yield (
        f"approval takes {counted(ratification.rounds, 'round')} from declaring soldiers to sending them "
        f"({ratification.column}: {ratification.word or 'unknown'}){f'. {origin}' if origin else ''}"
    )
    yield f"prefers {preferred}"
