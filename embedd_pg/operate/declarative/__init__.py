"""Declarative configuration: read a file with the wanted state, plan the changes, and apply the plan."""
