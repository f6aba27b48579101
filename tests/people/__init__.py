"""People: accounts, sessions, tokens, single sign-on, the audit."""
