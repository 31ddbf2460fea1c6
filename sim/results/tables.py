"""The tables of a result by name, each made or read when it is first asked for."""

from collections.abc import Callable, Collection, Iterator, Mapping
from functools import partial
from pathlib import Path

from sim.results.spreadsheets import for_spreadsheets
from sim.system import folders
from sim.system.libraries import pa, pd, pq
from sim.system.tables import read_frame

ENDING = ".parquet"


class Tables(Mapping[str, "pd.DataFrame"]):
    """Tables by name; what makes or reads one is called once, when it is first asked for.

    Parameters
    ----------
    makers
        What makes each table.
    """

    def __init__(self, makers: Mapping[str, "Callable[[], pd.DataFrame]"]) -> None:
        self.makers = dict(makers)
        self._made: dict[str, pd.DataFrame] = {}

    def __getitem__(self, name: str) -> "pd.DataFrame":
        """Return a table."""
        if name not in self._made:
            self._made[name] = self.makers[name]()
        return self._made[name]

    def __iter__(self) -> Iterator[str]:
        """Yield the names."""
        return iter(self.makers)

    def __contains__(self, name: object) -> bool:
        """Tell whether there is a table, without making it."""
        return name in self.makers

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self.makers)

    def __repr__(self) -> str:
        """Name the tables; none is made for it."""
        return f"<tables {', '.join(self)}>"


def tables_of(source: object, names: tuple[str, ...]) -> Tables:
    """Return tables that are attributes of an object."""
    return Tables({name: partial(getattr, source, name) for name in names})


class FolderTables(Tables):
    """The tables of a folder of results but some; an error names one that is asked for and lacks."""

    def __init__(self, folder: Path, apart: Collection[str] = ()) -> None:
        names = [name.removesuffix(ENDING) for name in folders.names_in(folder) if name.endswith(ENDING)]
        at_top = [name for name in names if "/" not in name and name not in apart]
        super().__init__({name: partial(read_frame, folder / f"{name}{ENDING}") for name in at_top})
        self._folder = folder

    def __getitem__(self, name: str) -> "pd.DataFrame":
        """Return a table.

        Raises
        ------
        Damaged, Missing, Refused, TooLarge
            If it is not there as it was written.
        """
        return (
            super().__getitem__(name) if name in self.makers else read_frame(self._folder / f"{name}{ENDING}")
        )


def write_table(
    table: "pd.DataFrame",
    folder: Path,
    name: str,
    *,
    csv: bool = False,
    metadata: Mapping[bytes, bytes] | None = None,
) -> None:
    """Write a table as Parquet, with what its file says of itself if anything, and as CSV if asked."""
    rows = pa.Table.from_pandas(table, preserve_index=False)
    if metadata is not None:
        rows = rows.replace_schema_metadata(metadata)
    with folders.stream(folder / f"{name}{ENDING}") as stream:
        pq.write_table(rows, stream, compression="zstd")
    if csv:
        write_csv(table, folder, name)


def write_csv(table: "pd.DataFrame", folder: Path, name: str) -> None:
    """Write a table as spreadsheets open it."""
    folders.write(folder / f"{name}.csv", for_spreadsheets(table).to_csv(index=False).encode())
