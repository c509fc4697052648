"""The program of the pod that copies one archive off-site: Python and boto3, none of ours."""
