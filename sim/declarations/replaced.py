"""Names of the first model that files may still hold, and what replaced each: named where one is refused."""

from collections.abc import Mapping

_SLOPES = "slopes learned from past coalitions; parameters.reach is how much of them reaches soldiers on land"
_CUTS = "cut_undecided, cut_open and cut_committed, in log-odds; hysteresis and patience"
_MOOD = "wander (log-odds after five months) and half_life (rounds)"
_PATRON = "the patron's involvement is what nations see of it, after some weeks"
_ATTRIBUTES = "what past coalitions ask of a nation, in the roster's table of candidates"
_LISTENING = "what all others pledge, the same for all: parameters.followership"
_NOTHING = "nothing: results got no worse without it"

REPLACED: Mapping[str, str] = {
    # Parameters
    "b_involvement": _SLOPES,
    "b_ambiguity": _SLOPES,
    "b_authority": _SLOPES,
    "b_threat": _SLOPES,
    "b_escalation": _SLOPES,
    "b_mandate_fit": _NOTHING,
    "b_home_defence": _NOTHING,
    "b_critical_mass": _NOTHING,
    "b_public_opinion": _NOTHING,
    "shield_patron": _NOTHING,
    "shield_ceasefire": _NOTHING,
    "b_ceasefire": "demands of a ceasefire, and soldiers in the field once one holds",
    "b_peers": "followership, either sign",
    "b_free_riding": "followership below 0",
    "attention": "each nation's sensitivity, read from the roster's table of candidates",
    "persistence": _MOOD,
    "volatility": _MOOD,
    "planning": "patience: no pressure to declare oneself builds up",
    "lobby_decay": "a constant of the rules; lobby_push is what a visit adds",
    "credibility_recovery": _PATRON,
    "credibility_loss": _PATRON,
    "anchor_bands": "the centre of each rung, which moves with its cuts",
    "climb_to_undecided": _CUTS,
    "climb_to_open": _CUTS,
    "climb_to_committed": _CUTS,
    "slip_to_opposed": _CUTS,
    "slip_to_undecided": _CUTS,
    "slip_to_open": _CUTS,
    # Keys of scenario files
    "decision_pressure": "patience: no pressure to declare oneself builds up",
    "public_support": "moods at home, see parameters.wander; to suppose a nation in or out, set its held",
    # Keys of rosters, and what they declared
    "attributes": _ATTRIBUTES,
    "attribute": "columns of the table of nations",
    "ties": _LISTENING,
    "reliance": _ATTRIBUTES,
    "clarity_need": _ATTRIBUTES,
    "escalation_fear": _ATTRIBUTES,
    "threat": _ATTRIBUTES,
    "frontline": _ATTRIBUTES,
    "legalism": _ATTRIBUTES,
    # Columns of results
    "credibility": _PATRON,
    "ambiguity": "the column clarity",
    "mandate_fit": _NOTHING,
    "escalation": "the column pressure",
    "home_defence": _NOTHING,
    "peers": "the column followership",
    "critical_mass": _NOTHING,
    "free_riding": "the column followership",
    "public_opinion": _NOTHING,
    "shock": "the column mood",
    "ratification": "waiting, a reason; parliaments have their weeks before soldiers are sent",
}
"""What replaced each name, for people."""


def replacement(name: str) -> str:
    """Return what replaced a name of the first model, as the end of a message; nothing for any other name."""
    successor = REPLACED.get(name)
    return f"; it was of the first model, and was replaced by {successor}" if successor else ""
