"""Who asks: signing in by password or single sign-on, tokens of programs, limits, the log of who did what."""
