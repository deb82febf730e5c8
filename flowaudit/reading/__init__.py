"""AWS's answers as facts. What could not be read comes out as such, never as nothing."""
