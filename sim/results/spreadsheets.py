"""Tables that spreadsheets open: a text in a cell stays a text, whatever it begins with."""

from sim.system.libraries import pd

FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""How cells begin that spreadsheets take for formulas."""


def for_spreadsheets(table: "pd.DataFrame") -> "pd.DataFrame":
    """Return a table as CSV files hold it: texts that look like formulas behind an apostrophe.

    A nation called ``=HYPERLINK(...)`` would run in the spreadsheet of whoever opens the file (OWASP, CSV
    injection). Numbers stay what they are.
    """
    texts = [name for name in table if table[name].dtype.kind == "O"]
    return table.assign(**{str(name): table[name].map(_as_text) for name in texts})


def _as_text(cell: object) -> object:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell
