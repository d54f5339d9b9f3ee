"""The ticket: what the host says of the trip, and which lounge suits it."""
