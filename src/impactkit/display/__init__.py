"""What a reader sees: prose, tables, charts, notices; the same in a notebook, a page and a PDF."""
