"""Faults at random moments: whatever dies, the twin stands as before or as after, and the next attempt works."""
