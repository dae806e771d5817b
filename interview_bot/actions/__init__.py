"""What a person can do, one file each, from the decision to the reply; none imports another."""
