"""Make the pictures of the README: run the commands of `gallery.toml`, keep the figure that each names."""

import shlex
import shutil
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

HERE = Path(__file__).parent
COALITION = Path(sys.executable).with_name("coalition")


def main() -> None:
    """Run each command once, in a folder of its own, and copy the figures."""
    pictures = tomllib.loads((HERE / "gallery.toml").read_text("utf-8"))["picture"]
    with tempfile.TemporaryDirectory() as out:
        folders = {command: run(command, out) for command in dict.fromkeys(p["command"] for p in pictures)}
        for picture in pictures:
            shutil.copyfile(
                drawn(folders[picture["command"]], picture["figure"]), HERE / f"{picture['name']}.png"
            )


def run(command: str, out: str) -> Path:
    """Run a command and return its results folder."""
    words = [str(COALITION), *shlex.split(command)[1:], "--out", out, "--quiet"]
    told = subprocess.run(words, check=True, capture_output=True, text=True).stdout
    return Path(told.strip().splitlines()[-1].removeprefix("results: "))


def drawn(folder: Path, figure: str) -> Path:
    """Return the file of a figure, drawn if the command has not drawn it."""
    file = folder / "figures" / f"{figure}.png"
    if not file.exists():
        subprocess.run([str(COALITION), "plot", str(folder), "--figure", figure], check=True)
    return file


if __name__ == "__main__":
    main()
