"""What a reader sees: prose, tables, charts and notices that are the same in a notebook, a page and a PDF.
"""
