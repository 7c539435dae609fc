"""Language: one number formatter and one catalogue for every sentence, table and axis."""
