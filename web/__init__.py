"""The roof: command line, HTTP routes and the page, two thin skins over the same functions."""
