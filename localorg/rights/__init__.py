"""What somebody may see and do: permission sets, shares, the role hierarchy."""
