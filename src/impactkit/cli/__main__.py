"""`python -m impactkit.cli` is `impactkit`."""

from impactkit.cli import main

main()
