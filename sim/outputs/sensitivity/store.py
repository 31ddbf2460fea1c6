"""What a sensitivity analysis leaves in its results folder beside its runs: tables and figures."""

from pathlib import Path

from sim.experiments.resumable import results_of
from sim.experiments.sensitivity.design import SensitivityPlan
from sim.experiments.sensitivity.discovery import Discovery
from sim.experiments.sensitivity.sensitivity import Sensitivity, targets
from sim.outputs.results_folder import read_table
from sim.outputs.sensitivity.figures import save_figures
from sim.outputs.sensitivity.words import file_name

TABLES = ("indices", "convergence", "morris", "spread", "rests_on")


def write_sensitivity(result: Sensitivity) -> None:
    """Write tables and figures into the folder of an analysis; the same one gives the same bytes.

    Raises
    ------
    InputError
        If the folder cannot be written to; the runs are kept.
    """
    with results_of(result.plan, result.folder) as folder:
        for name in TABLES:
            table = getattr(result, name)
            if not table.empty:
                folder.write(name, table)
        folder.write("factors", result.factors.table())
        for discovery in result.discoveries:
            if discovery.boxes:
                folder.write(f"boxes-{file_name(discovery.outcome)}", discovery.table())
        save_figures(result, result.folder / "figures")


def read_discoveries(plan: SensitivityPlan, folder: Path) -> tuple[Discovery, ...]:
    """Return the conditions that a folder holds."""
    names = [f"boxes-{file_name(outcome)}" for outcome in targets(plan.asked)]
    return tuple(
        Discovery.of_table(read_table(folder, name))
        for name in names
        if (folder / f"{name}.parquet").exists()
    )
