"""The interview itself: no network, no database, no clock and no dice but those passed in."""
