"""The benchmarks: ratios against plain pages and plain Flask, measured side by side in one run."""
