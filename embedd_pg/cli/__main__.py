"""`python -m embedd_pg.cli` is `embedd`."""

from embedd_pg.cli import main

main()
