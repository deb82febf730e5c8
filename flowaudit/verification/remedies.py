"""What `verify` says helps where something could not be read."""

from flowaudit.remedies import of_command

_LEAVE_OUT = "use --regions or --exclude-regions"

OF_DELIVERY = of_command("vpc-flow-logs permissions --command verify", leave_out=_LEAVE_OUT)
OF_ABSENCE = of_command("vpc-flow-logs permissions --command absent", leave_out=_LEAVE_OUT)
