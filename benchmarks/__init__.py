"""Where the figures in README and docs come from. Each program prints what it measured and on what."""
