"""`vpc-flow-logs rejects`: who was turned away, at which ports and interfaces."""
