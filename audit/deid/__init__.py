"""De-identification: find, transform, verify."""
