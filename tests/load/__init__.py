"""Many viewers at once: a recorded visit to the page, replayed against the real server."""
