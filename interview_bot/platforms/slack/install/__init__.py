"""Where the app is installed: whose token answers whom."""
