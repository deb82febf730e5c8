"""What a flow log delivers to besides a log group: an S3 bucket or a Firehose stream."""


def destination_type(destination_arn: str) -> str:
    """Return the flow log's destination type for an S3 or Firehose ARN.

    Returns:
        `s3` or `kinesis-data-firehose` (Amazon EC2 API reference, CreateFlowLogs).
    """
    return "s3" if destination_arn.split(":")[2] == "s3" else "kinesis-data-firehose"
