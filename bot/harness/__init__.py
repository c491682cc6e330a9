"""Harness FirstGen: GraphQL and REST, told apart into what is pure and what does I/O."""
