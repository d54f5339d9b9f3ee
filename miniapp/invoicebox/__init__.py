"""Steps 4, 5 and 8 of the order's life: the provider's merchant API over HTTP.

``client`` has the calls a shop makes, ``wire`` what is said and heard, ``signature`` the proof
that a notification is the provider's, ``errors`` the three ways a call can go wrong, and
``transport`` carries one request to one answer.
"""
