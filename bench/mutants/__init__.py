"""How many small mistakes in what decides the tests notice."""
