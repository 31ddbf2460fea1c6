"""A small world in which nations answer a signal from Washington, and a hindcast of it, for calibrations."""

from dataclasses import replace
from pathlib import Path

import numpy as np
from small_worlds import write_candidates

from sim.experiments.calibration.about import Sampling, about_calibration
from sim.experiments.calibration.calibrate import CalibrationPlan
from sim.experiments.calibration.likelihood import Target, count_stances, load_target
from sim.experiments.hindcast.scores import ObservedStances
from sim.experiments.hindcast.waves import Wave
from sim.experiments.runs import Runs
from sim.inputs.parameters import COLUMN, DECLARED, load_parameters
from sim.inputs.prior import JointPrior, load_prior

NATIONS = 16

ROSTER = """\
title = "Nations that wait for a signal"
nations = { table = "nations.csv" }
candidates = { table = "candidates.csv" }
actors.patron = { key = "washington", name = "the patron" }
actors.adversary = { key = "moscow", name = "the adversary" }
levels.pressure = { calm = 0.2, warnings = 0.5, threats = 0.7 }
leads = []
positions = { table = "positions.csv" }
deployable = { largest_of = [{ column = "troops" }] }
ratification_rounds = { column = "approval", rounds = {}, empty = 0 }
preferred_mandate = { peacekeeping = { base = 1 }, deterrence = { base = 1 }, reassurance = { base = 1 } }
"""
SCENARIO = """\
title = "A signal"
roster = "roster"
start = 2025-04-10
rounds = 13
[washington]
involvement = 0.0
[mandate]
purpose = "reassurance"
clarity = 0.5
[moscow]
pressure = 0.2
[[events]]
round = 2
title = "Washington leads"
washington.involvement = 1.0
"""
HINDCAST = """\
title = "After the signal"
scenario = "signal.toml"
waves = [{ date = 2025-05-22 }, { date = 2025-07-10 }]
"""
PRIOR = """\
[reach]
distribution = "uniform"
low = -1.0
high = 2.0
reason = "as little is known as possible"

[wander]
distribution = "uniform"
low = 0.1
high = 3.0
reason = "as little is known as possible"

[support]
distribution = "uniform"
low = 0.0
high = 2.0
reason = "of words of support nothing is recorded: there is nothing to learn of it"
"""


def write_signal_world(folder: Path) -> Path:
    """Write the world into a folder and return its hindcast file; a file of priors stands beside it."""
    (folder / "roster").mkdir(parents=True)
    codes = [f"A{chr(65 + n)}X" for n in range(NATIONS)]
    rows = [f"{code},Land {code},100," for code in codes]
    stances = ["undecided", "open"]
    said = [
        f"{code},{date},{date},{stances[n % 2]},The Times,FOUND"
        for date in ("2025-04-10", "2025-05-22", "2025-07-10")
        for n, code in enumerate(codes)
    ]
    tables = {
        "nations": ["iso3,name,troops,approval", *rows],
        "positions": ["iso3,date,statement_date,position,source,status", *said],
    }
    for name, lines in tables.items():
        (folder / "roster" / f"{name}.csv").write_text("\n".join(lines) + "\n")
    write_candidates(folder / "roster", codes)
    (folder / "roster" / "roster.toml").write_text(ROSTER)
    (folder / "signal.toml").write_text(SCENARIO)
    (folder / "prior.toml").write_text(PRIOR)
    file = folder / "after.toml"
    file.write_text(HINDCAST)
    return file


def rows_with(**values: float) -> np.ndarray:
    """Return the bundled parameters with some of them changed, as a row."""
    row = load_parameters(DECLARED).values.copy()
    for name, value in values.items():
        row[0, COLUMN[name]] = value
    return row


def observed_in(target: Target, row: np.ndarray, seed: int) -> Target:
    """Return the target as if what was observed had happened in a run of the model with these parameters."""
    counts = [count_stances(case, row, Runs(1, seed))[0] for case in target.cases]
    return replace(target, waves=tuple(map(_stood, target.waves, [each.argmax(axis=-1) for each in counts])))


def _stood(wave: Wave, stances: np.ndarray) -> Wave:
    rungs = stances.astype(np.int8)
    return replace(wave, observed=ObservedStances(rungs, rungs))


def small_plan(target: Target, prior: JointPrior, **sampling: int) -> CalibrationPlan:
    """Return a calibration of few draws and runs, in two blocks of draws."""
    chosen = Sampling(**{"draws": 512, "number": 32, "kept": 200, "seed": 1, **sampling})
    fitted = tuple(wave.fitted for wave in target.waves)
    return CalibrationPlan(target, about_calibration(target, prior, chosen, fitted))


def world_of(folder: Path) -> tuple[Target, JointPrior]:
    """Write the world and return what is to be fitted, and the priors."""
    file = write_signal_world(folder)
    return load_target(str(file)), load_prior(file.with_name("prior.toml"))
