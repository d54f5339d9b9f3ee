"""The sandbox, reached over HTTP and SMTP as any client reaches it."""
