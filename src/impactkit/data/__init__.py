"""Tables, perimeters and official figures: what is known, where it comes from, on which ground."""
