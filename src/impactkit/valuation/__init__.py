"""What a project is worth in euros: a range, against what would be done without it, or a refusal."""
