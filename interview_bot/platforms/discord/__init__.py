"""The Discord room: interactions become Messages, Cards become Components V2."""
