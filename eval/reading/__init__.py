"""How well the readers read: labels made from the sources by hand, and what the readers make of the same files."""
