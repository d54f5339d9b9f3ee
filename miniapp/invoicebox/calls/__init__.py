"""The calls of a shop, one kind of thing a file; ``client`` puts them together."""
