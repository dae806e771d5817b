"""The forms that open in front of a person, and what a submitted one stands for."""
