"""Ways to write: one at a time, many at once, and how what is there already is found."""
