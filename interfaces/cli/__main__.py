"""The program, as `python -m interfaces.cli`."""

from interfaces.cli.main import run

run()
