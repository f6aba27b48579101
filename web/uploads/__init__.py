"""Model files that people send by the browser: received in parts, examined in a sandbox, published or not."""
