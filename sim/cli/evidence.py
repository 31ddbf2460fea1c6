"""`coalition evidence`."""

from typing import Annotated

import typer

from sim.cli.answers import MORE_HERE, show
from sim.cli.options import Full, RosterFolder
from sim.cli.past_coalitions import show_coalitions, unknown
from sim.inputs.bundled import find_roster
from sim.inputs.coalitions.coalitions import is_coalition
from sim.inputs.coalitions.reading import load_coalitions
from sim.inputs.doubts import tell_suspects
from sim.inputs.errors import InputError
from sim.inputs.evidence import evidence as find_evidence
from sim.inputs.roster import load_roster
from sim.outputs.evidence.nation import evidence_report


def evidence(
    nation: Annotated[
        str,
        typer.Argument(
            help="ISO code or name of a nation; or a past coalition: kfor1999.", metavar="NATION|COALITION"
        ),
    ],
    roster: RosterFolder = "europe-2025",
    coalitions: Annotated[
        str, typer.Option(help="Folder of past coalitions, instead of the bundled one.")
    ] = "coalitions",
    full: Full = False,
) -> None:
    """Print what the model knows of a nation, or of a past coalition, and where from.

    Of a nation: statements, conditions, what past coalitions ask of it, what it can send, what is missing.
    Of a coalition: its levels, who could have taken part, who did, what was forecast from the others.
    """
    past = load_coalitions(coalitions)
    chosen = [each for each in past.coalitions if is_coalition(each, nation)]
    if chosen:
        show_coalitions(chosen, past, full=full)
        return
    folder = find_roster(roster)
    try:
        gathered = find_evidence(folder, nation)
    except InputError as error:
        raise unknown(nation, past, error) from None
    tell_suspects(load_roster(folder))
    show(evidence_report(gathered), MORE_HERE, full=full)
