"""What every context is made of: identifiers, events, states, commands, rules, decisions, refusals."""
