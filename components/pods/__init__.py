"""What runs in the cluster: the standard library, boto3 and itself only, shipped file by file."""
