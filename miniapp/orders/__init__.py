"""The life of an order, one file a step; ``lifecycle`` shows it whole."""
