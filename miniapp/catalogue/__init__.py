"""What is sold: places, lounges, rates, extras, seats."""
