"""Model terms as readers know them."""

REASONS = {
    "nothing_to_send": "has no troops to send",
    "us_involvement": "demands US involvement",
    "clarity": "demands a clear mandate",
    "authority": "demands a mandate's authority",
    "ceasefire": "demands a ceasefire",
    "ratification": "awaits approval at home",
    "ambiguity": "unclear what the mission is",
    "mandate_fit": "wrong purpose",
    "threat": "threat",
    "escalation": "fear of escalation",
    "home_defence": "soldiers needed at home",
    "peers": "peers",
    "critical_mass": "force too small to work",
    "free_riding": "others will do it",
    "public_opinion": "public opinion",
    "lobbying": "lobbying",
    "shock": "passing mood",
}
"""What holds a nation back."""


def percent(share: float) -> str:
    """Return a share as a percentage: 100 % and 0 % only where they are exact."""
    if 0.0 < share < 0.005:
        return "<1 %"
    if 0.995 <= share < 1.0:
        return ">99 %"
    return f"{share * 100:.0f} %"


def percent_interval(low: float, high: float) -> str:
    """Return an interval of shares in percent."""
    return f"{low * 100:.0f}-{high * 100:.0f}"


def thousands(number: float) -> str:
    """Return a number of soldiers, with a comma for thousands."""
    return f"{number:,.0f}"
