"""The command line `twin`: one module per command, each with a click command named `command`."""
