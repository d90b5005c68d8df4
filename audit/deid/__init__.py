"""Find what identifies a person in a note or a table, transform it, and verify that none of it is left."""
