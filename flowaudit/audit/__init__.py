"""`vpc-flow-logs audit`: every VPC in every region judged, with evidence."""
