"""The shop windows of others: what they are told of our lounges.

Each public lounge is a point of sale in the provider's marketplace, whose link opens that
lounge; a host that stands at the point of sale names its number.
"""
