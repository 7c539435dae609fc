"""`python -m impactkit` is `impactkit`."""

import os
import sys

# Python puts the working folder first for a module: a pandas.py that lies there would be run as pandas.
added = sys.path[0]
working = os.getcwd()
package = os.path.dirname(__file__)
root = os.path.dirname(package)
if working == root:
    added = ""
if sys.flags.safe_path:
    added = ""
if added == working:
    sys.path.remove(working)

from impactkit.cli import main  # noqa: E402

main()
