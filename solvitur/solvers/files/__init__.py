"""LP and MPS files, read and written."""
