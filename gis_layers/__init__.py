"""The room for maps: geographic files in, values out. City layers move in with a later issue."""
