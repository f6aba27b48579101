"""Who sees and changes what: a city with secrets in everything that is hidden, asked by everybody for everything."""
