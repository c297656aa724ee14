"""IAM: whether the policies of the caller allow a call. Without policies the caller may do everything."""
