"""Steps 4, 5 and 8 of the order's life: the provider's merchant API over HTTP.

``client`` is a shop at the provider and ``calls`` what it can do there, ``wire`` what is said
and heard, ``signature`` the proof that a notification is the provider's, ``errors`` the ways a
call can go wrong. Below them ``transport`` carries one request to one answer, ``throttle`` keeps
our pace, ``breaker`` spares a provider who does not answer.
"""
