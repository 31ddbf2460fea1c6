"""What the model knows of a nation, and where from."""

from collections.abc import Iterator

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
from sim.results.document import Document, Section, points


def evidence_report(evidence: Evidence) -> Document:
    """Return what the model knows of a nation, and where from."""
    sections = {
        "Stated positions on sending own soldiers": _positions(evidence),
        "Stated conditions": map(_condition, evidence.conditions),
        "What past coalitions ask of it: willingness to contribute, and how that answers levels": map(
            _covariate, evidence.covariates
        ),
        "How fast it sees what others do, 0 to 1 over the nations": map(_sensitivity, evidence.sensitivities),
        f"Soldiers that it can send: {thousands(evidence.deployable.soldiers)}, the largest of": map(
            _force, evidence.deployable.columns
        ),
        "At home": _at_home(evidence),
        "Missing": evidence.missing,
    }
    title = f"{evidence.name} ({evidence.iso3}){', lead nation' if evidence.leads else ''}"
    return Document(
        title,
        tuple(Section(heading, (points([*texts] or ["nothing"]),)) for heading, texts in sections.items()),
    )


def _positions(evidence: Evidence) -> Iterator[str]:
    """Yield the positions, each with its source, and below it what contradicts it."""
    for position in evidence.positions:
        yield f"{date_words(position.wave)}: {position.position}{_statement(position)}"
        for other in position.contradicted_by:
            yield f"contradicted: {other.position}{_statement(other)}"


def _statement(position: PositionEvidence) -> str:
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


def _condition(condition: ConditionEvidence) -> str:
    return (
        f"{condition.variable} >= {condition.at_least:g} +- {condition.half_width:g}, known from "
        f"{date_words(condition.known_from)}: {condition.statement} ({condition.status})"
    )


def _covariate(covariate: CovariateEvidence) -> str:
    """Return what past coalitions ask of a nation, with what is done to it."""
    treatment = f" ({covariate.treatment})" if covariate.treatment else ""
    value = covariate.raw or "missing, counts as the mean of past candidates"
    parts = [value, covariate.meaning, _origin(covariate.source), covariate.source.note]
    return f"{covariate.name}, {covariate.column}{treatment}: {'. '.join(filter(None, parts))}"


def _sensitivity(sensitivity: SensitivityEvidence) -> str:
    of = sensitivity.attribute if sensitivity.is_known else f"{sensitivity.attribute} is not known"
    return f"what {sensitivity.actor} does: {sensitivity.value:.2f} ({of})"


def _force(force: ForceEvidence) -> str:
    share = f" times {force.share:g}" if force.share != 1 else ""
    soldiers = "missing" if force.soldiers is None else thousands(force.soldiers)
    parts = [soldiers, _origin(force.source), force.source.note]
    return f"{force.column}{share}: {'. '.join(filter(None, parts))}"


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
