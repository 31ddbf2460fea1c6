"""What is chosen by name: apart, because the command line knows the names before it needs the rest."""

from typing import Literal

Engine = Literal["ensemble", "mesa"]
"""What computes runs: compiled and fast, or readable and slow; the same bits."""

Method = Literal["sobol", "morris", "both"]
"""How sensitivity is measured."""
