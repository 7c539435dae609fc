"""Workbooks that people fill and send: opened, read cell by cell, taken into the tables."""
