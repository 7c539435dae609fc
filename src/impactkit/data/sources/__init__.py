"""Official sources: where their files lie, how each is read, how one is fetched."""
