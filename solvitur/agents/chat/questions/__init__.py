"""What has to be asked: data that is missing, and readings that would change the answer."""
