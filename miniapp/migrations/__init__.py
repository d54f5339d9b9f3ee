"""The history of the schema, one revision a file in ``versions/``, oldest first.

A revision stands on its own: it names plain column types, never those of today's models, so
that it does the same next year. ``python -m miniapp.migrations "what changes"`` writes the next
one from the difference between the revisions and the models; read it before you commit it, for
a check constraint, a changed server default and a moved value are never noticed.
"""
