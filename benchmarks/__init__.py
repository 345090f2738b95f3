"""The benchmarks behind the figures in README and docs. Each program prints its measurements and the machine."""
