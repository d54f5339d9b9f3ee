"""What knows nothing of lounges: one topic a file."""
