"""Outside formats and canonical tables: read, checked, refused or quarantined, never guessed."""
