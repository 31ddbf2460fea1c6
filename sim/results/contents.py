"""What a result holds: what it is of, its tables and further files, and what it says."""

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

from sim.results.document import Document
from sim.results.kinds import KINDS, ResultKind, load
from sim.system.libraries import pd


class Contents:
    """What is kept of the answer to a question.

    Attributes
    ----------
    kind
        One of `KINDS`.
    """

    kind: ClassVar[str]

    if TYPE_CHECKING:  # the real ones may be fields of dataclasses, whose defaults these would become

        @property
        def about(self) -> Any:
            """What the result is of; the manifest of its folder."""

        @property
        def tables(self) -> Mapping[str, pd.DataFrame]:
            """Every table by name, as files hold them."""

    @property
    def files(self) -> Mapping[str, bytes]:
        """Further files that its folder holds, by name."""
        return {}

    @property
    def metadata(self) -> Mapping[str, Mapping[bytes, bytes]]:
        """What files of tables say of themselves, by the name of the table."""
        return {}

    @cached_property
    def document(self) -> Document:
        """What the result says: sentences, facts, tables; terminal, reports and notebooks show it."""
        answer: Document = load(self.declaration.document)(self)
        return answer

    @property
    def declaration(self) -> ResultKind:
        """What is declared of its kind."""
        return KINDS[self.kind]
