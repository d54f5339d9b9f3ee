"""Business-lounge visits sold inside the Invoicebox payment page.

The rooms of this package follow the life of an order: the ticket is read (``trip``), a lounge
is chosen (``catalogue``), an order is placed, invoiced, paid and redeemed (``orders``), the
provider is called (``invoicebox``) and what must leave leaves in the background
(``outgoing``). ``web`` holds the doors through which people and programs come in, ``base``
what knows nothing of lounges, ``sandbox`` a pretend provider that shares no code with the
rest. ``orders/lifecycle.py`` shows the life of an order on one page.
"""

__version__ = "0.1.0"
