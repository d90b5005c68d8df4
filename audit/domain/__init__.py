"""The field's own values, frozen. Standard library only; every room may use these and no room owns them."""
