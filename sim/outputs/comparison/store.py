"""What a comparison leaves in its results folder beside the sums over its runs: tables and figures."""

from pathlib import Path

from sim.experiments.comparison.compare import Comparison
from sim.experiments.resumable import results_of
from sim.outputs.comparison.figures import save_figures
from sim.outputs.spreadsheets import for_spreadsheets

TABLES = ("nations", "coalition", "rests_on")


def write_comparison(comparison: Comparison, folder: Path, *, csv: bool = False) -> None:
    """Write tables and figures into a results folder; the same comparison gives the same bytes.

    Parameters
    ----------
    comparison
        What is written.
    folder
        Where its runs are.
    csv
        Whether to write the tables as CSV beside the Parquet.

    Raises
    ------
    InputError
        If the folder cannot be written to; the runs are kept.
    """
    with results_of(comparison.plan, folder) as results:
        for name in TABLES:
            table = getattr(comparison, name)
            results.write(name, table)
            if csv:
                results.write_text(f"{name}.csv", for_spreadsheets(table).to_csv(index=False))
        save_figures(comparison, folder / "figures")
