"""`python -m impactkit` is `impactkit`."""

from impactkit.cli import main

main()
