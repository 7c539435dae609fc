"""What may be said: each finding carries its level of evidence, and the words follow from the level."""
