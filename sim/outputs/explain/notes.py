"""How to read the tables of an explanation."""

CLOSURE = (
    "Of the {out} in which the nation is out at the end, the share in which it would be in, in the same "
    "draws, with its 95 % interval. Levers are set in round 1 at an end of their ranges, pairs count where "
    "neither alone is enough; the position is that at the start. Of {levers} and {pairs} the most frequent "
    "are shown; closure.parquet has all."
)
WHY = (
    "Log-odds. Mean over {runs} with [the range of 90 % of the runs]; the change with [the 95 % "
    "interval of its mean]. Predisposition and terms add up to the propensity; it must exceed the threshold."
)
CONDITIONS = (
    "Levels: mean with [the range of 90 % of the runs]. Met in: share of the runs with its 95 % interval. "
    "If met: share of the runs in which its propensity would exceed the threshold were this met, all else "
    "as it is."
)
LEVERS = (
    "Each lever alone, set in round 1, later events of the scenario left in. The level nearest to the present"
    " one with P(committed at the end) >= 0.5, with its 95 % interval: the levels at which the interval of P "
    "over {runs} holds 0.5. Again: P at that level in as many other runs, which the search has not seen."
)
FRONTIER = (
    "The least level of the second lever for each of the first, with its 95 % interval as for one lever, "
    "over {runs}. The pair is the one that takes the least effort (changes as shares of the ranges)."
)
PAIRS = (
    "By two: the pair of common levers with the least effort, among a few levels of each, over {runs}; "
    "`--only frontier` with a nation says exactly."
)
PIVOTAL = "What others do with the nation held in from round 1, less with it held out."
PIVOTAL_KEY = "Paired differences over {runs} of each with [95 % intervals], each for itself."
NETWORK = (
    "P(committed) of the follower at the end with the leader in, less with it out; answers of third nations "
    "are included. [ ] is Bonferroni's interval for all pairs together: the chance that any edge is chance "
    "alone is at most 5 %. Shown: the strongest {shown}."
)
HARDENED = (
    "Slope: what a unit of pressure adds to the log-odds of any military contribution, as past coalitions "
    "teach of nations like it; [ ] holds 90 % of the runs. Cowed: share of {runs} in which it is "
    "negative [95 %]; on land: in which what reaches its willingness to send soldiers on land is. What "
    "others do in answer is no part of the slope; hardened.parquet has the paired change if pressure rises "
    "{rises} in round 1."
)
GREEDY = "Step by step, what adds most for its cost: not proven to be the cheapest."
PERSUADE = (
    "At each step the nation that adds most of the force required per log-odds by which it falls "
    "short of its threshold. Who is persuaded is held committed from round 1. "
    "Cost: mean shortfall over {runs} before the step; conditions not met are no part of it, but named. "
    "Intervals: 95 %."
)
INTERVALS = "[ ]: 95 % intervals, where nothing else is said."
LEVELS = (
    "Where something is set, the worse of what the probability rests on there, and its change from now. A "
    "nation reaches others by interaction alone, and numbers of soldiers are in part rules of thumb: both "
    "are assumed."
)
