"""What leaves in the background: letters, money that goes back, questions to the provider.

``worker`` claims what the outbox holds and hands it to the sender of its kind; ``voucher_mail``
and ``money_back`` are the senders, ``sweeps`` asks the provider about orders nobody answered
for. A sender takes the claimed row and the ``World`` it may act on, does its work once, and
says in a word how it ended; it raises an error of ``errors`` when it did not.
"""
