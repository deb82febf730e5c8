"""What `verify` says helps where something could not be read."""

from flowaudit.remedies import of_command

OF_DELIVERY = of_command("vpc-flow-logs permissions --command verify")
OF_ABSENCE = of_command("vpc-flow-logs permissions --command absent")
