"""The truth suite of clashes: pairs with known answers, scored."""
