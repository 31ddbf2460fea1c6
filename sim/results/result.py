"""What every question answers with: tables, what they are of, their figures and their words."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar, Self

from sim.inputs.errors import InputError, near_match
from sim.results.about import About
from sim.results.contents import Contents
from sim.results.document import Document
from sim.results.kept import read_document
from sim.results.kinds import load
from sim.results.reading import Manifest, damage_named, kind_of, manifest_of, parsed
from sim.results.saving import SILENT, Reply, Saving
from sim.results.tables import FolderTables
from sim.system import folders
from sim.system.libraries import mpl, pd

REPORT, NOTEBOOK = "sim.outputs.report:report_page", "sim.outputs.document.html:fragment"
"""Homes of what makes a page of a result, and a part of one of a document; they lie in a layer above."""


class Result(Contents):
    """The answer to a question: computed just now, or read back from its folder."""

    def to_frame(self, table: str = "") -> "pd.DataFrame":
        """Return a table by name; the one that answers first if none is named.

        Raises
        ------
        InputError
            If there is none of this name.
        """
        first = self.declaration.first
        name = table or (first if first in self.tables else next(iter(self.tables)))
        if name not in self.tables:
            problem = f'no table "{name}"; allowed: {", ".join(self.tables)}{near_match(name, self.tables)}'
            raise InputError(problem, key="table")
        return self.tables[name]

    @property
    def figures(self) -> tuple[str, ...]:
        """The names of the figures that there are, for `plot`."""
        return tuple(self.declaration.figures_of(self))

    def plot(self, figure: str = "", *, nations: Sequence[str] = ()) -> "mpl.figure.Figure":
        """Draw a figure.

        Parameters
        ----------
        figure
            One of `figures`; the first if none is named.
        nations
            Codes or names of those that figures of chosen nations show.

        Raises
        ------
        InputError
            If there is no such figure, or a nation is not known.
        """
        drawn = self.declaration.figures_of(self, self.nations_named(nations))
        name = figure or next(iter(drawn))
        if name not in drawn:
            problem = self.declaration.why_no_figure(self, name, list(drawn))
            raise InputError(problem, key=f"figure {name}")
        picture: mpl.figure.Figure = drawn[name]()
        return picture

    def save(self, folder: Path | str, *, reply: Reply = SILENT, csv: bool = False) -> Path:
        """Write a folder of results, whole or not at all, and return it; what stands there is replaced.

        Parameters
        ----------
        folder
            Where it goes.
        reply
            How it is answered meanwhile, see `Saving.finish`.
        csv
            Whether to write the tables as CSV beside the Parquet.

        Raises
        ------
        Failure
            If it cannot be written to.
        """
        with Saving(Path(folder), csv=csv) as saving:
            return saving.finish(self, reply)

    def report(self, file: Path | str) -> Path:
        """Write all of it as one HTML file that needs nothing else, and return the file.

        Raises
        ------
        Failure
            If it cannot be written.
        """
        file = Path(file)
        folders.write(file, load(REPORT)(self).encode())
        return file

    def _repr_html_(self) -> str:
        """Show what it says in a notebook."""
        return str(load(NOTEBOOK)(self.document))

    @property
    def summary(self) -> "pd.DataFrame":
        """The table that answers first."""
        return self.to_frame()

    def __repr__(self) -> str:
        """Say in a line what it is."""
        tables = ", ".join(self.tables)
        return f"<{type(self).__name__}: {self.title}; tables {tables}>"

    @property
    def title(self) -> str:
        """What it is of, in a line."""
        return str(getattr(self.about, "title", "")) or self.kind

    def nations_named(self, nations: Sequence[str]) -> list[str]:
        """Return the codes of nations given by any name, in that order, each once.

        Raises
        ------
        InputError
            If one is not known, or the result is of no roster.
        """
        if not nations:
            return []
        if not self.declaration.of_nations:
            raise InputError(f"is not for results of kind {self.kind}", key="nations")
        case = self.about.cases[0] if hasattr(self.about, "cases") else self.about
        return list(dict.fromkeys(case.known_nations.known(nation) for nation in nations))


class Loaded(Result):
    """A result as its folder holds it; each table is read when it is first asked for.

    Attributes
    ----------
    manifest_model
        What its manifest is read as.
    apart
        Tables of the folder that others are made from; they are none of the result's.
    declared
        Tables that every such result has: where one lacks, its folder is damaged.
    """

    manifest_model: ClassVar[type[About]]
    apart: ClassVar[tuple[str, ...]] = ()
    declared: ClassVar[tuple[str, ...]] = ()

    def __init__(self, about: About, tables: "Mapping[str, pd.DataFrame]", folder: Path) -> None:
        self._about, self._tables, self.folder = about, tables, folder

    @classmethod
    def load(cls, folder: Path, manifest: Manifest) -> Self:
        """Return the result that a folder holds."""
        return cls(parsed(cls.manifest_model, folder, manifest), FolderTables(folder, cls.apart), folder)

    @property
    def about(self) -> Any:
        """What the result is of."""
        return self._about

    @property
    def tables(self) -> "Mapping[str, pd.DataFrame]":
        """Every table by name."""
        return self._tables

    @property
    def document(self) -> Document:
        """The document of the result when it was computed."""
        return read_document(self.folder).document

    def __getattr__(self, name: str) -> "pd.DataFrame":
        """Return a table by its name."""
        if name.startswith("_") or name not in {*self.declared, *self.tables}:
            raise AttributeError(f"{type(self).__name__} has no {name}")
        return self.tables[name]


def load_result(folder: Path | str) -> Any:
    """Read the results of a command, or what `Result.save` has written, from their folder.

    Returns
    -------
    Result
        With the same tables, figures and words as when it was computed; nothing is run again.

    Raises
    ------
    InputError, Failure
        If it is no results folder, one of another version, or damaged.
    """
    folder = Path(folder)
    manifest = manifest_of(folder)
    kind = kind_of(folder, manifest)
    with damage_named(folder):
        return load(kind.result).load(folder, manifest)
