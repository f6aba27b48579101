"""The HTTP routes: each parses, calls one function, serialises."""
