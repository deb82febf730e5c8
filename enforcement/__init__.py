"""The stack that covers an account: configuration -> inventory -> plan -> resources."""
