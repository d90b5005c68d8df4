"""Re-read the stored bytes and decide whether the trail is whole; shares nothing with the writer but the format."""
