"""What is printed or taken along: the voucher as a PDF and as an entry of a calendar.

Papers are made from an order's rows as they stand, for every door and for the mail. The same
rows give the same bytes: a letter that is sent again carries the same file, and a file can be
compared with what was sent.
"""
