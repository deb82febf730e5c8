"""Facts -> verdicts; pure."""
