"""`python -m impactkit` is `impactkit`."""

import os
import sys

HOME = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
# Python puts the working folder first for a module: a pandas.py that lies there would be run as pandas.
if sys.path and sys.path[0] == os.getcwd() != HOME and not sys.flags.safe_path:
    del sys.path[0]

from impactkit.cli import main  # noqa: E402

main()
