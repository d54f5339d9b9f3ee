"""Who sells: the operators of lounges and what belongs to each."""
