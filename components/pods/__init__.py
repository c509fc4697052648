"""Programs that run in the cluster; they import only the standard library, boto3 and each other."""
