"""The /v1 REST face of embedd_pg: parses, calls the nouns, maps errors to the contract's envelope."""
