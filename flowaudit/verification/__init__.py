"""`vpc-flow-logs verify`: whether what a stack made delivers, or whether it is all gone again."""
