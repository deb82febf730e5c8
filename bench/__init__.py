"""What is measured; each package here is one command that prints its figures and ratios."""
